"""For every test: quiet logs, none of the machine's own settings, times in UTC, no waiting for the disk, statements
compiled once.
"""

import logging
import os
from collections.abc import Iterator

import pytest
import structlog
from databases import kind, shared_engine
from hypothesis import HealthCheck, settings
from postgres import as_one_dialect
from postgres import shared_engine as shared_psql

from monitor.cli import local_time
from monitor.store import sqlite_database as database

ON_POSTGRES = os.environ.get("NEWS_MONITOR_TESTS_ON") == "postgresql"  # noqa: TID251 (of the tests)

settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")  # how long an example takes says nothing on a machine that has other work


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that are marked so run on SQLite and on PostgreSQL. All do on PostgreSQL where the environment says so, for
    who looks for what differs.
    """
    if metafunc.definition.get_closest_marker("both_databases") or ON_POSTGRES:
        kinds = ("postgresql",) if ON_POSTGRES else ("sqlite", "postgresql")
        metafunc.parametrize("_database_kind", kinds, indirect=True)


@pytest.fixture(autouse=True)
def _database_kind(request: pytest.FixtureRequest) -> Iterator[None]:
    if getattr(request, "param", "sqlite") == "postgresql":
        kind.on_postgres()
        as_one_dialect()
        request.getfixturevalue("monkeypatch").setattr("monitor.store.postgres.database.create_engine", shared_psql)
    yield
    kind.on_sqlite()


@pytest.fixture(autouse=True)
def _quiet_logs() -> None:
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
    )


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEWS_MONITOR_CONFIG", "CREDENTIALS_DIRECTORY", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _times_in_utc() -> None:
    """A command that ran in this process before may have set another zone: see monitor/cli/local_time.py."""
    local_time.use_zone("UTC")


@pytest.fixture(autouse=True)
def _no_wait_for_the_disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stores and files of this process are not flushed: what is lost without it is lost in a power cut alone.
    Processes of their own flush as always, and so do tests that are marked `flushed`.
    """
    if request.node.get_closest_marker("flushed") is None:
        pragmas = tuple("synchronous=OFF" if each == "synchronous=FULL" else each for each in database.PRAGMAS)
        assert pragmas != database.PRAGMAS
        monkeypatch.setattr(database, "PRAGMAS", pragmas)
        monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture(autouse=True)
def _statements_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "create_engine", shared_engine)
