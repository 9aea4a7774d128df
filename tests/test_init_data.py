"""`init` says where the data goes, and what is there already: a config for words of today may meet an older store."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from daemons import asked
from databases import lay_database
from earlier import lay_earlier_database
from simulated import NOON
from test_init import of_system

from monitor.model.settings import FeedSettings
from monitor.store import open_store
from monitor.store.backup import revision

WORDS = ("init", "--topic", "Ports")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the data goes by default."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path / ".local" / "share" / "news-monitor"


def ending(*words: str, config: Path = Path("config.toml")) -> str:
    """What `init` prints after the files that it wrote, on one line."""
    done = asked(config, *words)
    assert (done.returncode, done.stderr) == (0, "")
    return " ".join(done.stdout.split())


def data(*words: str) -> dict[str, Any]:
    done = asked(Path("config.toml"), *words, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    return {"folder": found["folder"], "database": found["database"]}


@pytest.mark.parametrize("words", [WORDS, ("init", "--example")])
def test_it_names_the_folder_right_before_the_next_command(words: tuple[str, ...], folder: Path) -> None:
    said = ending(*words)
    assert f"The data goes into {folder}. Next: news-monitor " in said
    assert "database" not in said
    assert not folder.exists()
    assert data(*words, "--force") == {"folder": str(folder), "database": None}


def test_a_database_that_is_there_will_be_used_and_is_left_as_it_is(folder: Path) -> None:
    file = folder / "news-monitor.db"
    folder.mkdir(parents=True)
    lay_database(file)
    store = open_store(f"sqlite:///{file}")
    store.feeds.sync([FeedSettings(url="https://a.example/rss")], NOON, {})
    store.close()
    before = file.read_bytes()
    said = ending(*WORDS)
    assert f"The data goes into {folder}. There is a database already, which will be used: 1 feed, 0 articles." in said
    assert "upgraded" not in said
    assert file.read_bytes() == before
    database = {"file": str(file), "feeds": 1, "articles": 0, "problem": ""}
    assert data(*WORDS, "--force") == {"folder": str(folder), "database": database}


def test_one_of_an_earlier_version_is_counted_and_not_upgraded_yet(folder: Path) -> None:
    file = lay_earlier_database(folder)
    with closing(sqlite3.connect(file)) as connection:
        feeds, articles = (
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("feeds", "articles")
        )
    assert min(feeds, articles) > 1
    said = ending(*WORDS)
    assert f"which will be used: {feeds} feeds, {articles} articles. It is older and will be upgraded first" in said
    assert revision(file) == "0007"
    assert data(*WORDS, "--force")["database"]["articles"] == articles


def damaged(file: Path) -> None:
    file.write_bytes(b"no database at all" * 100)


def newer(file: Path) -> None:
    lay_database(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()


def half_restored(file: Path) -> None:
    lay_database(file)
    file.with_name(f"{file.name}.restoring").touch()


def circle(file: Path) -> None:
    file.symlink_to(file)


UNUSABLE = [
    (damaged, "not a database"),
    (newer, "schema 9999"),
    (half_restored, "interrupted"),
    (circle, "circle"),
    (Path.mkdir, ""),
]


@pytest.mark.parametrize(("lay", "words"), UNUSABLE)
def test_one_that_cannot_be_used_is_named_with_why(lay: Callable[[Path], None], words: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    lay(folder / "news-monitor.db")
    said = ending(*WORDS)
    assert "There is a database already, which cannot be used as it is: " in said
    assert words in said
    found = data(*WORDS, "--force")["database"]
    assert (found["feeds"], found["articles"], words in found["problem"]) == (None, None, True)


def test_an_empty_file_is_no_database(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "news-monitor.db").touch(mode=0o600)
    assert "database" not in ending(*WORDS)


def test_a_config_of_the_system_names_that_of_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    place = of_system(tmp_path, monkeypatch)
    lay_earlier_database(place)
    said = ending(*WORDS, config=tmp_path / "etc" / "config.toml")
    assert f"The data goes into {place}. There is a database already, which will be used: " in said
