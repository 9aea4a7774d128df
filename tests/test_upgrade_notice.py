"""Whoever upgrades a database says so: a command in one line on stderr, the daemon in its log."""

import json
import logging
import re
from pathlib import Path

import pytest
import structlog
from daemons import CONFIG, asked
from earlier import lay_earlier_database, world
from simulated import SimulatedClock
from structlog.testing import capture_logs

from monitor.daemon.upgrade import whole_store
from monitor.daemon.upgrade_notice import Upgrade, reported_to
from monitor.errors import StoreError
from monitor.model.settings import StorageSettings
from monitor.store import open_store, schema
from monitor.store.backup import back_up, revision, verify
from monitor.store.revision import revisions

SAID = re.compile(r"The database was upgraded from schema 0007 to (\S+)\. A backup of what it was: (\S+)\n")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Of a folder in which an earlier version left its database."""
    lay_earlier_database(tmp_path / "data")
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(url="https://news.example/rss", port=443))
    return path


def newest_schema(folder: Path) -> str:
    store = open_store(f"sqlite:///{folder / 'news-monitor.db'}")
    try:
        return revisions(store.database)[1]
    finally:
        store.close()


@pytest.mark.parametrize(
    "words",
    [
        *(("status", "--json"), ("feeds", "list", "--json"), ("deliveries", "list", "--json")),
        *(("digest", "list", "--json"), ("handover", "--json"), ("search", "Syria", "--json")),
    ],
)
def test_a_command_says_it_once_on_stderr_and_its_json_stays_json(config: Path, words: tuple[str, ...]) -> None:
    first, second = asked(config, *words), asked(config, *words)
    (said,) = SAID.finditer(first.stderr)
    assert said[1] == newest_schema(config.parent / "data")
    assert revision(Path(said[2])) == "0007"
    verify(Path(said[2]))
    assert "upgraded" not in first.stdout + second.stdout + second.stderr
    json.loads(first.stdout)


def test_a_command_that_is_asked_to_log_says_it_once_too(config: Path) -> None:
    done = asked(config, "--verbose", "status")
    assert len(SAID.findall(done.stderr)) == 1
    assert done.stderr.count("upgraded") == 1


def test_migrate_names_the_backup_where_it_prints_what_it_did(config: Path) -> None:
    done = asked(config, "migrate")
    newest = newest_schema(config.parent / "data")
    (backup,) = (config.parent / "data" / "backups").iterdir()
    words = f"The schema was upgraded from 0007 to {newest}. A backup of what it was: {backup}"
    assert (done.stdout.split(), done.stderr) == (words.split(), "")
    again = asked(config, "migrate", "--json")
    assert json.loads(again.stdout) == {"before": newest, "schema": newest, "backup": None}


def test_migrate_has_the_backup_in_its_json(config: Path) -> None:
    done = asked(config, "migrate", "--json")
    (backup,) = (config.parent / "data" / "backups").iterdir()
    assert json.loads(done.stdout)["backup"] == str(backup)
    assert done.stderr == ""


def test_a_drill_upgrades_a_copy_and_says_nothing_of_it(config: Path, tmp_path: Path) -> None:
    back_up(tmp_path / "data" / "news-monitor.db", tmp_path / "backup.db")
    done = asked(config, "restore", "--drill", str(tmp_path / "backup.db"))
    assert "valid, schema 0007, upgraded to" in " ".join(done.stdout.split())
    assert "upgraded" not in done.stderr


def test_a_new_database_is_no_upgrade(tmp_path: Path) -> None:
    seen: list[Upgrade] = []
    with reported_to(seen.append):
        whole_store(StorageSettings(folder=tmp_path), SimulatedClock()).close()
    assert seen == []


def test_an_upgrade_that_failed_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise StoreError("rows would be lost")

    lay_earlier_database(tmp_path)
    monkeypatch.setattr(schema, "_check_rows", fails)
    seen: list[Upgrade] = []
    with reported_to(seen.append), pytest.raises(StoreError, match="rows would be lost"):
        whole_store(StorageSettings(folder=tmp_path), SimulatedClock())
    assert seen == []


@pytest.fixture
def _logged() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))


@pytest.mark.usefixtures("_logged")
def test_the_daemon_logs_it(tmp_path: Path) -> None:
    """It opens its jobs as this world does."""
    lay_earlier_database(tmp_path)
    with capture_logs() as events, world(tmp_path):
        pass
    (said,) = (each for each in events if each["event"] == "database upgraded")
    (backup,) = (tmp_path / "backups").iterdir()
    assert said["log_level"] == "info"
    assert (said["before"], said["after"], said["backup"]) == ("0007", newest_schema(tmp_path), str(backup))
