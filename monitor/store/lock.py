"""Who polls and delivers: the process that holds the locks of the database and of the storage folder (rule D19).

The kernel frees the lock when its holder dies, however it dies; the number in the file is only
for people.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from monitor.errors import AlreadyRunning
from monitor.store.sqlite_database import keep_owner, unusable

LOCK_NAME = "lock"

TRIES, TRY_AGAIN_SECONDS = 5, 0.02
"""How long a start retries: a process that only looks (`is_owned`) holds the lock for an instant."""


@contextmanager
def ownership(folder: Path, database: Path) -> Iterator[None]:
    """Own polling and delivery while the block runs; AlreadyRunning names the process that does.

    Both belong to the database, wherever it is and by whatever name it is reached: two folders may name the same one.
    The folder has a lock as well, for what else is in it, and for earlier versions, which know no other.
    """
    with folder_lock(folder), _held(lock_of(database), f"the database {database}"):
        yield


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Own what is in the storage folder while the block runs."""
    with _held(folder / LOCK_NAME, f"{folder}"):
        yield


@contextmanager
def _held(path: Path, name: str) -> Iterator[None]:
    file = _opened(path)
    try:
        _take(file, name)
        yield
    finally:
        os.close(file)


def is_folder_owned(folder: Path) -> bool:
    """Whether some process owns what is in the storage folder."""
    return _is_locked(folder / LOCK_NAME)


def is_owned(folder: Path, database: Path) -> bool:
    """Whether some process owns polling and delivery. Looks without taking a lock or writing to it."""
    return any(map(_is_locked, (folder / LOCK_NAME, lock_of(database))))


def lock_of(database: Path) -> Path:
    """The lock of a database: beside the file itself, where all links to it lead."""
    file = database.resolve()
    return file.with_name(f"{file.name}.lock")


def _opened(path: Path) -> int:
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            keep_owner(path.parent)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        keep_owner(path)
    except OSError as error:
        raise unusable(f"The lock {path} cannot be opened", path, error) from error
    return file


def _is_locked(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise unusable(f"The lock {path} cannot be opened", path, error) from error
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def beat(folder: Path) -> None:
    """A sign of life of the owner, for commands that look: the time of the lock file."""
    with suppress(OSError):
        os.utime(folder / LOCK_NAME)


def last_beat(folder: Path) -> datetime | None:
    """When the owner last gave a sign of life; None if there is none."""
    try:
        return datetime.fromtimestamp((folder / LOCK_NAME).stat().st_mtime, UTC)
    except OSError:
        return None


def _take(file: int, name: str) -> None:
    if not any(_is_taken(file, after) for after in (0, *[TRY_AGAIN_SECONDS] * (TRIES - 1))):
        holder = os.read(file, 20).decode("ascii", "replace").strip() or "unknown"
        raise AlreadyRunning(f"news-monitor already runs on {name} (process {holder}).")
    os.ftruncate(file, 0)
    os.pwrite(file, f"{os.getpid()}\n".encode("ascii"), 0)


def _is_taken(file: int, after_seconds: float) -> bool:
    time.sleep(after_seconds)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
