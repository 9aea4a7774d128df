"""A database of PostgreSQL: connections, transactions, locks. It knows nothing about the contents.

One transaction writes at a time, whatever process it is of, as on SQLite: it holds an advisory lock from its beginning
until it is committed and seen by all. So ids are committed in the order in which they were given, and a mark that says
"all up to this id were seen" is right (docs/decisions/0081). Reading waits for nobody.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from psycopg import IsolationLevel
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DisconnectionError

from monitor.errors import DamagedStore, StoreError, UnusablePlace
from monitor.store.database import Database
from monitor.store.postgres.address import engine_url, shown
from monitor.store.postgres.dialect import DRIVER, without_nul
from monitor.store.postgres.faults import CREATE, translated
from monitor.store.postgres.lock import NAME, OWNER_WRITES_LOCK, check_held, take
from monitor.store.postgres.search_tables import IndexTables
from monitor.store.search_index import IndexPlace

OLDEST = 150_000
"""The oldest version whose statements are used, as PostgreSQL numbers it: 15.0."""

WRITER_LOCK = 7_305_410_081
"""The number of the lock of whoever writes: the same for all processes, and in no database for anything else."""

IDLE_SECONDS = 1
"""After this time without use a connection is asked whether it is alive: a question each time would cost a tenth."""

USED_AT = "used_at"
TURN_SECONDS = 60
PROBE_SECONDS = 2
CONNECT_SECONDS = 10
SETTINGS = {
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",  # a process that hangs keeps nobody from writing for longer
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "client_connection_check_interval": "10s",
    "timezone": "UTC",
    "extra_float_digits": "1",
}
CONNECTION = {
    "connect_timeout": CONNECT_SECONDS,
    "application_name": NAME,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
ONE_AT_A_TIME: dict[str, Any] = {"pool_size": 1, "max_overflow": 0, "pool_timeout": TURN_SECONDS}
READERS: dict[str, Any] = {"pool_size": 5, "max_overflow": 20}


IDENTITY = """
    SELECT concat_ws('.', system_identifier, timeline_id, pg_database.oid, CAST(CAST('generations' AS regclass) AS oid))
    FROM pg_control_system(), pg_control_checkpoint(), pg_database WHERE datname = current_database()
