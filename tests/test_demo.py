"""The demo's week, played once: what the daily digests bring, against what a careful reader would file."""

import fcntl
import pickle
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli import app
from monitor.demo import START, Day, play
from monitor.demo.week import load_week

pytestmark = pytest.mark.whole

ABOUT = {"Syria ceasefire": "syria", "US-Russia coordination": "us-russia"}


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> list[Day]:
    """Played by one of the processes that run these tests, for all of them: it takes twenty seconds."""
    shared = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        shared = shared.parent  # of one process among several
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        played = shared / "demo.pickle"
        if not played.exists():
            days = list(play(tmp_path_factory.mktemp("demo")))
            played.write_bytes(pickle.dumps(days))
        found: list[Day] = pickle.loads(played.read_bytes())
        return found


def text_of(day: Day) -> str:
    part = day.letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def section(text: str, topic: str) -> str:
    """The part of a digest's text under a topic's heading."""
    found = re.search(rf"^== {topic.upper()} =.*?(?=^== |^-- $)", text, re.DOTALL | re.MULTILINE)
    assert found is not None, topic
    return found.group()


def test_there_is_a_digest_every_morning_of_the_week(days: list[Day]) -> None:
    assert [f"{day.letter['Date'].datetime:%d %b}" for day in days] == [
        *(f"{number} Sep" for number in range(12, 23)),
    ]
    assert all(day.page.exists() for day in days)


def test_the_last_digest_tells_the_collapse_and_the_frozen_plans_under_their_topics(days: list[Day]) -> None:
    text = text_of(days[-1])
    ceasefire, coordination = section(text, "Syria ceasefire"), section(text, "US-Russia coordination")
    assert "Cease-fire in tatters" in ceasefire
    assert "why: Syrian → “Syrians” (headline) · ceasefire → “Cease-fire”" in ceasefire
    assert "U.S. puts plans for military cooperation with Russia on hold" in coordination
    assert "why: US → “U.S.” (headline) · Russia (headline) · cooperat* →" in coordination


def test_no_article_is_told_in_full_twice(days: list[Day]) -> None:
    told = Counter(
        link
        for day in days
        for block in text_of(day).split("\n * ")
        if "why:" in block
        for link in re.findall(r"^ {3}(http://\S+)$", block, re.MULTILINE)
    )
    assert len(told) > 25
    assert set(told.values()) == {1}


def test_the_wire_story_of_five_outlets_is_one_story(days: list[Day]) -> None:
    ceasefire = section(text_of(days[-1]), "Syria ceasefire")
    seen_in_one_round = r"(Meridian Wire, Wed 10:10|Lakeside Courier, Wed 11:40)"  # so either may be the first
    assert re.search(seen_in_one_round + r" · [56] articles", ceasefire)
    assert "The Harbour Post" in ceasefire
    assert ceasefire.count("Funerals were held in the countryside") == 1


def test_the_collapse_is_one_story_and_so_is_an_event_in_other_words(days: list[Day]) -> None:
    blocks = section(text_of(days[-1]), "Syria ceasefire").split("\n * ")[1:]
    told = [block for block in blocks if re.search(r"tatters|[Ff]unerals|bur(y|ies)", block.splitlines()[0])]
    assert len(told) == 1
    assert "Cease-fire in tatters, Syrians bury convoy dead as bombing spreads" in text_of(days[-1]).split("\n== ")[0]
    strike = section(text_of(days[-5]), "US-Russia coordination")
    assert strike.count("\n * ") == 1
    assert "* How could they hit the wrong army? Questions after Deir ez-Zor\n   Garrison Journal, Sat 23:20" in strike
    assert all(re.search(outlet.replace(" ", r"\s+"), strike) for outlet in ("Meridian Wire", "Bayview Times"))


def test_nothing_is_flagged_that_a_careful_reader_would_not_file_there(days: list[Day]) -> None:
    about = {article.link.rsplit("/", 1)[-1]: article.about for article in load_week().articles}
    flagged = {(article.link.rsplit("/", 1)[-1], match.topic) for day in days for article, match in day.flagged}
    wrong = {(name, topic) for name, topic in flagged if ABOUT[topic] not in about[name]}
    assert wrong == set()
    assert len(flagged) >= 55


def test_the_feed_that_dies_is_named_with_the_day_it_died(days: list[Day]) -> None:
    closing = text_of(days[-1]).split("\n-- \n")[-1]
    assert "10 of 11 feeds answered" in closing
    assert "Valley Signal" in closing
    assert "since Fri 16 Sep" in closing


def test_the_command_prints_each_day_and_where_the_last_page_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.demo.END", START + timedelta(days=1, hours=7))
    played = CliRunner().invoke(app, ["demo", "--keep", str(tmp_path / "week")])
    assert played.exit_code == 0, played.output
    assert "Tue 13 Sep" in played.stdout
    assert "Syria cease-fire takes effect at sundown" in played.stdout.split("The last digest")[-1]
    (page,) = re.findall(r"file://(\S+\.html)", played.stdout.split("The same as a page")[-1])
    assert Path(page).exists()


def test_it_leaves_nothing_behind_unless_asked_and_says_what_to_do_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.demo.END", START + timedelta(days=1, hours=7))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    played = CliRunner().invoke(app, ["demo"])
    assert played.exit_code == 0, played.output
    assert "--keep DIR" in played.stdout
    assert played.stdout.endswith("  news-monitor init\n")
    assert list(tmp_path.iterdir()) == []
