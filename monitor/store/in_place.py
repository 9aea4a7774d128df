"""Whether a database that is open is still the file of its name: a deleted one can be written to, and all is lost."""

import os
import weakref
from pathlib import Path

from monitor.errors import DamagedStore
from monitor.store.backup_mark import HEADER_BYTES, is_copy


class InPlace:
    """Made when the file is opened. With `reads`, what is copied over it is noticed as well: the file stays open until
    `close`, because to close any handle of a file takes the process's locks on it away (fcntl(2)), SQLite's too.
    """

    def __init__(self, file: Path, *, reads: bool) -> None:
        self._file = file
        self._identity = _identity(file)
        self._handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC) if reads else None
        self._closed = weakref.finalize(self, _close, self._handle)
        self._was_copy = self._is_copy()

    def check(self) -> None:
        """Raise DamagedStore if the file is gone, another, or no longer what it was."""
        try:
            found = _identity(self._file)
        except (FileNotFoundError, NotADirectoryError):
            raise DamagedStore(f"The database {self._file} was deleted or moved while it was open.") from None
        except OSError:
            return  # a disk that does not answer now says nothing
        if found != self._identity:
            raise DamagedStore(f"The database {self._file} was replaced by another file while it was open.")
        is_copy = self._is_copy()
        if is_copy and not self._was_copy:
            raise DamagedStore(f"A backup was copied over the database {self._file} while it was open.")
        self._was_copy = is_copy

    def close(self) -> None:
        """After all connections."""
        self._closed()
        self._handle = None

    def _is_copy(self) -> bool:
        header = b"" if self._handle is None else os.pread(self._handle, HEADER_BYTES, 0)
        return is_copy(header)


def _close(handle: int | None) -> None:
    if handle is not None:
        os.close(handle)


def _identity(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_dev, found.st_ino
