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
from simulated import NOON

from monitor.errors import DamagedStore
from monitor.store import open_store
from monitor.store.backup import back_up

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
