"""A new config is taken over while a poll of the old one is on its way, as the daemon does on `reload`."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from house import House, Story, lived_in, rss, settings
from origin import Asked, Origin, Step, conditional, reply
from simulated import SimulatedClock

from monitor.daemon.build import adopt, rebuilt
from monitor.model.settings import FeedSettings

HOUR = timedelta(hours=1)
STORIES = tuple(Story(id=f"{number}", title=f"Syria truce holds {number}") for number in range(5))


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


def during(act: Callable[[], None], answer: Callable[[Asked], Iterator[Step]]) -> Callable[[Asked], Iterator[Step]]:
    """An answer before which something happens."""

    def script(request: Asked) -> Iterator[Step]:
        act()
        yield from answer(request)

    return script


def taken_over(folder: Path, home: House, origin: Origin, *feeds: FeedSettings) -> None:
    config = replace(settings(folder, (), origin.port), feeds=feeds)
    rebuilt(config, home.jobs)
    adopt(config, home.jobs.store, home.clock.now())


def test_a_feed_that_left_the_config_is_polled_to_the_end(tmp_path: Path, origin: Origin) -> None:
    clock = SimulatedClock()
    with lived_in(settings(tmp_path, [origin.url("/a")], origin.port), clock) as home:
        origin.serve("/a", during(lambda: taken_over(tmp_path, home, origin), reply(rss(*STORIES))))
        (report,) = home.refresh()
        assert (report.status, report.is_failure, report.counts.new) == ("ok", False, 5)
        clock.advance(9 * HOUR)
        assert home.refresh() == ()


def test_a_feed_gets_another_url_while_it_is_polled(tmp_path: Path, origin: Origin) -> None:
    """What the old address answers is not said of the new one: it is asked at once, and without conditions."""
    clock = SimulatedClock()
    with lived_in(settings(tmp_path, [origin.url("/a")], origin.port), clock) as home:
        named = FeedSettings(url=origin.url("/b"), was=origin.url("/a"))
        answer = conditional(rss(*STORIES), b'"1"')
        origin.serve("/a", during(lambda: taken_over(tmp_path, home, origin, named), answer))
        (report,) = home.refresh()
        assert (report.status, report.counts.new) == ("ok", 5)
        (state,) = home.jobs.store.feeds.configured()
        assert (state.url, state.next_poll_at, state.validators.etag) == (named.url, clock.now(), None)
        assert state.baseline_at == clock.now()


@pytest.mark.parametrize("is_back", [True, False])
def test_a_new_url_leaves_the_config_while_it_is_polled_for_the_first_time(
    tmp_path: Path,
    origin: Origin,
    is_back: bool,  # noqa: FBT001 (a row)
) -> None:
    """The document shows that it is the feed of before. If that is in the config again, it keeps its row."""
    clock = SimulatedClock()
    old, new = (FeedSettings(url=origin.url(path)) for path in ("/a", "/b"))
    now_configured = [old] if is_back else []
    origin.serve("/a", reply(rss(*STORIES)))
    with lived_in(settings(tmp_path, [old.url], origin.port), clock) as home:
        home.refresh()
    clock.advance(9 * HOUR)
    with lived_in(settings(tmp_path, [new.url], origin.port), clock) as home:
        answer = reply(rss(*STORIES))
        origin.serve("/b", during(lambda: taken_over(tmp_path, home, origin, *now_configured), answer))
        (report,) = home.refresh()
        assert (report.is_failure, report.counts.new) == (False, 5)
        assert [state.url for state in home.jobs.store.feeds.configured()] == [each.url for each in now_configured]


def test_a_feed_of_the_config_is_merged_into_no_other(tmp_path: Path, origin: Origin) -> None:
    with lived_in(settings(tmp_path, [origin.url("/a"), origin.url("/b")], origin.port)) as home:
        old, new = home.jobs.store.feeds.configured()
        assert home.jobs.store.feeds.merge(old, new) is None
        assert len(home.jobs.store.feeds.configured()) == 2
