"""How much room there is for the database."""

import shutil
from pathlib import Path

LEAST_FREE_BYTES = 100_000_000
"""With less nothing new is polled: what is stored must still be sent, and marked as sent (rule D15)."""


def free_bytes(file: Path) -> int:
    """What may still be written beside this file."""
    return shutil.disk_usage(file.parent).free
