"""A database in an SQLite file: opening, transactions, locks. It knows nothing about the contents.

SQLite runs with a write-ahead log, full fsync and foreign keys (rule D13). A transaction that
writes says so at its first statement (BEGIN IMMEDIATE, D12): a reader that turns writer halfway
is refused at once, whatever the busy timeout (measured). Errors of SQLAlchemy are translated here.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, IntegrityError, SQLAlchemyError

from monitor.errors import DamagedStore, StoreError, UnusablePlace
from monitor.store.backup_mark import IS_LIVING
from monitor.store.database import Database
from monitor.store.disk_space import free_bytes
from monitor.store.in_place import InPlace
from monitor.unusable import is_passing, whose, why

if TYPE_CHECKING:  # as in `database`
    from monitor.store.search_index import IndexPlace

BUSY_TIMEOUT_SECONDS = 10
"""How long another process may keep us from writing."""

TURN_SECONDS = 60
"""How long threads of this process wait for each other to write; a transaction that takes longer counts as hanging."""

PROBE_SECONDS = 2
WAL_LIMIT_BYTES = 64 * 1024 * 1024
CHECKPOINT_PAGES = 1_000
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
DAMAGE_WORDS = ("malformed", "not a database", "corrupt")
CLOSED_WORDS = ("unable to open database file", "readonly database")
FULL_DISK_BYTES = 2**20
"""A disk with less room than this is full: SQLite enlarges its files by 32 KiB to some hundred KiB at a time."""

PRAGMAS = ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", f"journal_size_limit={WAL_LIMIT_BYTES}")
ONE_AT_A_TIME = {"pool_size": 1, "max_overflow": 0, "pool_timeout": TURN_SECONDS}


class SqliteDatabase(Database):
    """Access to the file.

    All writing goes through one connection, and that connection alone moves the write-ahead log into the file:
    before 3.51.3 SQLite may damage a database when two connections write and checkpoint at the same
    moment (rule D14). A process that does not own the database (`is_owner`) leaves checkpoints to the one that does.
    `monotonic` gives seconds on a clock that is never set.
    """

    def __init__(
        self,
        url: str,
        *,
        is_owner: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        super().__init__(url, now)
        self._monotonic = monotonic
        self._writing_since: float | None = None
        self._turns = 0
        self._file = Path(make_url(url).database or "")
        private_file(self._file)
        self._in_place = InPlace(self.file, reads=is_owner)
        checkpoints = f"wal_autocheckpoint={CHECKPOINT_PAGES if is_owner else 0}"
        connect = partial(_connect, self.file, self._in_place)
        self._writer = _engine(url, "BEGIN IMMEDIATE", connect, checkpoints, **ONE_AT_A_TIME)
        self._readers = _engine(url, "BEGIN", connect, "wal_autocheckpoint=0", "query_only=ON")

    @property
    def file(self) -> Path:
        return self._file

    @property
    def name(self) -> str:
        return str(self._file)

    def free_bytes(self) -> int:
        return free_bytes(self._file)

    def size_bytes(self) -> int:
        return self._file.stat().st_size

    def log_bytes(self) -> int:
        log = self._file.with_name(f"{self._file.name}-wal")
        return log.stat().st_size if log.exists() else 0

    def search_index(self) -> "IndexPlace":
        from monitor.store.search_file import IndexFile  # noqa: PLC0415 (it opens its file as this one does)

        return IndexFile(self._file)

    def last_given(self, table: str) -> int:
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
        with self.read() as connection:
            return connection.scalar(query, {"table": table}) or 0

    def go_on_after(self, table: str, last: int) -> None:
        """SQLite never looks below the rows that are there; of tables that give each id once it remembers more."""
        known = {"table": table, "last": last}
        with self.write() as connection:
            made = text("SELECT 1 FROM sqlite_master WHERE name = :table AND sql LIKE '%AUTOINCREMENT%'")
            if last and connection.scalar(made, known):
                connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), known)
                connection.execute(text("INSERT INTO sqlite_sequence VALUES (:table, :last)"), known)

    def is_copy(self, connection: Connection) -> bool:
        return bool(connection.exec_driver_sql("PRAGMA user_version").scalar() != IS_LIVING)

    def mark_as_living(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA user_version = {IS_LIVING}")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with translated(self.file), self._readers.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with translated(self.file), self._writer.connect() as connection, self._turn(), connection.begin():
            self._writing_since = self._monotonic()  # not while BEGIN waits for another process
            yield connection

    @contextmanager
    def rebuild(self) -> Iterator[Connection]:
        """Like `write`, without foreign keys until the commit, where they are checked; for migrations.

        A migration that rebuilds a table drops the old one, and with foreign keys on that silently deletes every row
        that refers to it (measured). Inside a transaction they cannot be turned off.
        """
        with translated(self.file), self._writer.connect() as connection:
            _pragma(connection, "foreign_keys=OFF")
            try:
                with connection.begin():
                    yield connection
                    _check_references(connection)
            finally:
                _pragma(connection, "foreign_keys=ON")

    def checkpoint(self) -> bool:
        """Empty the write-ahead log into the database file; False if somebody still reads what is in it (D13)."""
        with translated(self.file), self._writer.connect() as connection, self._turn():
            self._writing_since = self._monotonic()
            is_busy, _, _ = _pragma(connection, "wal_checkpoint(TRUNCATE)")
        return not is_busy

    def check_in_place(self) -> None:
        """Raise DamagedStore if the file was deleted or replaced since it was opened. Asks no connection."""
        self._in_place.check()

    def quick_check(self) -> None:
        """Raise DamagedStore if SQLite finds the file damaged (rule D16). Takes a second for some 500 MB."""
        self._check("quick_check")

    def integrity_check(self) -> None:
        """The same check, more thorough and slower: it also compares indexes with their tables."""
        self._check("integrity_check")

    def is_writable(self) -> bool:
        """Whether somebody could write within PROBE_SECONDS, or could but for this process, which writes itself and is
        not late with it; nothing is written. On a connection of its own, because for the one that writes there may be a
        queue. Raises DamagedStore.
        """
        turns = self._turns
        try:
            with (
                translated(self.file),
                closing(
                    sqlite3.connect(existing(self.file), uri=True, timeout=PROBE_SECONDS, isolation_level=None)
                ) as connection,
            ):
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
        except DamagedStore:
            raise
        except StoreError:
            since = self._writing_since
            return self._turns > turns or (since is not None and self._monotonic() - since < TURN_SECONDS)
        return True

    def leave(self, now: datetime) -> None:
        from monitor.store.backup import set_log_aside  # noqa: PLC0415 (it opens files as this one does)

        set_log_aside(self._file, now)

    def close(self) -> None:
        """Close all connections; the last one of all processes empties the write-ahead log."""
        self._readers.dispose()
        self._writer.dispose()
        self._in_place.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Of the one connection that writes; it sets the moment when it begins to keep all others from writing."""
        try:
            yield
        finally:
            self._turns += self._writing_since is not None
            self._writing_since = None

    def _check(self, pragma: str) -> None:
        with self.read() as connection:
            found = [row[0] for row in connection.exec_driver_sql(f"PRAGMA {pragma}(3)")]
        if found != ["ok"]:
            raise DamagedStore(f"{self.file} is damaged: {'; '.join(found)}. It was not changed.")


