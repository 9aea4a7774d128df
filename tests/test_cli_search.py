"""`search` as a person meets it: words on a command line, results on a screen or as JSON, answers to mistakes."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update
from test_search import NOON, TEXTS, Shelf
from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.jobs.rollup import rollup_bounds, rollup_facts
from monitor.model.settings import SearchSettings
from monitor.store.lock import ownership
from monitor.store.search_file import OpenFile, writing
from monitor.store.tables import articles, feeds

CONFIG = """
[[feeds]]
url = "https://coast.example/f"
outlet = "Coast"

[[topics]]
name = "Ports"
any = ["dock"]

[[digests]]
name = "Daily"
to = ["you@reader.example"]

[mail]
kind = "maildir"

[storage]
folder = "{folder}"

[[searches]]
name = "Docks"
words = "dock -hill"

[[searches]]
name = "Hill"
feed = "hill"
"""


class Desk(Shelf):
    """A store, a config beside it, and the command."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        (folder / "config.toml").write_text(CONFIG.format(folder=folder), "utf-8")

    def run(self, *words: str) -> Result:
        return CliRunner(env={"COLUMNS": "80"}).invoke(app, ["-c", str(self.folder / "config.toml"), *words])

    def json(self, *words: str) -> Any:
        result = self.run("search", *words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def ids(self, *words: str) -> list[int]:
        return [each["id"] for each in self.json(*words)["articles"]]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    made.add(*TEXTS)
    yield made
    made.store.close()


def test_a_search_shows_what_it_found_and_first_indexes_what_is_new(desk: Desk) -> None:
    result = desk.run("search", "dock", "-strike")
    assert result.exit_code == 0, result.output
    assert result.stdout == "No stored article was found.\n"
    result = desk.run("search", '"dock strike"')
    assert "Dock strike ends at Müller's port" in result.stdout
    assert "2016-03-01 12:00, article 3" in result.stdout
    found = desk.json('"dock strike"')
    assert found["index"] == {"percent": 100, "waiting": 0, "because": ""}
    assert found["articles"][0]["title_marks"] == [[0, 11]]
    assert found["articles"][0]["excerpt"].startswith("The U.S. cease-fire")


def test_words_filters_and_order(desk: Desk) -> None:
    desk.write(update(feeds).where(feeds.c.id == 1).values(title="Coast news"))
    desk.add(("Dock of the hill", ""), feed=2, at=NOON + timedelta(days=3), language="de-AT")
    assert desk.ids("dock") == [7, 6, 3]
    assert desk.ids("dock", "--best") == [7, 3, 6]
    assert desk.ids("dock", "--limit", "1") == [7]
    assert desk.ids("dock", "--feed", "Hill") == [7]
    assert desk.ids("dock", "--feed", "https://coast.example/f") == [6, 3]
    assert desk.ids("dock", "--language", "de") == [7]
    assert desk.ids("dock", "--until", "2016-03-02") == [6, 3]
    assert desk.ids("--since", "2016-03-02") == [7]
    assert desk.ids("dock", "--topic", "Ports") == []
    assert desk.ids("停火") == [1]
    assert desk.ids("dock", "-hill", "-hands") == [3]
    assert desk.ids("Dock", "strike", "OR", "hill") == [7, 6, 3]
    assert "--limit 5 lists more" in desk.run("search", "dock", "--limit", "1").stdout


def test_dates_are_those_of_the_publisher_and_not_the_order_of_ids(desk: Desk) -> None:
    """A late article has a high id and an old date."""
    desk.add(("Late dock", ""), at=NOON + timedelta(days=9))
    desk.write(update(articles).where(articles.c.id == 7).values(published_at=datetime(2014, 1, 5, tzinfo=UTC)))
    assert desk.ids("late", "--until", "2014-12-31") == [7]
    assert desk.ids("late", "--since", "2016-01-01") == []


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["dock", "--since", "soon"], "--since takes a date"),
        (["dock", "--until", "2016-13-01"], "--until takes a date"),
        (["dock", "--since", "2016-03-02", "--until", "2016-03-01"], "--since 2016-03-02 is after --until 2016-03-01"),
        (["dock", "--feed", "nobody"], "--feed: no feed"),
        (["dock", "--topic", "Prots"], 'no topic "Prots"'),
        (["dock", "--language", "!"], "is not a language code"),
        (["!!!"], "Name at least one word to look for"),
        (["-dock"], "Name at least one word besides those to leave out"),
        (["dock", "OR", "-strike"], "Put -strike at the end"),
        (["dock", "--rebuild"], "--rebuild takes no words"),
        (["dock", "--since", "9999999999d"], "--since takes a date"),
    ],
)
def test_mistakes_are_answered_with_the_option_at_fault(desk: Desk, words: list[str], problem: str) -> None:
    result = desk.run("search", *words)
    assert result.exit_code != 0
    assert problem in f"{result.output}{result.exception}"


def test_an_index_that_is_not_whole_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.store.searching.BATCH", 2)
    monkeypatch.setattr("monitor.cli.search.CATCH_UP_BATCHES", 1)
    result = desk.run("search", "hands")
    assert "The index is 34 % built, the newest articles first" in result.stdout


