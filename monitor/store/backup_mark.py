"""The mark of a copy: who goes on with one begins a new generation (`store.generations`, docs/decisions/0054)."""

import struct
from pathlib import Path

from monitor.files import force_to_disk

USER_VERSION_AT = 60
"""Where a database file has the number that SQLite leaves to applications: four bytes, the highest first (file format
§1.3.14). `PRAGMA user_version` reads it.
"""

IS_COPY, IS_LIVING, IS_TAKEN_OVER = 1, 0, 2
"""A copy is taken over when its owner opens it: from then on a write-ahead log beside it is its own."""

MAGIC = b"SQLite format 3\0"
HEADER_BYTES = 100


def mark_as_copy(file: Path) -> None:
    """Mark a database that nobody has open as a copy. Raises OSError.

    In its bytes: a connection could leave a journal that, after a kill, would stand beside another database.
    """
    _mark(file, IS_COPY)


def take_over(file: Path) -> None:
    """Mark a copy that nobody has open as one whose log is its own. Any other file stays as it is. Raises OSError."""
    if is_copy(header_of(file)):
        _mark(file, IS_TAKEN_OVER)
        force_to_disk(file)


def header_of(file: Path) -> bytes:
    """The header of a database; empty if there is no such file. Raises OSError."""
    try:
        with file.open("rb") as database:
            return database.read(HEADER_BYTES)
    except FileNotFoundError:
        return b""


def is_copy(header: bytes) -> bool:
    """Whether this is the header of a copy that nobody has gone on with."""
    return header.startswith(MAGIC) and user_version(header) == IS_COPY


def _mark(file: Path, mark: int) -> None:
    with file.open("r+b") as database:
        database.seek(USER_VERSION_AT)
        database.write(struct.pack(">I", mark))


def user_version(header: bytes) -> int:
    """What the header of a database says; of less than a header, `IS_LIVING`."""
    found = header[USER_VERSION_AT : USER_VERSION_AT + 4]
    return int.from_bytes(found, "big") if len(found) == len(b"four") else IS_LIVING
