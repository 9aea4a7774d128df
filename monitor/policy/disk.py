"""How much room the disk of the database must have (rule D15)."""

LEAST_FREE_BYTES = 100_000_000
"""With less nothing new is polled: what is stored must still be sent, and marked as sent."""

LITTLE_FREE_BYTES = 1_000_000_000
"""With less somebody should make room, before it is a tenth of that."""


def has_space(free_bytes: int) -> bool:
    """Whether there is room for what polls bring."""
    return free_bytes >= LEAST_FREE_BYTES


def has_space_for_backup(free_bytes: int, database_bytes: int) -> bool:
    """Whether there is room for a copy of the database, and for what polls bring beside it."""
    return has_space(free_bytes - database_bytes)
