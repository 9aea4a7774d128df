"""A database of PostgreSQL: all that is its own. Nothing outside of the store knows which database it is.

psycopg is imported by the files of this folder alone, and only where a config names such a database.
"""

SCHEMES = ("postgresql://", "postgres://")


def is_postgres(url: str) -> bool:
    """Whether this is the URL of a database of PostgreSQL."""
    return url.startswith(SCHEMES)