"""
"""What is another one wherever a database goes on from a dump, a base backup that was recovered, or a copy of it."""


class PostgresDatabase(Database):
    """Access to the database. `monotonic` gives seconds on a clock that is never set."""

    def __init__(
        self,
        url: str,
        *,
        is_owner: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        super().__init__(url, now)
        self._name = shown(url)
        self._monotonic = monotonic
        self._writing_since: float | None = None
        self._turns = 0
        self._writer = _engine(url, is_reader=False, **ONE_AT_A_TIME)
        if is_owner:
            event.listen(self._writer, "connect", self._take_lock)
        self._readers = _engine(url, is_reader=True, **READERS)
        self._beside = _engine(url, is_reader=False, **ONE_AT_A_TIME)
        self._probe = _engine(url, is_reader=False, lock_timeout=f"{PROBE_SECONDS}s", **ONE_AT_A_TIME)

    @property
    def name(self) -> str:
        return self._name

    def free_bytes(self) -> None:
        """The disk is the server's, and its owner looks after it."""

    def size_bytes(self) -> int:
        with self.read() as connection:
            return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)

    def log_bytes(self) -> int:
        return 0

    def search_index(self) -> IndexPlace:
        return IndexTables(self)

    def last_given(self, table: str) -> int:
        """What a sequence has given is seen at once, long before it is committed: so nobody else writes meanwhile."""
        with self.write() as connection:
            name = connection.scalar(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table})
            row = connection.execute(text(f"SELECT last_value, is_called FROM {name}")).one()  # noqa: S608 (the server's name)
        return row.last_value if row.is_called else 0

    def go_on_after(self, table: str, last: int) -> None:
        with self.write() as connection:
            highest = connection.scalar(text(f"SELECT max(id) FROM {table}")) or 0  # noqa: S608 (a table of ours)
            if after := max(last, highest):
                given = "SELECT setval(pg_get_serial_sequence(:table, 'id'), :after)"
                connection.execute(text(given), {"table": table, "after": after})

    def is_copy(self, connection: Connection) -> bool:
        written = connection.scalar(text("SELECT obj_description(CAST('generations' AS regclass), 'pg_class')"))
        return written is not None and written != connection.scalar(text(IDENTITY))

    def mark_as_living(self, connection: Connection) -> None:
        written = connection.scalar(text(IDENTITY))
        connection.execute(text(f"COMMENT ON TABLE generations IS '{written}'"))

    @contextmanager
    def beside(self, lock: int) -> Iterator[Connection]:
        """A transaction that writes what polls and editions do not; one at a time holds this lock."""
        with translated(self._name), self._beside.begin() as connection:
            _wait_for_turn(connection, lock)
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with translated(self._name), self._readers.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with translated(self._name), self._writer.connect() as connection, self._turn(), connection.begin():
            _wait_for_turn(connection)
            self._writing_since = self._monotonic()
            yield connection

    @contextmanager
    def rebuild(self) -> Iterator[Connection]:
        """Scripts change tables in place here, so that no reference is broken at any time."""
        with self.write() as connection:
            check_fit(connection)
            yield connection
            if connection.scalar(text("SELECT to_regclass('generations')")) is not None:
                self.mark_as_living(connection)

    def checkpoint(self) -> bool:
        """The server does it by itself."""
        return True

    def check_in_place(self) -> None:
        """Raise AlreadyRunning if this process owned the database, and another one does now. Where it is, is the
        server's business.
        """
        check_held(self.url)

    def quick_check(self) -> None:
        """Raise DamagedStore if the server has found pages of this database damaged, StoreError if it does not suit."""
        query = "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()"
        with self.read() as connection:
            check_fit(connection)
            failures = connection.scalar(text(query))
        if failures:
            counted = f"the server counts {failures} pages with a wrong checksum"
            raise DamagedStore(f"{self._name} is damaged: {counted}. It was not changed.")

    def integrity_check(self) -> None:
        """Also read every row: the server checks each page that it reads."""
        self.quick_check()
        names = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        with self.read() as connection:
            for table in connection.scalars(text(names)).all():
                connection.execute(text(f"SELECT sum(length(rows::text)) FROM {table} AS rows")).all()  # noqa: S608 (quoted)

    def is_writable(self) -> bool:
        turns = self._turns
        try:
            with translated(self._name), self._probe.begin() as connection:
                _wait_for_turn(connection)
        except DamagedStore:
            raise
        except StoreError:
            since = self._writing_since
            return self._turns > turns or (since is not None and self._monotonic() - since < TURN_SECONDS)
        return True

    def leave(self, now: datetime) -> None:
        """Nothing of it is open here."""

    def close(self) -> None:
        for engine in (self._readers, self._writer, self._beside, self._probe):
            engine.dispose()

    def _take_lock(self, connection: Any, _record: object) -> None:
        """Only the session with this lock writes for the owner: whoever lost it must not write beside the next one."""
        connection.autocommit = True
        take(connection, OWNER_WRITES_LOCK, self._name)
        connection.execute("SELECT set_config('lock_timeout', %s, false)", [SETTINGS["lock_timeout"]])
        connection.autocommit = False

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Of the one connection that writes; it sets the moment when it begins to keep all others from writing."""
        try:
            yield
        finally:
            self._turns += self._writing_since is not None
            self._writing_since = None


def check_fit(connection: Connection) -> None:
    """Raise UnusablePlace if the server or the database is not as the store needs it: texts are compared by their
    bytes, as on SQLite, so that lists have one order on all machines and no update of a system changes it.
    """
    query = (
        "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), datcollate"
        " FROM pg_database WHERE datname = current_database()"
    )
    version, encoding, collation = connection.execute(text(query)).one()
    if version < OLDEST:
        raise UnusablePlace(f"The server is PostgreSQL {version // 10_000}; News Monitor needs 15 or newer.")
    if encoding != "UTF8" or collation not in ("C", "POSIX"):
        raise UnusablePlace(
            f"The database has the encoding {encoding} and the collation {collation}; make one that compares bytes:"
            f" {CREATE}"
        )


def _wait_for_turn(connection: Connection, lock: int = WRITER_LOCK) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})


def _engine(url: str, *, is_reader: bool, lock_timeout: str = SETTINGS["lock_timeout"], **pool: Any) -> Engine:
    engine = create_engine(engine_url(url).set(drivername=DRIVER), connect_args=CONNECTION, **pool)
    settings = SETTINGS | {"lock_timeout": lock_timeout}
    event.listen(engine, "connect", partial(_set_up, settings=settings, is_reader=is_reader))
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_check_alive, engine))
    return engine


def _note_use(_connection: Any, record: Any) -> None:
    record.info[USED_AT] = time.monotonic()


def _check_alive(engine: Engine, connection: Any, record: Any, _proxy: object) -> None:
    """Ask a connection that was idle whether the server still has it; if not, another one is made."""
    if time.monotonic() - record.info.get(USED_AT, time.monotonic()) > IDLE_SECONDS:
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error


def _set_up(connection: Any, _record: object, settings: dict[str, str], *, is_reader: bool) -> None:
    without_nul(connection)
    connection.autocommit = True
    chosen = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in settings.items())
    connection.execute(f"SELECT {chosen}")
    connection.autocommit = False
    if is_reader:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ  # one snapshot from the first statement on
        connection.read_only = True