def test_beside_a_daemon_it_only_reads(desk: Desk) -> None:
    with ownership(desk.folder, desk.folder / "news-monitor.db"):
        result = desk.run("search", "dock")
    assert "The index is 0 % built" in result.stdout
    assert not desk.index.exists()


def test_a_damaged_index_names_the_way_out(desk: Desk) -> None:
    desk.ids("dock")
    desk.index.write_bytes(b"no database, but long enough for SQLite to say so" * 100)
    with ownership(desk.folder, desk.folder / "news-monitor.db"):
        result = desk.run("search", "dock")
    assert "search --rebuild" in f"{result.output}{result.exception}"
    assert desk.ids("dock") == [6, 3]


def test_a_rebuild_without_a_daemon_ends_with_a_whole_index(desk: Desk) -> None:
    desk.ids("dock")
    with desk.store.database.write() as connection:
        connection.execute(
            insert(feeds).values(url="https://x.example/", host="x.example", is_configured=False, next_poll_at=NOON)
        )
    desk.store.close()
    result = desk.run("search", "--rebuild")
    assert result.exit_code == 0, result.output
    assert result.stdout == "The index was built again.\n"
    assert desk.ids("dock") == [6, 3]
    assert json.loads(desk.run("search", "--rebuild", "--json").stdout) == {"is_whole": True}


def test_a_saved_search_is_narrowed_by_words_and_options(desk: Desk) -> None:
    desk.add(("Dock of the hill", ""), ("Pier", ""), feed=2, at=NOON + timedelta(days=3))
    assert desk.ids("--saved", "docks") == [6, 3]
    assert desk.ids("--saved", "Docks", "strike", "OR", "pier", "-hands") == [3]
    assert desk.ids("--saved", "Docks", "--feed", "hill") == []
    assert desk.ids("--saved", "Hill") == [8, 7]
    assert desk.ids("--saved", "Hill", "dock") == [7]
    assert desk.ids("--saved", "Hill", "--since", "2016-03-05") == []
    result = desk.run("search", "--saved", "Dokcs")
    assert "--saved: there is no [[searches]] named" in f"{result.output}{result.exception}"


def test_the_newest_of_a_saved_search_for_its_feed(desk: Desk) -> None:
    desk.catch_up()
    found = desk.store.searching.saved(SearchSettings(name="x", words="dock", language="en", feed="coast"), 1)
    assert found.articles == ()
    found = desk.store.searching.saved(SearchSettings(name="x", words="dock", topic=""), 1)
    assert [each.id for each in found.articles] == [6]
    assert found.has_more
    assert desk.store.searching.saved(SearchSettings(name="x", words="dock", feed="gone"), 1).articles == ()


def test_a_roll_up_counts_the_week_of_each_saved_search_unless_the_index_is_not_whole(desk: Desk) -> None:
    searches = (SearchSettings(name="Docks", words="dock"), SearchSettings(name="Hill", feed="hill"))
    desk.add(("Dock of the hill", ""), feed=2, at=NOON + timedelta(days=9))
    bounds = rollup_bounds(NOON + timedelta(days=10), "UTC")

    def counted() -> list[int | None]:
        return [each.new for each in rollup_facts(desk.store, (), {}, {}, bounds, searches).searches]

    assert counted() == [None, None]
    desk.catch_up()
    assert counted() == [1, 1]
    with writing(desk.index) as index:
        assert isinstance(index, OpenFile)
        index._connection.execute("DROP TABLE found")
    assert counted() == [None, None]


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ('words = "dock"', "name"),
        ('name = "A"', "searches nothing"),
        ('name = "A"\nwords = "-dock"', "has no word to look for"),
        ('name = "A"\nwords = "a OR -b"', "at the end"),
        ('name = "A"\ntopic = "Prots"', 'no topic is called "Prots". Did you mean "Ports"?'),
        ('name = "A"\nfeed = "Caost"', 'no feed has the URL or outlet "Caost". Did you mean "Coast"?'),
        ('name = "A"\nwords = "x"\nlanguage = "not one"', "language"),
        ('name = "docks"\nwords = "x"', "the same name as searches[0]"),
    ],
)
def test_check_reads_saved_searches(desk: Desk, table: str, problem: str) -> None:
    config = desk.folder / "config.toml"
    config.write_text(f"{config.read_text('utf-8')}\n[[searches]]\n{table}\n", "utf-8")
    result = desk.run("check")
    assert problem in " ".join(f"{result.output}{result.exception}".split())


def test_the_doctor_looks_at_the_index(desk: Desk) -> None:
    def said() -> str:
        found = json.loads(desk.run("doctor", "--offline", "--json").stdout)
        findings = found["findings"] if isinstance(found, dict) else found
        return "".join(f"{each['level']}: {each['said']}" for each in findings if each["about"] == "search")

    assert said() == ""
    desk.catch_up()
    assert said().endswith("is intact, 0 articles wait")
    desk.store.searching.reset()
    assert "0 % of the index is built" in said()
    desk.index.write_bytes(b"no database, but long enough for SQLite to say so" * 100)
    assert "warning: The index of searches" in said()
