"""How the database is opened: one connection writes and checkpoints, others only read, its log stays bounded."""

import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
import structlog
from databases import new_store
from house import house
from origin import Origin
from simulated import NOON
from sqlalchemy import Engine
from structlog.testing import capture_logs

from monitor.errors import StoreError
from monitor.model.requests import PollRequest
from monitor.store import Store, open_store
from monitor.store.sqlite_database import CHECKPOINT_PAGES, WAL_LIMIT_BYTES, SqliteDatabase, translated


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = new_store(tmp_path / "news.db", is_owner=True)
    yield store
    store.close()


def pragma(engine: Engine, name: str) -> object:
    with engine.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


@pytest.mark.flushed
def test_only_the_owners_writing_connection_checkpoints(store: Store, tmp_path: Path) -> None:
    beside = open_store(f"sqlite:///{tmp_path / 'news.db'}")
    database, other = store.database, beside.database
    assert isinstance(database, SqliteDatabase)
    assert isinstance(other, SqliteDatabase)
    engines = (database._writer, database._readers, other._writer, other._readers)
    assert [pragma(engine, "wal_autocheckpoint") for engine in engines] == [CHECKPOINT_PAGES, 0, 0, 0]
    assert [pragma(engine, "query_only") for engine in engines] == [0, 1, 0, 1]
    for engine in engines:
        found = {name: pragma(engine, name) for name in ("journal_mode", "synchronous", "foreign_keys")}
        assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        assert pragma(engine, "journal_size_limit") == WAL_LIMIT_BYTES
    beside.close()


def test_who_only_reads_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError, match="readonly"), store.database.read() as connection:
        connection.exec_driver_sql("DELETE FROM requests")


def test_a_reader_that_stays_is_logged_and_when_it_goes_the_log_is_emptied(tmp_path: Path) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    with Origin("127.0.0.1") as origin, house(tmp_path, origin) as home:
        database = home.jobs.store.database
        log = database.file.with_name(f"{database.file.name}-wal")
        with closing(sqlite3.connect(database.file, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM requests").fetchone()
            home.jobs.store.requests.ask(PollRequest(urls=("x" * 10**6,)), NOON)
            with capture_logs() as events:
                home.jobs.keeper.run()
            assert any("old state" in event["event"] for event in events)
            assert log.stat().st_size > 10**6
        home.jobs.keeper.run()
        assert log.stat().st_size < 10**6


def test_the_log_stays_bounded_under_load(store: Store, tmp_path: Path) -> None:
    log, largest = tmp_path / "news.db-wal", 0
    for _ in range(60):
        store.requests.ask(PollRequest(urls=("x" * 2 * 10**6,)), NOON)
        largest = max(largest, log.stat().st_size)
    assert largest < WAL_LIMIT_BYTES
    assert store.database.checkpoint()
    assert log.stat().st_size == 0


@pytest.mark.parametrize(("free", "said"), [(4096, "the disk is full"), (2**30, "failed: disk I/O error.")])
def test_a_full_disk_is_called_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, said: str) -> None:
    """SQLite says "disk I/O error" where it cannot enlarge the index of its log: also to somebody who only reads."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    with pytest.raises(StoreError, match=said), translated(tmp_path / "news.db"):
        raise sqlite3.OperationalError("disk I/O error")
