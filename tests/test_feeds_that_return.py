"""Feeds under another URL: whose history they go on with, and whose not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from house import Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import SimulatedClock

STORIES = [Story(id=f"{n}", title=f"Truce {n}") for n in range(3)]


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


@pytest.mark.parametrize(("is_kept", "stored"), [(False, 3), (True, 6)])
def test_a_feed_that_is_only_disabled_keeps_its_row(
    tmp_path: Path, origin: Origin, *, is_kept: bool, stored: int
) -> None:
    """Another feed of its domain with the same articles goes on with one that left the config, and with no other."""
    for path in ("/a", "/b"):
        origin.serve(path, reply(rss(*STORIES)))
    config, clock = settings(tmp_path, [origin.url("/a"), origin.url("/b")], origin.port), SimulatedClock()
    first, second = config.feeds
    with lived_in(replace(config, feeds=(first,)), clock) as home:
        home.refresh()
    clock.advance(timedelta(hours=1))
    feeds = (replace(first, enabled=False), second) if is_kept else (second,)
    with lived_in(replace(config, feeds=feeds), clock) as home:
        home.refresh()
        assert home.jobs.store.articles.count() == stored


def test_what_retention_took_of_it_is_no_news_under_another_url(tmp_path: Path, origin: Origin) -> None:
    archive = [Story(id=f"{n}", title=f"Truce {n}") for n in range(6)]
    origin.serve("/a", reply(rss(*archive)), reply(rss(*archive[2:])))
    origin.serve("/b", reply(rss(*archive)))
    config, clock = settings(tmp_path, [origin.url("/a"), origin.url("/b")], origin.port), SimulatedClock()
    config = replace(config, digests=(), storage=replace(config.storage, keep=timedelta(days=30)))
    first, second = config.feeds
    with lived_in(replace(config, feeds=(first,)), clock) as home:
        for days in (0, 40):
            clock.advance(timedelta(days=days))
            home.refresh()
        for _ in range(2):  # the first run announces what goes, a day later it goes
            home.jobs.keeper.run()
            clock.advance(timedelta(hours=25))
        assert home.jobs.store.articles.count() == 4
    with lived_in(replace(config, feeds=(second,)), clock) as home:
        (report,) = home.refresh()
        assert (report.counts.new, report.counts.known) == (0, 6)
