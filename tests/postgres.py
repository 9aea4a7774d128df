"""A private PostgreSQL for the tests of one process: in a folder of its own, reached by a socket in it alone, gone with
the process, however that ends. Its databases are copies of one that has the newest schema.
"""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.dialects import registry
from sqlalchemy.pool import NullPool

from monitor.store import open_store
from monitor.store.schema import migrate

FOLDERS = (*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), Path("/usr/local/bin"), Path("/usr/bin"))
PATIENCE_SECONDS = 60
STOPPED_WITH_US = 'trap "" INT TERM; "$@" & while read -r _; do :; done; kill -QUIT $!; wait $!'
"""The server is asked to end when our end of the pipe is closed."""

QUICK = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "32MB",
    "max_connections": "200",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
}
GUARDED = "guarded"
"""The user who needs a password."""

_numbers = count(1)
_free: list[str] = []
EMPTIED = """
DO $$
DECLARE
    name TEXT;
    is_used BOOLEAN;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;
    DROP TABLE IF EXISTS search_words, search_state;
    COMMENT ON TABLE generations IS NULL;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO is_used;
        IF is_used THEN EXECUTE format('DELETE FROM %I', name); END IF;
    END LOOP;
    PERFORM setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A server that runs, and the folder of its socket."""

    bin: Path
    folder: Path
    user: int | None

    def url(self, name: str) -> str:
        return f"postgresql://news@/{name}?host={self.folder}"

    def do(self, *statements: str) -> None:
        """In no transaction, as the owner of all databases."""
        engine = create_engine(self.url("postgres").replace("postgresql:", "postgresql+psycopg:"))
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def give_back(self, urls: Iterable[str]) -> None:
        """Empty these databases for the next test: to make one takes longer than most tests."""
        others = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'before_%'"
        for url in urls:
            engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
            with engine.begin() as connection:
                if connection.scalar(text(others)) == 0:  # unless something was restored
                    connection.execute(text(EMPTIED))
                    _free.append(url)

    def empty_database(self) -> str:
        """The URL of a database without a table."""
        name = f"empty_{next(_numbers)}"
        self.do(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url(name)

    def database(self) -> str:
        """The URL of a database of the newest schema that nobody has written to."""
        _has_template(self)
        if _free:
            return _free.pop()
        name = f"news_{next(_numbers)}"
        self.do(f"CREATE DATABASE {name} TEMPLATE ready STRATEGY wal_log")
        return self.url(name)


def binaries() -> Path | None:
    """Where the server's programs are; None if it is not installed here."""
    return next((folder for folder in FOLDERS if (folder / "initdb").exists()), None)


def cluster() -> Cluster:
    """The server of this process. Skips the test where PostgreSQL is not installed."""
    found = binaries()
    if found is None:
        pytest.skip("PostgreSQL is not installed here (Debian: postgresql)")
    pytest.importorskip("psycopg")
    return _cluster(found)


@cache
def _cluster(programs: Path, **settings: str) -> Cluster:
    made = started(programs, QUICK | settings)
    atexit.register(made[1])
    return made[0]


def started(programs: Path, settings: Mapping[str, str]) -> tuple[Cluster, "Stop"]:
    """A new cluster that runs with these settings, and what stops it."""
    folder = Path(tempfile.mkdtemp(prefix="news-pg-"))
    user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None  # the server refuses to run as root
    if user is not None:
        os.chown(folder, user, -1)
    data = folder / "data"
    options = ("-U", "news", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
    made = [str(programs / "initdb"), "-D", str(data), *options]
    subprocess.run(made, user=user, check=True, capture_output=True, timeout=PATIENCE_SECONDS, cwd="/")
    rules = data / "pg_hba.conf"
    rules.write_text(f"local all {GUARDED} scram-sha-256\n{rules.read_text()}")
    stop = Stop(programs, folder, user, settings)
    stop.start()
    return Cluster(bin=programs, folder=folder, user=user), stop


class Stop:
    """Starts the server of a folder, and stops it with all that it wrote."""

    def __init__(self, programs: Path, folder: Path, user: int | None, settings: Mapping[str, str]) -> None:
        self._programs, self._folder, self._user, self._settings = programs, folder, user, settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        server = [self._programs / "postgres", "-D", self._folder / "data", "-k", self._folder, *options]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", STOPPED_WITH_US, "sh", *map(str, server)],
                user=self._user,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
            )
        ready = [str(self._programs / "pg_isready"), "-q", "-h", str(self._folder), "-d", "postgres", "-U", "news"]
        ends = time.monotonic() + PATIENCE_SECONDS
        while subprocess.run(ready, check=False).returncode:
            assert time.monotonic() < ends, (self._folder / "log").read_text()
            time.sleep(0.05)

    def halt(self) -> None:
        """Kill the server as a power cut would; `start` recovers it."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(PATIENCE_SECONDS)
            self._process = None

    def __call__(self) -> None:
        self.halt()
        shutil.rmtree(self._folder, ignore_errors=True)


_compiled: dict[Any, Any] = {}


def shared_engine(url: URL, **options: Any) -> Engine:
    """What `create_engine` makes, with the statements that were compiled for the databases before it."""
    found = url.set(drivername="postgresql+any_database")
    return create_engine(found, execution_options={"compiled_cache": _compiled}, **options)


@cache
def as_one_dialect() -> None:
    """One dialect of this program is like another: SQLAlchemy keeps what it compiled by the statement and this."""
    from monitor.store.postgres.dialect import PostgresDialect  # noqa: PLC0415 (psycopg may be missing)

    class AnyDatabase(PostgresDialect):
        supports_statement_cache = True

        def __eq__(self, other: object) -> bool:
            return type(other) is type(self)

        def __hash__(self) -> int:
            return hash(type(self))

    globals()[AnyDatabase.__name__] = AnyDatabase
    registry.register("postgresql.any_database", __name__, AnyDatabase.__name__)


@cache
def _has_template(of: Cluster) -> None:
    of.do("CREATE DATABASE ready TEMPLATE template0")
    store = open_store(of.url("ready"), is_owner=True)
    migrate(store.database)
    with store.database.write() as connection:  # or each copy of it would begin a generation
        connection.execute(text("COMMENT ON TABLE generations IS NULL"))
    store.close()
