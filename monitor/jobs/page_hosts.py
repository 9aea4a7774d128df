"""What the hosts of pages say: robots.txt, tdmrep.json and the licences that robots.txt names, once a day; and whether
they block us.

It decides nothing: `pages` reads the documents, and `policy.pages` says how long they hold.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from urllib.parse import urljoin

from monitor.fetch import Session
from monitor.log import logger
from monitor.model.clock import Clock
from monitor.model.fetch import Fetched, FetchFailed, FetchOutcome, FetchRequest, NotAsked
from monitor.model.ids import FeedId
from monitor.model.page import PageRefusal
from monitor.model.settings import FeedSettings, PollingSettings
from monitor.model.stored_page import PageHost
from monitor.pages import (
    CLOSED,
    TDM_FILE,
    UNREAD,
    Robots,
    licence_refusal,
    page_marks,
    remembered,
    robots_after,
    robots_of,
    robots_refusal,
    tdm_refusal,
)
from monitor.pages.licence import MAX_CHARACTERS
from monitor.pages.robots import MAX_BYTES
from monitor.policy.pages import blocks_after, is_robots_fresh, left_alone_until
from monitor.policy.polling import hold_until
from monitor.store import Store
from monitor.url import origin_of

log = logger(__name__)

AGENT = "news-monitor"
"""Our name in robots.txt: the product token of our User-Agent."""

NO_FEED = FeedId(0)
"""What a host says belongs to no feed."""

ROBOTS_FILE = "/robots.txt"

MAX_TDM_BYTES = 100_000
"""A tdmrep.json with more is not kept: it says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHosts:
    """The origins of pages, as the store knows them."""

    clock: Clock
    store: Store
    polling: PollingSettings

    async def known(self, session: Session, url: str, feed: FeedSettings) -> PageHost:
        """What the origin of this URL says; it is asked, in the way of this feed, if that was too long ago."""
        host = self.store.pages.host(origin_of(url))
        if is_robots_fresh(host.robots_asked_at, self.clock.now(), has_copy=host.robots_status is not None):
            return host
        return await self._read(session, host, feed)

    def refusal(self, host: PageHost, url: str) -> PageRefusal | None:
        """Why what the origin says does not let us ask for this URL of its; None if it does."""
        return (
            robots_refusal(robots_in(host), AGENT, url)
            or tdm_refusal(host.reservation, url, {}, ())
            or next(filter(None, (licence_refusal(each, url) for each in host.licences)), None)
        )

    def asking(self, origin: str) -> None:
        """A page of the origin is about to be asked for."""
        self.store.pages.save_host(replace(self.store.pages.host(origin), asked_at=self.clock.now()))

    def remember(self, origin: str, text: str) -> dict[int, int]:
        """What other pages of the origin have said; from now on this text is among them."""
        host = self.store.pages.host(origin)
        memory = dict(host.memory)
        after = remembered(memory, page_marks(text))
        self.store.pages.save_host(replace(host, memory=tuple(after.items())))
        return memory

    def answered(self, origin: str, outcome: Fetched | FetchFailed) -> None:
        """Note whether the answer blocks us, and for how long its origin is left alone."""
        host, now = self.store.pages.host(origin), self.clock.now()
        blocks = blocks_after(host.blocks, outcome.status)
        waits: list[datetime | None] = [left_alone_until(blocks, now)]
        if isinstance(outcome, FetchFailed):
            waits.append(hold_until(outcome, FeedSettings(url=""), self.polling, now=now))
        until = max((each for each in waits if each is not None), default=None)
        if blocks != host.blocks or until is not None:
            self.store.pages.save_host(replace(host, blocks=blocks, left_alone_until=until or host.left_alone_until))
        if until is not None:
            log.info("host of pages is left alone", host=origin, until=str(until), blocks=blocks)

    async def _read(self, session: Session, host: PageHost, feed: FeedSettings) -> PageHost:
        """Ask for robots.txt, and if it answers, for what else says who may read. It is noted before it is asked."""
        host = replace(host, robots_asked_at=self.clock.now())
        self.store.pages.save_host(host)
        status, body = await self._robots(session, host.origin, feed)
        robots = robots_after(status, body, copy=None)
        if robots.is_closed:
            log.info("robots.txt could not be had", host=host.origin, status=status)
            return host
        reservation = await self._reservation(session, host, robots, feed)
        licences = [await self._licence(session, host.origin, each, robots, feed) for each in robots.licences]
        host = replace(
            self.store.pages.host(host.origin),
            robots_status=status,
            robots=body,
            reservation=reservation,
            licences=tuple(licences),
        )
        self.store.pages.save_host(host)
        return host

    async def _robots(self, session: Session, origin: str, feed: FeedSettings) -> tuple[int | None, bytes]:
        """The status and the document. It is followed within its origin, and to the robots.txt of others: what leads
        elsewhere was not said by the host.
        """

        def may_follow(url: str) -> bool:
            return origin_of(url) == origin or url.partition("?")[0].endswith(ROBOTS_FILE)

        outcome = await _document(session, origin + ROBOTS_FILE, feed, may_follow)
        if isinstance(outcome, Fetched):
            is_there = outcome.status < 300
            return outcome.status, outcome.body[:MAX_BYTES] if is_there else b""
        if isinstance(outcome, FetchFailed) and not outcome.sent_on_to:
            return outcome.status, b""
        return None, b""

    async def _reservation(self, session: Session, host: PageHost, robots: Robots, feed: FeedSettings) -> str:
        """The tdmrep.json of the host; the one that is known where it could not be had."""
        url = host.origin + TDM_FILE
        if robots_refusal(robots, AGENT, url) is not None:
            return ""
        outcome = await _document(session, url, feed, partial(self._is_open, host.origin, robots))
        if isinstance(outcome, Fetched):
            return outcome.body.decode("utf-8-sig", "replace") if len(outcome.body) <= MAX_TDM_BYTES else ""
        is_gone = isinstance(outcome, FetchFailed) and outcome.status is not None and 400 <= outcome.status < 500
        return "" if is_gone else host.reservation

    async def _licence(self, session: Session, origin: str, written: str, robots: Robots, feed: FeedSettings) -> str:
        """The document of a `License:` line; `UNREAD` if it could not be had or is too long to be kept."""
        url = urljoin(f"{origin}/", written)
        if not (of := origin_of(url)):
            return ""
        if of != origin:
            robots = robots_after(*await self._robots(session, of, feed))
        if robots_refusal(robots, AGENT, url) is not None:
            return UNREAD
        outcome = await _document(session, url, feed, partial(self._is_open, of, robots))
        if isinstance(outcome, Fetched):
            return outcome.body.decode("utf-8-sig", "replace") if len(outcome.body) <= MAX_CHARACTERS else UNREAD
        is_missing = isinstance(outcome, FetchFailed) and outcome.status in (404, 410)
        return "" if is_missing else UNREAD

    def _is_open(self, origin: str, robots: Robots, url: str) -> bool:
        return origin_of(url) == origin and robots_refusal(robots, AGENT, url) is None


def robots_in(host: PageHost) -> Robots:
    """The robots.txt that is in force; closed if none could ever be had."""
    return CLOSED if host.robots_status is None else robots_of(host.robots)


def delay_of(host: PageHost) -> float:
    """The seconds that it asks for between two pages; 0 if it asks for none."""
    return robots_in(host).group_for(AGENT).delay_seconds


def page_request(
    url: str, feed: FeedSettings, may_follow: Callable[[str], bool], feed_id: FeedId = NO_FEED, *, accept: str = "*/*"
) -> FetchRequest:
    """A request for a page or for what its host says. Of the feed's settings only the way to the network is its own:
    its headers, login and certificates are for its own host.
    """
    way = FeedSettings(url="", proxy=feed.proxy, proxy_dns=feed.proxy_dns)
    return FetchRequest(feed_id=feed_id, url=url, feed=way, accept=accept, may_follow=may_follow)


async def _document(
    session: Session, url: str, feed: FeedSettings, may_follow: Callable[[str], bool]
) -> FetchOutcome | NotAsked:
    return await session.fetch(page_request(url, feed, may_follow))
