"""A dead man's switch: a page elsewhere is requested after each good edition, and raises an alarm if that stops."""

import asyncio
import time
from datetime import datetime, timedelta

from monitor.fetch import Fetcher
from monitor.log import logger
from monitor.model.fetch import Fetched, FetchFailed, FetchOutcome, FetchProblem, FetchRequest, NotAsked, Validators
from monitor.model.ids import FeedId
from monitor.store import Store
from monitor.url import host_of

log = logger(__name__)

FRESH = timedelta(hours=1)
"""After a start, editions that were finished longer ago than this are not reported any more."""

AGAIN_SECONDS = 300


class Heartbeat:
    """Remembers which edition was reported last. After a start the newest one may be reported twice, which does no
    harm.
    """

    def __init__(self) -> None:
        self._told: int | None = None
        self._again_at = 0.0

    def tell(self, store: Store, fetcher: Fetcher, url: str, now: datetime) -> None:
        """Request the page if there is a good edition that was not reported yet. A failure is
        logged and tried again.
        """
        edition = store.overview.good_edition_since(now - FRESH)
        if edition in (None, self._told) or time.monotonic() < self._again_at:
            return
        problem = asyncio.run(_asked(fetcher.apart(), url))
        if problem:  # the URL is a secret: only its host is named
            log.warning("ping_url not reached", host=host_of(url), reason=problem)
            self._again_at = time.monotonic() + AGAIN_SECONDS
        else:
            self._told = edition


async def _asked(fetcher: Fetcher, url: str) -> str:
    async with fetcher.session() as session:
        outcome = await session.fetch(FetchRequest(feed_id=FeedId(0), url=url, validators=Validators()))
    return _problem(outcome)


def _problem(outcome: FetchOutcome | NotAsked) -> str:
    """Why the request failed; "" if it succeeded, with any 2xx status."""
    if isinstance(outcome, Fetched):
        return ""
    if isinstance(outcome, FetchFailed):
        is_good = outcome.problem is FetchProblem.EMPTY or (outcome.status or 0) // 100 == 2
        return "" if is_good else outcome.detail
    return "the host asked for quiet"
