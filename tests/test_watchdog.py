"""What the guard notices beside hanging steps: clocks that are set, machines that sleep, a database that is locked."""

import logging
import sqlite3
from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from databases import new_store
from simulated import NOON
from structlog.testing import capture_logs

from monitor.daemon.service_manager import ServiceManager
from monitor.daemon.watchdog import Watchdog, WatchdogLimits
from monitor.errors import StoreError
from monitor.progress import Progress
from monitor.store import Store
from monitor.store import sqlite_database as database
from monitor.store.sqlite_database import TURN_SECONDS, SqliteDatabase


@pytest.fixture
def log() -> Iterator[list[MutableMapping[str, Any]]]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    with capture_logs() as events:
        yield events


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = new_store(tmp_path / "news.db")
    yield store
    store.close()


def guard(store: Store, environ: dict[str, str] | None = None) -> Watchdog:
    return Watchdog(Progress(), store.database, ServiceManager(environ or {}), WatchdogLimits())


@pytest.mark.parametrize(
    ("passed", "drift"),
    [
        (timedelta(hours=8), 8 * 3600),
        (timedelta(hours=-2), -2 * 3600),
        (timedelta(seconds=301), 301),
        (timedelta(seconds=61), None),
        (timedelta(seconds=5), None),
        (timedelta(seconds=-30), None),
    ],
)
def test_a_wall_clock_that_jumps_is_logged(
    store: Store, log: list[MutableMapping[str, Any]], passed: timedelta, drift: int | None
) -> None:
    watch = guard(store)
    watch.compare_clocks(NOON)
    watch.compare_clocks(NOON + passed)
    assert [event["seconds"] for event in log] == ([] if drift is None else [drift])


def test_a_database_that_somebody_else_has_locked_does_not_answer(store: Store, tmp_path: Path) -> None:
    assert store.database.is_writable()
    with closing(sqlite3.connect(tmp_path / "news.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert not store.database.is_writable()
        other.execute("ROLLBACK")
    assert store.database.is_writable()


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PROBE_SECONDS", 0)


@pytest.mark.usefixtures("no_patience")
def test_a_long_transaction_of_our_own_is_no_hang_until_others_give_up_waiting(tmp_path: Path) -> None:
    seconds = [100.0]
    store = SqliteDatabase(f"sqlite:///{tmp_path / 'own.db'}", monotonic=lambda: seconds[0])
    with store.write():
        seconds[0] += TURN_SECONDS - 1
        assert store.is_writable()
        seconds[0] += 1
        assert not store.is_writable()
    assert store.is_writable()
    store.close()


@pytest.mark.usefixtures("no_patience")
def test_a_transaction_of_our_own_that_ends_while_the_guard_looks_is_an_answer(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect
    writing = ExitStack()
    writing.enter_context(store.database.write())

    class Ends(sqlite3.Connection):
        def execute(self, *args: Any) -> sqlite3.Cursor:
            try:
                return super().execute(*args)
            finally:
                writing.close()

    monkeypatch.setattr(sqlite3, "connect", lambda *args, **kwargs: connect(*args, factory=Ends, **kwargs))
    assert store.database.is_writable()


@pytest.mark.usefixtures("no_patience")
def test_that_we_wait_for_somebody_else_is_no_answer(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_SECONDS", 0)
    ours = SqliteDatabase(store.database.url)
    with closing(sqlite3.connect(tmp_path / "news.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"), ours.write():
            pass
        assert not ours.is_writable()
    ours.close()


@pytest.mark.parametrize(
    ("environ", "look"),
    [
        ({}, 5),
        ({"WATCHDOG_USEC": "180000000"}, 5),
        ({"WATCHDOG_USEC": "4000000"}, 1),
        ({"WATCHDOG_USEC": "4000000", "WATCHDOG_PID": "1"}, 5),
        ({"WATCHDOG_USEC": "nonsense"}, 5),
    ],
)
def test_it_looks_twice_and_more_within_the_managers_patience(store: Store, environ: dict[str, str], look: int) -> None:
    assert guard(store, environ).look == timedelta(seconds=look)


def test_a_manager_that_is_not_there_is_no_reason_to_stop(log: list[MutableMapping[str, Any]], tmp_path: Path) -> None:
    ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "none")}).ready("well")
    ServiceManager({"NOTIFY_SOCKET": "@news-monitor-test-none"}).ready("well")
    ServiceManager({}).ready("well")
    assert len(log) == 2
