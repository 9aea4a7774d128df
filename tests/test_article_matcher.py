"""A document whose articles take long to match leaves time for the polls of other feeds."""

import asyncio
import time
from pathlib import Path
from typing import cast

import pytest
from databases import new_store
from simulated import NOON, article, poll_of

from monitor.daemon.clock import SystemClock
from monitor.jobs.article_matcher import ArticleMatcher
from monitor.jobs.work_units import WorkUnits
from monitor.match import TopicIndex
from monitor.model.feed_update import FeedUpdate
from monitor.model.settings import FeedSettings
from monitor.progress import Progress, Unit

SLICES, SLICE_SECONDS = 5, 0.02


class SlowIndex:
    """Takes its time for each article."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def matches(self, _document: object) -> tuple[()]:
        time.sleep(self.seconds)
        return ()


@pytest.mark.parametrize(("seconds", "least_turns"), [(SLICE_SECONDS, 10 * SLICES), (0.0, 1)])
def test_others_have_their_turns_between_two_slow_articles(tmp_path: Path, seconds: float, least_turns: int) -> None:
    clock, progress, store = SystemClock(), Progress(), new_store(tmp_path / "news.db", is_owner=True)
    units = WorkUnits(clock=clock, progress=progress, store=store, fingerprints={})
    index = cast("TopicIndex", SlowIndex(seconds))
    matcher = ArticleMatcher(clock=clock, progress=progress, store=store, index=index, units=units)
    try:
        store.feeds.sync([FeedSettings(url="https://post.example/feed")], NOON)
        (state,) = store.feeds.configured()
        update = poll_of(state, *(article(f"{number}") for number in range(SLICES)))
        assert asyncio.run(turns_of_another(matcher, update)) >= least_turns
    finally:
        store.close()


async def turns_of_another(matcher: ArticleMatcher, update: FeedUpdate) -> int:
    """How often something else had its turn while the articles of one document were matched."""
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.ensure_future(other())
    await matcher.matches(Unit(kind="poll", key="feed", given=""), update)
    beside.cancel()
    return turns
