"""A flood is grouped in slices that are kept: whatever ends the process costs one of them, and changes nothing."""

import random  # noqa: TID251 (of fixed seeds)
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from house import House, Story, house, rss
from origin import Origin, reply
from simulated import NOON

import monitor.cluster
from monitor.cluster import THRESHOLDS, slices
from monitor.cluster import events as events_
from monitor.cluster.events import Event, Events, event_of
from monitor.cluster.idf import Idf
from monitor.jobs.grouping import grouping
from monitor.model.ids import ArticleId, StoryId
from monitor.model.story import StoryArticle, WordCounts

EVENTS = (
    "Syria truce: {} convoy reaches Idlib hospital",
    "Truce in Syria: {} prisoners freed near Homs bridge",
    "Syria ceasefire monitors count {} breaches around Palmyra airfield",
)
SIZE = 5


class KilledError(Exception):
    """The process is gone."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(monitor.cluster, "SLICE", SIZE)
    words = ("first", "second", "third", "grain", "winter")
    stories = [
        Story(id=f"{event}-{word}", title=EVENTS[event].format(word), at=NOON - timedelta(minutes=len(words)))
        for word in words
        for event in range(len(EVENTS))
    ]
    with Origin("127.0.0.1") as origin, house(tmp_path, origin, "/a") as home:
        origin.serve("/a", reply(rss(*stories)))
        home.refresh()
        yield home


def stored(home: House) -> dict[int, int]:
    with closing(sqlite3.connect(home.folder / "news-monitor.db")) as connection:
        return dict(connection.execute("SELECT id, story_id FROM articles WHERE story_id IS NOT NULL"))


def test_a_restart_goes_on_where_it_was_and_gives_the_same_stories(home: House) -> None:
    stories = home.jobs.store.stories
    whole = grouping(home.jobs.store)
    assert (len(whole), len(set(whole.values())) > 1) == (15, True)
    assert stored(home) == {}, "who only looks keeps nothing"

    def keep(found: Mapping[ArticleId, StoryId]) -> None:
        stories.keep(found)
        raise KilledError

    for slices_kept in (1, 2):
        with pytest.raises(KilledError):
            grouping(home.jobs.store, keep=keep)
        assert len(stored(home)) == slices_kept * SIZE
    kept = stored(home)
    rest = grouping(home.jobs.store, keep=stories.keep)
    assert len(rest) == SIZE
    assert stored(home) == kept, "the last slice is kept by the edition"
    assert kept | rest == whole


def test_each_article_shows_life(home: House) -> None:
    shown = 0

    def sign_of_life() -> None:
        nonlocal shown
        shown += 1

    found = grouping(home.jobs.store, sign_of_life=sign_of_life)
    assert shown >= len(found)


def test_a_preview_says_what_the_edition_will_say(home: House) -> None:
    (digest,) = home.jobs.publisher.digests
    home.clock.advance(timedelta(days=1))
    preview = home.jobs.publisher.editor.preview(digest)
    assert stored(home) == {}
    home.jobs.publisher.run()
    assert stored(home) == dict(preview.stories)


def test_a_spell_is_cut_where_its_slices_are_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor.cluster, "SLICE", 2)
    ends = [timedelta(), timedelta(), timedelta(), timedelta(days=9), timedelta(days=9)]
    articles = [
        StoryArticle(id=ArticleId(number), title="", text="", outlet="", first_seen_at=NOON + after)
        for number, after in enumerate(ends)
    ]
    assert [[each.id for each in part] for part in slices(articles)] == [[0, 1], [2], [3, 4]]
    assert [len(part) for part in slices(articles[:1] * 9)] == [3, 3, 3]


def alike_by_comparing_all(events: Events, event: Event) -> set[int]:
    """What `_alike` finds if nothing is left out beforehand."""
    everything = {story: None for story in events._events if story != event.story}
    original = Events._proposed
    try:
        Events._proposed = lambda *_: everything  # type: ignore[method-assign]
        return {story for _, story in events._alike(event, THRESHOLDS.is_one)}
    finally:
        Events._proposed = original  # type: ignore[method-assign]


@pytest.mark.parametrize("seed", range(5))
def test_what_is_not_compared_could_not_have_been_alike(seed: int) -> None:
    chance = random.Random(seed)
    words = [f"word{number}" for number in range(60)]
    counts = WordCounts(articles=5_000, words={word: 5_000 // (number + 1) for number, word in enumerate(words)})
    events = Events(Idf(counts), THRESHOLDS)
    for number in range(200):
        weights = {word: chance.random() for word in chance.sample(words, 8)}
        events.add(event_of(weights, story=number % 120, seen_at=NOON))
    for event in list(events._events.values()):
        assert {story for _, story in events._alike(event, THRESHOLDS.is_one)} == alike_by_comparing_all(events, event)


def test_headlines_that_share_common_words_alone_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    original = events_._shared

    def counting(*args: object) -> tuple[float, float]:
        nonlocal compared
        compared += 1
        return original(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(events_, "_shared", counting)
    size = 50
    counts = WordCounts(articles=100_000, words={"syria": 50_000, "truce": 50_000})
    events = Events(Idf(counts), THRESHOLDS)
    for number in range(size):
        own = {f"q{number}x{each}": 1.0 for each in range(4)}
        event = event_of({"syria": 0.5, "truce": 0.5, **own}, story=number, seen_at=NOON)
        assert events.closest(event) is None
        events.add(event)
    assert events.joined(range(size)) == {}
    assert compared == 0
    rare = {f"q0x{each}": 1.0 for each in range(4)}
    assert events.closest(event_of(rare, story=size, seen_at=NOON)) == 0
    assert compared == 1
