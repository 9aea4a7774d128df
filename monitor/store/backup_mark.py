"""The mark of a copy: who goes on with one begins a new generation (`store.generations`, docs/decisions/0054)."""

import struct
from pathlib import Path

USER_VERSION_AT = 60
"""Where a database file has the number that SQLite leaves to applications: four bytes, the highest first (file format
§1.3.14). `PRAGMA user_version` reads it.
"""

IS_COPY, IS_LIVING = 1, 0


def mark_as_copy(file: Path) -> None:
    """Mark a database that nobody has open as a copy. Raises OSError.

    In its bytes: a connection could leave a journal that, after a kill, would stand beside another database.
    """
    with file.open("r+b") as database:
        database.seek(USER_VERSION_AT)
        database.write(struct.pack(">I", IS_COPY))


def user_version(header: bytes) -> int:
    """What the header of a database says; of less than a header, `IS_LIVING`."""
    found = header[USER_VERSION_AT : USER_VERSION_AT + 4]
    return int.from_bytes(found, "big") if len(found) == len(b"four") else IS_LIVING
