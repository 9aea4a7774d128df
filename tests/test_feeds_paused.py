"""Feeds that their owner pauses and resumes: nothing goes to another feed, comes twice, or is called missing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from house import House, Story, lived_in, rss, settings
from origin import Origin, redirect, reply, status
from simulated import NOON, SimulatedClock

from monitor.config import Settings
from monitor.model.feed_update import FeedState
from monitor.model.ids import FeedId
from monitor.policy.gaps import was_paused_well

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


PAUSE = {"off_since": NOON, "off_until": NOON + DAY}
BEFORE, LATER = NOON - HOUR, NOON + 2 * DAY


def stories(*numbers: int) -> bytes:
    return rss(*(Story(id=f"{n}", title=f"Syria truce holds in town {n}") for n in numbers))


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


@pytest.fixture
def config(tmp_path: Path, origin: Origin) -> Settings:
    return settings(tmp_path, [origin.url("/a"), origin.url("/b")], origin.port)


def paused(config: Settings) -> Settings:
    return replace(config, feeds=(replace(config.feeds[0], enabled=False), *config.feeds[1:]))


def polled(home: House) -> tuple[int, int, bool]:
    """Of a poll of the first feed six hours later, the new and the changed articles, and whether there was a gap."""
    home.clock.advance(6 * HOUR)
    (found,) = [each for each in home.refresh() if "/a" in each.url]
    assert not found.is_failure
    return found.counts.new, found.counts.changed, found.has_gap


def test_what_came_in_a_pause_is_no_gap_and_nothing_is_mailed_twice(config: Settings, origin: Origin) -> None:
    origin.serve("/a", reply(stories(1, 2)))
    origin.serve("/b", reply(rss(Story(id="b", title="Weather"))))
    clock = SimulatedClock()
    with lived_in(config, clock) as home:
        home.refresh()
        origin.serve("/a", reply(stories(1, 2, 3)))
        assert polled(home) == (1, 0, False)
        home.live(2 * DAY)
        assert sum("town 3" in mail for mail in home.mails()) == 1
    with lived_in(paused(config), clock) as home:
        origin.serve("/a", reply(stories(7, 8)))
        asked = len(origin.asked("/a"))
        home.live(9 * DAY)
        assert len(origin.asked("/a")) == asked
        (state, _) = (each.state for each in home.jobs.store.feeds.standings(clock.now(), [config.feeds[0].url]))
        assert (state.off_since, state.off_until) == (clock.now() - 9 * DAY, None)
    with lived_in(config, clock) as home:
        assert polled(home) == (2, 0, False)
        origin.serve("/a", reply(stories(1, 2, 3, 7, 8)))  # an old copy of the document comes by once more
        assert polled(home) == (0, 0, False)
        home.live(2 * DAY)
        assert [sum(f"town {n}" in mail for mail in home.mails()) for n in (1, 2, 3, 7, 8)] == [0, 0, 1, 1, 1]
        origin.serve("/a", reply(stories(21, 22)))
        assert polled(home) == (2, 0, True)


def test_a_feed_that_failed_before_its_pause_has_missed_something(config: Settings, origin: Origin) -> None:
    origin.serve("/a", reply(stories(1, 2)))
    origin.serve("/b", status(404))
    clock = SimulatedClock()
    with lived_in(config, clock) as home:
        home.refresh()
        origin.serve("/a", status(500))
        home.live(3 * DAY)
    with lived_in(paused(config), clock):
        clock.advance(HOUR)
    origin.serve("/a", reply(stories(7, 8)))
    with lived_in(config, clock) as home:
        home.clock.advance(6 * HOUR)
        assert polled(home) == (2, 0, True)


def test_a_feed_is_not_silent_because_it_was_paused(config: Settings, origin: Origin) -> None:
    origin.serve("/b", status(404))
    clock = SimulatedClock()
    with lived_in(config, clock) as home:
        for number in range(12):
            origin.serve("/a", reply(stories(*range(number, number + 5))))
            clock.advance(6 * HOUR)
            home.refresh()
    with lived_in(paused(config), clock):
        clock.advance(9 * DAY)
    with lived_in(config, clock) as home:
        assert polled(home) == (0, 0, False)
        (standing, _) = home.jobs.store.feeds.standings(clock.now())
        assert standing.seen_at == ()
        clock.advance(3 * DAY)
        (standing, _) = home.jobs.store.feeds.standings(clock.now())
        assert len(standing.seen_at) == 12


@pytest.mark.parametrize("is_moved", [False, True])
def test_another_feed_never_takes_the_rows_of_a_paused_one(config: Settings, origin: Origin, *, is_moved: bool) -> None:
    """Not by the same articles, and not by the address to which the paused one has moved."""
    for path in ("/a", "/b"):
        origin.serve(path, reply(stories(1, 2, 3)))
    origin.serve("/a", redirect(origin.url("/b"), 301)) if is_moved else None
    first, second = config.feeds
    clock = SimulatedClock()
    with lived_in(replace(config, feeds=(first,)), clock) as home:
        home.refresh()
        for _ in range(9 if is_moved else 0):
            clock.advance(DAY)
            home.refresh()
        (standing,) = home.jobs.store.feeds.standings(clock.now())
        assert bool(standing.state.moved_to) is is_moved
    with lived_in(paused(config), clock) as home:
        clock.advance(HOUR)
        home.refresh()
        assert [each.url for each in home.jobs.store.feeds.known()] == [second.url, first.url]
        assert [home.jobs.store.feeds.articles_of(each.url) for each in config.feeds] == [3, 3]
    with lived_in(config, clock) as home:
        clock.advance(DAY)
        assert [each.counts.new for each in home.refresh()] == [0, 0]
        home.live(2 * DAY)
        assert home.mails() == [] or all("town 1" not in mail for mail in home.mails())


@pytest.mark.parametrize(
    ("state", "is_so"),
    [
        ({}, False),
        ({"succeeded_at": BEFORE}, False),
        ({"succeeded_at": BEFORE, "off_since": NOON}, False),
        ({**PAUSE}, False),
        ({**PAUSE, "succeeded_at": BEFORE}, True),
        ({**PAUSE, "succeeded_at": BEFORE, "failing_since": BEFORE}, False),
        ({**PAUSE, "succeeded_at": BEFORE, "failing_since": LATER}, True),
        ({**PAUSE, "succeeded_at": LATER}, False),
    ],
)
def test_what_a_pause_explains(state: dict[str, Any], *, is_so: bool) -> None:
    feed = FeedState(id=FeedId(1), url="https://post.example/rss", next_poll_at=NOON, **state)
    assert was_paused_well(feed) is is_so
