"""What the guard notices beside hanging steps: clocks that are set, machines that sleep, a database that is locked."""

import logging
import sqlite3
from collections.abc import Iterator, MutableMapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from simulated import NOON
from structlog.testing import capture_logs

from monitor.daemon.guard import Guard, Patience
from monitor.daemon.notify import Manager
from monitor.progress import Progress
from monitor.store import Store, migrate, open_store


@pytest.fixture
def log() -> Iterator[list[MutableMapping[str, Any]]]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    with capture_logs() as events:
        yield events


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'news.db'}")
    migrate(store.database)
    yield store
    store.close()


def guard(store: Store, environ: dict[str, str] | None = None) -> Guard:
    return Guard(Progress(), store.database, Manager(environ or {}), Patience())


@pytest.mark.parametrize(
    ("passed", "drift"),
    [
        (timedelta(hours=8), 8 * 3600),
        (timedelta(hours=-2), -2 * 3600),
        (timedelta(seconds=61), 61),
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
    Manager({"NOTIFY_SOCKET": str(tmp_path / "none")}).ready("well")
    Manager({"NOTIFY_SOCKET": "@news-monitor-test-none"}).ready("well")
    Manager({}).ready("well")
    assert len(log) == 2
