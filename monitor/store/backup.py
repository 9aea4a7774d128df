"""Backups: verified copies of the whole database, and how they are restored (rule D17).

A copy is made by SQLite while others read and write, checked, and given its name only when it is on the disk.
A backup is also checked before it is restored, and the database that it replaces is kept. Nothing here decides when.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from monitor.errors import DamagedStore, StoreError
from monitor.files import force_to_disk, put_in_place
from monitor.store.backup_files import STAMP, added, backups
from monitor.store.backup_mark import header_of, is_copy, mark_as_copy, take_over
from monitor.store.sqlite_database import BUSY_TIMEOUT_SECONDS, private_file, translated, unusable

ENDING = ".db"
RESTORING = ".restoring"
"""A file with this ending is there exactly while a restore swaps files: see `restore`."""

COMPANIONS = ("-wal", "-shm")


def back_up(file: Path, target: Path) -> None:
    """Copy the database `file`, which may be in use, to `target`. Raises StoreError, DamagedStore if it is damaged.

    The file is never copied byte by byte: file and write-ahead log would be from different moments.
    """
    draft = target.with_name(f"{target.name}.tmp")
    with _os_errors(target):
        draft.unlink(missing_ok=True)
        private_file(draft)
        try:
            with translated(file), closing(_connection(file)) as connection:
                connection.execute("PRAGMA wal_autocheckpoint=0")  # one connection checkpoints, and it is not this one
                connection.execute("VACUUM INTO ?", [str(draft)])
            mark_as_copy(draft)
            verify(draft)
            put_in_place(draft, target)
        finally:
            draft.unlink(missing_ok=True)


def back_up_into(folder: Path, file: Path, now: datetime, kept: int) -> Path:
    """Add a backup of the database `file` to the folder and delete all but the newest `kept`; where the new one is."""
    return added(folder, ENDING, now, kept, partial(back_up, file))


def newest_good(folder: Path) -> Path | None:
    """The newest backup that is sound."""
    return next((path for path in backups(folder, ENDING) if is_sound(path)), None)


def is_sound(file: Path) -> bool:
    """Whether this is an intact database with content."""
    try:
        verify(file)
    except StoreError:
        return False
    return True


def verify(file: Path) -> None:
    """Raise DamagedStore unless this is an intact database of this program. Leaves no files beside it."""
    if not file.is_file():
        raise StoreError(f"There is no file {file}.")
    with translated(file), closing(_connection(file, is_read_only=True)) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if found != ["ok"]:
        raise DamagedStore(f"{file} is damaged: {'; '.join(found)}.")
    if "alembic_version" not in tables:
        raise DamagedStore(f"{file} is not a database of news-monitor.")


def set_aside(file: Path) -> tuple[Path, ...]:
    """The databases that restores have replaced, beside the one that is used."""
    return tuple(
        path for path in sorted(file.parent.glob(f"{file.name}.before-*")) if not path.name.endswith(COMPANIONS)
    )


def holds_article(file: Path, keys: Mapping[int, str]) -> bool:
    """Whether this database, of any version, has one of these articles: by its id and its key. False if it cannot be
    read.
    """
    query = (
        "SELECT 1 FROM articles JOIN json_each(?) AS asked ON asked.key = articles.id AND asked.value = articles.key"
    )
    try:
        with translated(file), closing(_connection(file, is_read_only=True)) as connection:
            return connection.execute(f"{query} LIMIT 1", [json.dumps(keys)]).fetchone() is not None
    except StoreError:
        return False


def revision(file: Path) -> str:
    """The schema of a verified database."""
    with translated(file), closing(_connection(file, is_read_only=True)) as connection:
        found: str = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    return found


def restore(source: Path, file: Path, now: datetime) -> Path | None:
    """Replace the database with a verified backup. Returns the new path of the old database, if there was one.

    The caller owns polling and delivery, and nobody else has the database open. A kill at any line
    leaves the old database whole, or a file that ends in `.restoring` and keeps every command from working on
    half of something (`check_whole`); doing it again ends it, and so does the next owner (`finish_restore`).
    """
    private_file(file)
    ready, draft = _ready(file), file.with_name(f"{file.name}.tmp")
    with _os_errors(file):
        draft.unlink(missing_ok=True)
        private_file(draft)
        shutil.copyfile(source, draft)
        mark_as_copy(draft)  # a backup of an earlier version has no mark
        verify(draft)
        began = ready.stat().st_mtime if ready.exists() else now.timestamp()
        os.utime(draft, (began, began))
        force_to_disk(draft)
        draft.replace(ready)
        return _swapped(ready, file)


def finish_restore(file: Path) -> None:
    """End a restore that was killed while it swapped files. Only for the owner. Raises StoreError."""
    ready = _ready(file)
    if ready.exists():
        verify(ready)
        with _os_errors(file):
            _swapped(ready, file)


def is_restoring(file: Path) -> bool:
    """Whether a restore was killed while it swapped files."""
    return _ready(file).exists()


def check_whole(file: Path) -> None:
    """Raise StoreError if a restore was killed while it swapped files, or a log beside a copy is not its own."""
    try:
        is_half, is_mixed = is_restoring(file), _has_foreign_log(file)
    except OSError as error:
        raise unusable(f"The database {file} cannot be opened", file, error) from error
    if is_half:
        raise StoreError(f"A restore of {file} was interrupted; run it again: news-monitor restore FILE.")
    if is_mixed:
        raise StoreError(
            f"A backup was copied to {file}, beside the write-ahead log of the database that was there before. "
            "Start the daemon, which sets that log aside."
        )


def take_over_copy(file: Path, now: datetime) -> None:
    """Before a copy is opened by its owner: set a log aside that is of the database that it was copied over, and mark
    the copy, so that this is asked once. SQLite would replay that log into the copy. Raises StoreError.
    """
    try:
        if _has_foreign_log(file):
            set_log_aside(file, now)
        take_over(file)
    except OSError as error:
        raise unusable(f"The database {file} cannot be opened", file, error) from error


def set_log_aside(file: Path, now: datetime) -> None:
    """Move the write-ahead log away from a database that is not its own. Raises OSError."""
    for ending in COMPANIONS:
        part = file.with_name(file.name + ending)
        if part.exists():
            part.replace(_free(file.with_name(f"{file.name}.lost-{now.astimezone(UTC):{STAMP}}{ending}")))
    force_to_disk(file.parent)


def _has_foreign_log(file: Path) -> bool:
    log = file.with_name(f"{file.name}-wal")
    return is_copy(header_of(file)) and log.exists() and log.stat().st_size > 0


def _ready(file: Path) -> Path:
    """The verified copy that is to be the database; its time is when the restore began."""
    return file.with_name(file.name + RESTORING)


def _swapped(ready: Path, file: Path) -> Path | None:
    aside = _set_aside(file, datetime.fromtimestamp(ready.stat().st_mtime, UTC))
    ready.replace(file)  # never beside a write-ahead log that belongs to another
    force_to_disk(file.parent)
    return aside


def _set_aside(file: Path, began: datetime) -> Path | None:
    """Move the old database with its log; what a killed run has not moved yet follows what it has."""
    aside = file.with_name(f"{file.name}.before-{began:{STAMP}}")
    if file.exists() and file.stat().st_size > 0:
        aside = _free(aside)
        file.replace(aside)
    file.unlink(missing_ok=True)
    is_kept = aside.exists()
    for ending in COMPANIONS:
        part = file.with_name(file.name + ending)
        if part.exists() and is_kept:
            part.replace(aside.with_name(aside.name + ending))
        part.unlink(missing_ok=True)
    force_to_disk(file.parent)
    return aside if is_kept else None


def _free(path: Path) -> Path:
    """The path, with a number if there is such a file already."""
    paths = (path, *(path.with_name(f"{path.name}-{number}") for number in range(2, 1000)))
    return next(each for each in paths if not each.exists())


def _connection(file: Path, *, is_read_only: bool = False) -> sqlite3.Connection:
    """`immutable` because SQLite would make a -shm file beside a backup that was in the mode of a write-ahead log."""
    uri = f"{file.absolute().as_uri()}?mode={'ro&immutable=1' if is_read_only else 'rw'}"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)


@contextmanager
def _os_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unusable(f"{target} cannot be written", target, error) from error
