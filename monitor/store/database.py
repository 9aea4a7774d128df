"""The connection to the database: how it is opened, begun, locked and read; nothing of its contents.

SQLite runs with a write-ahead log, full fsync and foreign keys (rule D13). A transaction that
writes says so at its first statement (BEGIN IMMEDIATE, D12): a reader that turns writer halfway
is refused at once, whatever the busy timeout (measured). Errors of SQLAlchemy are translated here.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, IntegrityError, SQLAlchemyError

from monitor.errors import DamagedStore, StoreError

BUSY_TIMEOUT_SECONDS = 10
WAL_LIMIT_BYTES = 64 * 1024 * 1024
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
DAMAGE_WORDS = ("malformed", "not a database", "corrupt")


class Database:
    """An engine with two doors: `read()` sees one snapshot, `write()` commits all or nothing."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with _translated(self.url), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        engine = self.engine.execution_options(writes=True)
        with _translated(self.url), engine.begin() as connection:
            yield connection

    def checkpoint(self) -> None:
        """Empty the write-ahead log into the database file, so that it stays bounded."""
        if self.engine.dialect.name == "sqlite":
            with _translated(self.url), self.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
                    "PRAGMA wal_checkpoint(TRUNCATE)"
                )

    def quick_check(self) -> None:
        """Raise DamagedStore if SQLite finds the file damaged (rule D16)."""
        if self.engine.dialect.name != "sqlite":
            return
        with self.read() as connection:
            found = [row[0] for row in connection.execute(text("PRAGMA quick_check(3)"))]
        if found != ["ok"]:
            raise DamagedStore(
                f"{_file(self.url)} is damaged: {'; '.join(found)}. It is left as it is; restore a backup."
            )

    def close(self) -> None:
        self.engine.dispose()


def _engine(url: str) -> Engine:
    if _file(url):
        _private_file(Path(_file(url)))
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS} if url.startswith("sqlite") else {})
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # sqlite3 must not begin transactions of its own: `_begin` does
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        "synchronous=FULL",
        f"journal_size_limit={WAL_LIMIT_BYTES}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _file(url: str) -> str:
    parsed = make_url(url)
    return (parsed.database or "") if parsed.get_backend_name() == "sqlite" and parsed.database != ":memory:" else ""


def _private_file(path: Path) -> None:
    """Make folder and file before SQLite does: under the usual umask it would make them readable to all (S17)."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, PRIVATE_FILE))
    except OSError as error:
        raise StoreError(f"The database {path} cannot be opened: {error.strerror}.") from error


@contextmanager
def _translated(url: str) -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise  # our own constraints speak; the caller knows which
    except DatabaseError as error:
        reason = str(error.orig)
        if any(word in reason for word in DAMAGE_WORDS):
            raise DamagedStore(f"{_file(url)} is damaged: {reason}. It is left as it is; restore a backup.") from error
        raise StoreError(f"The database {_file(url) or make_url(url).render_as_string()} failed: {reason}.") from error
    except SQLAlchemyError as error:
        raise StoreError(f"The database failed: {error}.") from error
