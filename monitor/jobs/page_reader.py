"""The pages behind articles: asked for apart from the polls, a few at the same time and one of each host.

Which are wanted, `page_queue` knows; one page is a `page_visit`. No poll and no edition waits for this job.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from monitor.fetch import Fetcher, Session
from monitor.jobs.page_queue import PageQueue
from monitor.jobs.page_visit import NotNow, PageVisit
from monitor.model.clock import Clock
from monitor.model.settings import FeedSettings
from monitor.model.stored_page import PageCandidate
from monitor.policy.pages import PAGE_GAP, PAGES_AT_ONCE, are_pages_read
from monitor.progress import Progress
from monitor.store import Store
from monitor.url import host_of

LONGEST_ROUND = timedelta(minutes=1).total_seconds()
"""Until what is new is looked at again."""

LOOK_SECONDS = 1.0
"""How often a round looks whether it is over, and whether another host is ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReader:
    """Reads pages that may change something."""

    clock: Clock
    progress: Progress
    store: Store
    fetcher: Fetcher
    queue: PageQueue
    visit: PageVisit
    made_at: float
    """When it was made, in seconds of the monotonic clock."""

    async def run(self, is_over: Callable[[], bool] = lambda: False) -> int:
        """Read the pages that may be asked for now. Returns how many were asked for, or refused before that.

        When `is_over` returns true, no further page is begun. Before the first one it waits as long as between two
        pages: the process before may have asked any host a moment ago.
        """
        if not any(map(are_pages_read, self.queue.feeds.values())):
            return 0
        self.queue.fill(is_over)
        self.progress.sign_of_life()
        if self.clock.monotonic() < self.made_at + PAGE_GAP.total_seconds():
            return 0
        first = None if is_over() else self.queue.next(())
        if first is None:
            return 0
        async with self.fetcher.session() as session:
            for origin, until in self.store.feeds.holds(self.clock.now()).items():
                session.keep_quiet(origin, until)
            return await self._round(session, first, is_over)

    async def _round(self, session: Session, first: PageCandidate, is_over: Callable[[], bool]) -> int:
        flying: dict[asyncio.Task[bool], str] = {}
        following: PageCandidate | None = first
        asked, ends_at = 0, self.clock.monotonic() + LONGEST_ROUND
        try:
            while following is not None or flying:
                if following is not None:
                    task = asyncio.ensure_future(self._one(session, following))
                    flying[task] = host_of(following.link)
                if following is None or len(flying) >= PAGES_AT_ONCE:
                    asked += await _landed(flying)
                is_full = len(flying) >= PAGES_AT_ONCE or is_over() or self.clock.monotonic() >= ends_at
                following = None if is_full else self.queue.next(flying.values())
                self.progress.sign_of_life()
        finally:
            for task in flying:
                task.cancel()
            if flying:
                await asyncio.wait(flying)
        return asked

    async def _one(self, session: Session, article: PageCandidate) -> bool:
        """Whether there was an attempt, or a reason against one."""
        result = await self.visit.run(session, article, self._feed(article))
        if isinstance(result, NotNow):
            self.queue.put_back(article, result.rest)
            return False
        self.queue.rest(host_of(article.link), PAGE_GAP)
        return True

    def _feed(self, article: PageCandidate) -> FeedSettings:
        return self.queue.feeds[article.feed_url]


async def _landed(flying: dict[asyncio.Task[bool], str]) -> int:
    """Wait a moment for what is in progress. Returns how many of them were asked for and are done now."""
    done, _ = await asyncio.wait(flying, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        del flying[task]
    return sum(task.result() for task in done)
