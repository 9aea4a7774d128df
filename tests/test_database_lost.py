"""The database of a running daemon is deleted, moved or replaced: it says so, stops with exit 3 and makes no other."""

import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from daemons import CONFIG, PATIENCE_SECONDS, asked, daemon, eventually, said
from databases import lay_database, new_store
from house import rss
from origin import Origin, reply
from simulated import NOON, SimulatedClock

from monitor.daemon.store_only import opened_store
from monitor.daemon.upgrade import whole_store
from monitor.errors import DamagedStore, StoreError
from monitor.model.requests import PollRequest, RequestKind
from monitor.model.settings import StorageSettings
from monitor.store import open_store
from monitor.store.backup import back_up, verify

pytestmark = pytest.mark.whole

FILE = "news-monitor.db"


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss()))
        path = tmp_path / "config.toml"
        path.write_text(CONFIG.format(url=origin.url("/a"), port=origin.port))
        yield path


def deleted(data: Path) -> None:
    (data / FILE).unlink()


def deleted_with_its_log(data: Path) -> None:
    for path in data.glob(f"{FILE}*"):
        path.unlink()


def moved_away(data: Path) -> None:
    (data / FILE).rename(data / "old.db")


def replaced(data: Path) -> None:
    lay_database(data / "other" / FILE)
    (data / "other" / FILE).replace(data / FILE)


def set_back(data: Path) -> None:
    back_up(data / FILE, data / "backup.db")
    shutil.copyfile(data / "backup.db", data / FILE)


WAYS = [deleted, deleted_with_its_log, moved_away, replaced, set_back]


@pytest.mark.parametrize("lost", WAYS)
def test_the_daemon_notices_says_so_and_stops(lost: Callable[[Path], None], config: Path) -> None:
    data = config.parent / "data"
    with daemon(config) as process:
        eventually(said(config, '"backed up"'))
        lost(data)
        left = (data / FILE).read_bytes() if (data / FILE).exists() else None
        beside = asked(config, "status")
        assert process.wait(PATIENCE_SECONDS) == 3
    assert "while it was open" in (config.parent / "log").read_text()
    if left is None:
        assert beside.returncode != 0
        assert not (data / FILE).exists()
    else:
        assert stat.S_IMODE((data / FILE).stat().st_mode) == 0o600
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in data.glob(f"{FILE}*"))
    assert not (data / f"{FILE}-wal").exists()
    if lost is set_back:
        assert list(data.glob(f"{FILE}.lost-*-wal"))
        verify(data / FILE)


def test_a_stopped_daemon_writes_nothing_into_a_copy_that_came_a_moment_before(config: Path) -> None:
    data = config.parent / "data"
    with daemon(config) as process:
        eventually(said(config, '"backed up"'))
        set_back(data)
        copy = (data / "backup.db").read_bytes()
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 3
    assert (data / FILE).read_bytes() == copy
    assert list(data.glob(f"{FILE}.lost-*-wal"))


def test_a_copy_beside_the_log_of_another_is_opened_by_its_owner_alone_and_without_it(tmp_path: Path) -> None:
    """As a killed daemon leaves it: nobody was there to set the log aside."""
    storage = StorageSettings(folder=tmp_path)
    old = whole_store(storage, SimulatedClock(), is_owner=True)
    back_up(tmp_path / FILE, tmp_path / "backup.db")
    old.requests.ask(PollRequest(), NOON)
    log = (tmp_path / f"{FILE}-wal").read_bytes()
    old.close()
    shutil.copyfile(tmp_path / "backup.db", tmp_path / FILE)
    (tmp_path / f"{FILE}-wal").write_bytes(log)
    with pytest.raises(StoreError, match="Start the daemon"), opened_store(storage, SimulatedClock()):
        pass
    store = whole_store(storage, SimulatedClock(), is_owner=True)
    assert not store.requests.open(RequestKind.POLL)
    assert [path.read_bytes() for path in tmp_path.glob(f"{FILE}.lost-*-wal")] == [log]
    store.requests.ask(PollRequest(), NOON)
    with opened_store(storage, SimulatedClock()) as beside:  # the log is the copy's own now
        assert len(beside.requests.open(RequestKind.POLL)) == 1
    assert store.generations.begin_if_copied("token", NOON)
    store.close()


def test_a_command_makes_no_database_beside_a_daemon_that_lost_its_own(config: Path) -> None:
    data = config.parent / "data"
    with daemon(config):
        eventually(said(config, '"backed up"'))
        deleted(data)
        assert [asked(config, *words).returncode for words in (["poll"], ["status"], ["feeds", "list"])] != [0, 0, 0]
        assert not (data / FILE).exists()


@pytest.mark.parametrize("lost", WAYS)
def test_no_connection_is_made_to_another_file(lost: Callable[[Path], None], tmp_path: Path) -> None:
    store = new_store(tmp_path / FILE, is_owner=True)
    store.database.check_in_place()
    assert store.database.is_writable()
    lost(tmp_path)
    with pytest.raises(DamagedStore, match="while it was open"):
        store.database.check_in_place()
    with pytest.raises(DamagedStore, match="while it was open"):
        store.feeds.configured()  # the first read of this store, so with a new connection
    store.close()


def test_a_copy_that_became_the_store_may_be_opened_as_one(tmp_path: Path) -> None:
    """Its mark is taken away by its owner, and is no sign of another copy."""
    lay_database(tmp_path / FILE)
    back_up(tmp_path / FILE, tmp_path / "backup.db")
    (tmp_path / "backup.db").replace(tmp_path / FILE)
    store = open_store(f"sqlite:///{tmp_path / FILE}", is_owner=True)
    store.database.check_in_place()
    assert store.generations.begin_if_copied("token", NOON)
    store.database.check_in_place()
    store.database.checkpoint()
    store.database.check_in_place()
    store.close()
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (0,)
