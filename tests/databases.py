"""Databases of the newest schema without the migrations that make one: those take longer than most tests. And
statements that are compiled once a process: each test opens a database, and would compile all of its statements again.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from postgres import cluster
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from monitor.store import Store, open_store
from monitor.store.schema import migrate


class Kind:
    """Where the stores of the test that runs are."""

    def __init__(self) -> None:
        self.is_postgres = False
        self._urls: dict[Path, str] = {}

    def on_postgres(self) -> None:
        """Until `on_sqlite`. Skips the test where there is no PostgreSQL."""
        cluster()
        self.is_postgres = True

    def on_sqlite(self) -> None:
        self.is_postgres = False
        if self._urls:
            cluster().give_back(self._urls.values())
        self._urls.clear()

    def url_of(self, file: Path) -> str:
        """The URL of the database that a test calls by this file: the same one each time."""
        if not self.is_postgres:
            return f"sqlite:///{file}"
        if file not in self._urls:
            self._urls[file] = cluster().database()
        return self._urls[file]

    def url_of_folder(self, folder: Path) -> str:
        """The same for the storage folder of a config; "" where it has a database of its own."""
        return self.url_of(folder) if self.is_postgres else ""


kind = Kind()


def new_store(file: Path, *, is_owner: bool = False) -> Store:
    """A store that nobody has written to, in a database of its own. Who opened it closes it."""
    if not kind.is_postgres:
        lay_database(file)
    return open_store(kind.url_of(file), is_owner=is_owner)


def lay_database(file: Path) -> None:
    """Put an empty database where `file` says, as private as the program makes its own."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(_empty_database())


def lay_beside(config: Path) -> None:
    """The same for a config whose storage folder is `data`, before a program of its own process starts."""
    lay_database(config.parent / "data" / "news-monitor.db")


@cache
def _empty_database() -> bytes:
    """Made by the shipped migrations, once a process."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "news-monitor.db"
        store = open_store(f"sqlite:///{file}", is_owner=True)
        migrate(store.database)
        store.database.checkpoint()
        store.close()
        return file.read_bytes()


class AnyDatabase(SQLiteDialect_pysqlite):
    """SQLite's dialect, of which one is like another: SQLAlchemy keeps what it compiled by the statement and this."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))


registry.register("sqlite.any_database", __name__, AnyDatabase.__name__)
_compiled: dict[Any, Any] = {}


def shared_engine(url: str, **options: Any) -> Engine:
    """What `create_engine` makes, with the statements that were compiled for the databases before it."""
    found = make_url(url).set(drivername="sqlite+any_database")
    return create_engine(found, execution_options={"compiled_cache": _compiled}, **options)
