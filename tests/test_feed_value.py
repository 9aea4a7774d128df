"""`feeds value`: what feeds bring that matches, what no other has, and what that costs; and the line of the roll-up."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from daemons import CONFIG, asked
from databases import lay_beside
from simulated import article, match, poll_of

from monitor.config import load
from monitor.daemon.clock import SystemClock
from monitor.jobs.rollup import rollup_bounds, rollup_facts
from monitor.model.article import Arrival
from monitor.model.feed_value import AskedFeed, FeedValue, ValueFacts
from monitor.model.ids import ArticleId, FeedId, StoryId
from monitor.model.settings import FeedSettings
from monitor.store import Store, open_store
from monitor.workbench import feed_value
from monitor.workbench.feed_value import feed_values

NOW = SystemClock().now()
DAY = timedelta(days=1)
MONTH = 30 * DAY


# ---- what is counted of facts


def valued(
    stories: Mapping[int, Sequence[int]], *, old: Sequence[int] = (), new: Sequence[int] = (), feeds: int = 4
) -> dict[str, FeedValue]:
    """Story → the feeds of its articles, in the order they came. `old`: stories whose first article is of an earlier
    month. `new`: feeds that are known for less than a month.
    """
    members: dict[StoryId, list[tuple[ArticleId, FeedId]]] = {}
    matching = {}
    for story, brought_by in stories.items():
        for place, feed in enumerate(brought_by):
            article_id = ArticleId(100 * story + place)
            members.setdefault(StoryId(story), []).insert(0, (article_id, FeedId(feed)))
            if place or story not in old:
                matching[article_id] = FeedId(feed), StoryId(story)
    known = [
        AskedFeed(
            id=FeedId(n),
            name=f"F{n}",
            url=f"https://f{n}.example/",
            known_since=NOW - (DAY if n in new else 2 * MONTH),
            polls=10 * n,
        )
        for n in range(1, feeds + 1)
    ]
    facts = ValueFacts(since=NOW - MONTH, feeds=tuple(known), matching=matching, members=members)
    return {each.name: each for each in feed_values(facts)}


def counts(value: FeedValue) -> tuple[int, int, int, int]:
    return value.matches, value.stories, value.first, value.only_here


def test_matches_stories_first_and_only_here() -> None:
    found = valued({1: [1, 2, 1], 2: [2, 1], 3: [1], 4: [2, 1]}, old=[4])
    assert counts(found["F1"]) == (5, 4, 2, 1)
    assert counts(found["F2"]) == (2, 2, 1, 0)
    assert counts(found["F3"]) == (0, 0, 0, 0)
    assert (found["F1"].polls_per_match, found["F3"].polls_per_match) == (2.0, None)
    shared = [(each.name, each.stories, each.percent) for each in found["F1"].overlaps]
    assert shared == [("F2", 3, 75)]
    assert [(each.name, each.percent) for each in found["F2"].overlaps] == [("F1", 100)]


def test_the_least_valuable_come_first_and_new_ones_last() -> None:
    assert list(valued({1: [1, 2], 2: [3], 3: [1, 2]}, new=[4])) == ["F2", "F1", "F3", "F4"]
    assert list(valued({})) == ["F4", "F3", "F2", "F1"], "of equal ones that which was polled most"


def test_a_feed_that_left_the_config_had_a_story_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    found = valued({1: [9, 1], 2: [1]})["F1"]
    assert (counts(found), found.overlaps) == ((2, 2, 1, 1), ())
    monkeypatch.setattr(feed_value, "MOST_FEEDS", 2)
    assert [each.name for each in valued({1: [1, 2, 3], 2: [1, 4]})["F1"].overlaps] == ["F4"]


# ---- what the store knows, and what the command prints


@dataclass(frozen=True)
class Desk:
    config: Path
    store: Store

    def brings(self, feed: str, key: str, seen: datetime, *, arrival: Arrival = Arrival.NEW, matches: int = 1) -> None:
        """An article of a feed that so many topics match."""
        states = {each.url: each for each in self.store.feeds.configured()}
        state = replace(states[f"https://{feed}.example/rss"], baseline_at=NOW - 2 * MONTH, polled_at=seen)
        found = [match(name) for name in ("Grain", "Ports")[:matches]]
        made = replace(article(key, title=f"Grain ship {key} leaves", seen=seen), arrival=arrival)
        self.store.articles.apply(poll_of(state, made), {key: found}, seen)

    def grouped(self, *stories: Sequence[int]) -> None:
        self.store.stories.keep({ArticleId(each): StoryId(story[0]) for story in stories for each in story})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(url="https://coast.example/rss", port=443), encoding="utf-8")
    lay_beside(config)
    made = Desk(config, open_store(load(config, {}).storage.database_url))
    names = ("coast", "hill", "farm", "young")
    made.store.feeds.sync([FeedSettings(url=f"https://{name}.example/rss", outlet=name.title()) for name in names], NOW)
    made.brings("hill", "too old", NOW - 40 * DAY)
    made.brings("coast", "a", NOW - 3 * DAY, matches=2)
    made.brings("hill", "b", NOW - 2 * DAY)
    made.brings("coast", "c", NOW - 2 * DAY)
    made.brings("hill", "at first", NOW - 2 * DAY, arrival=Arrival.BASELINE)
    made.brings("farm", "about nothing", NOW - 2 * DAY, matches=0)
    made.grouped([1], [2, 3], [4], [5])
    yield made
    made.store.close()


def test_the_command_says_it_in_80_columns(desk: Desk) -> None:
    done = asked(desk.config, "feeds", "value")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["Farm", "–", "–", "–", "1", "–", "–"] in rows
    assert ["Hill", "1", "–", "–", "2", "2.0", "100", "%", "Coast"] in rows
    assert ["Coast", "2", "2", "1", "2", "1.0", "50", "%", "Hill"] in rows
    assert [row[0] for row in rows if row[1:2] in (["–"], ["1"], ["2"])] == ["Farm", "Hill", "Coast", "Young"]
    assert done.stdout.splitlines()[-1] == "Last, because they are known for less time: Young."
    assert [line for line in done.stdout.splitlines() if len(line) > 80] == []


def test_long_names_are_cut_and_narrow_terminals_get_rows(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    long = "The Chronicle of Everything That Happens on the Coast"
    urls = {each.url: each.url.split("/")[2].split(".")[0] for each in desk.store.feeds.configured()}
    desk.store.feeds.sync([FeedSettings(url=url, outlet=f"{long} {name}") for url, name in urls.items()], NOW)
    wide = asked(desk.config, "feeds", "value").stdout.splitlines()
    assert "2.0 100 % The Chroni" in " ".join(" ".join(wide).split())
    assert [line for line in wide if len(line) > 80] == []
    monkeypatch.setenv("COLUMNS", "40")
    assert "polls 2 per match 2.0" in " ".join(asked(desk.config, "feeds", "value").stdout.split())


def test_one_feed_by_outlet_or_url_and_other_spans(desk: Desk) -> None:
    for name in ("Hill", "https://hill.example/rss"):
        found = json.loads(asked(desk.config, "feeds", "value", name, "--days", "60", "--json").stdout)
        (only,) = found["feeds"]
        assert (found["days"], only["matches"], only["only_here"], only["polls"]) == (60, 2, 1, 3)
        assert only["polls_per_match"] == 1.5
        assert only["overlaps"] == [{"name": "Coast", "url": "https://coast.example/rss", "stories": 1, "percent": 50}]
    text = asked(desk.config, "feeds", "value", "Hill").stdout
    assert "1 match in 30 days, of 1 story" in text
    assert "100 % (1)  Coast" in text
    assert "has never answered" in asked(desk.config, "feeds", "value", "Young").stdout
    wrong = asked(desk.config, "feeds", "value", "Nobody")
    assert (wrong.returncode, 'No feed has the URL or outlet "Nobody"' in wrong.stderr) == (2, True)


def test_what_no_edition_has_grouped_is_grouped_for_it(desk: Desk) -> None:
    desk.brings("farm", "d", NOW - DAY)
    facts = desk.store.feed_value.facts(MONTH, NOW, {ArticleId(7): StoryId(4)})
    assert facts.members[StoryId(4)] == [(4, 1), (7, 3)]
    alone = desk.store.feed_value.facts(MONTH, NOW, {})
    assert alone.members[StoryId(7)] == [(7, 3)]
    assert json.loads(asked(desk.config, "feeds", "value", "Farm", "--json").stdout)["feeds"][0]["matches"] == 1


def test_a_feed_that_you_paused_is_valued_when_it_is_named(desk: Desk) -> None:
    paused = '\n[[feeds]]\nurl = "https://hill.example/rss"\noutlet = "Hill"\nenabled = false\n'
    desk.config.write_text(desk.config.read_text("utf-8") + paused, encoding="utf-8")
    names = ("coast", "farm")
    desk.store.feeds.sync([FeedSettings(url=f"https://{name}.example/rss", outlet=name.title()) for name in names], NOW)
    everything = json.loads(asked(desk.config, "feeds", "value", "--json").stdout)["feeds"]
    assert [each["name"] for each in everything] == ["Farm", "Coast"]
    (one,) = json.loads(asked(desk.config, "feeds", "value", "Hill", "--json").stdout)["feeds"]
    assert (one["matches"], one["polls"]) == (1, 2)


def test_a_store_without_feeds_says_what_to_do(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(url="https://coast.example/rss", port=443), encoding="utf-8")
    lay_beside(config)
    assert asked(config, "feeds", "value").stdout.startswith("No feed has been polled yet.")


def test_the_roll_up_gets_the_feeds_without_a_match_that_are_known_for_a_month(desk: Desk) -> None:
    facts = rollup_facts(desk.store, (), {}, {}, rollup_bounds(NOW, "UTC"))
    assert facts.unmatched == {"https://farm.example/rss": "Farm"}