def existing(file: Path) -> str:
    """The address of a database that is there. Opened by its path alone, SQLite would make one, readable to all."""
    return f"{file.absolute().as_uri()}?mode=rw"


def _engine(url: str, begin: str, connect: Callable[..., None], *pragmas: str, **pool: Any) -> Engine:
    """Connections with these pragmas beside those for all, which begin their transactions so."""
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS}, **pool)
    event.listen(engine, "do_connect", connect)
    event.listen(engine, "connect", partial(_set_up, pragmas=(*PRAGMAS, *pragmas)))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _connect(
    file: Path, in_place: InPlace, _dialect: object, _record: object, arguments: list[Any], options: dict[str, Any]
) -> None:
    """What SQLAlchemy calls before it connects: only to the file that was opened first."""
    in_place.check()
    arguments[:] = [existing(file)]
    options["uri"] = True


def _set_up(connection: Any, _record: object, pragmas: tuple[str, ...]) -> None:
    connection.isolation_level = None  # sqlite3 must not begin transactions of its own: we do
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _pragma(connection: Connection, pragma: str) -> Any:
    """Outside of any transaction, which SQLAlchemy would begin before the first statement."""
    driver: Any = connection.connection.driver_connection
    return driver.execute(f"PRAGMA {pragma}").fetchone()


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        tables = ", ".join(sorted({f"{row[0]} to {row[2]}" for row in broken}))
        raise StoreError(f"The migration was undone: {len(broken)} rows refer to missing rows ({tables}).")


def private_file(path: Path) -> None:
    """Make folder and file before SQLite does: under the usual umask it would make them readable to all (S17)."""
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
            keep_owner(path.parent)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, PRIVATE_FILE))
        keep_owner(path)
    except OSError as error:
        raise unusable(f"The database {path} cannot be opened", path, error) from error


def unusable(what: str, path: Path, error: OSError) -> StoreError:
    """The error to raise: UnusablePlace, unless it may be over by itself."""
    kind = StoreError if is_passing(error) else UnusablePlace
    return kind(f"{what}: {why(path, error)}")


def keep_owner(path: Path) -> None:
    """What root makes in a folder of the service's user is that user's, or the service could not use it.

    Links are not followed: that user could lead root to give away any file of the system.
    """
    folder = path.parent.stat()
    if os.geteuid() == 0 and path.lstat().st_uid != folder.st_uid:
        os.chown(path, folder.st_uid, folder.st_gid, follow_symlinks=False)


@contextmanager
def translated(file: Path) -> Iterator[None]:
    """Errors about this file as ours. Of its own constraints, IntegrityError speaks; the caller knows which."""
    try:
        yield
    except IntegrityError:
        raise
    except (DatabaseError, sqlite3.DatabaseError) as error:
        reason = str(error.orig if isinstance(error, DatabaseError) else error)
        if any(word in reason for word in DAMAGE_WORDS):
            raise DamagedStore(f"{file} is damaged: {reason}. It was not changed.") from error
        if any(words in reason for words in CLOSED_WORDS):
            place = file if file.exists() and not os.access(file, os.R_OK | os.W_OK) else file.parent
            raise UnusablePlace(f"The database {file} cannot be used: {reason}. {whose(place)}") from error
        raise StoreError(f"The database {file} failed: {_full_disk(file, reason) or reason}.") from error
    except UnicodeDecodeError as error:  # the driver itself, when SQLite's message quotes what is damaged
        raise DamagedStore(f"{file} is damaged: a text in it is not UTF-8. It was not changed.") from error
    except SQLAlchemyError as error:
        raise StoreError(f"The database {file} failed: {error}.") from error


def _full_disk(file: Path, reason: str) -> str:
    """That the disk is full, where SQLite does not say so, as when the index of its log cannot grow; else ""."""
    if "disk I/O error" not in reason or free_bytes(file) >= FULL_DISK_BYTES:
        return ""
    return f"the disk is full (SQLite says: {reason}). Make room on it"
