"""One page: whether it may be asked for, what answers, whether its text counts.

The attempt is stored before the request, so that a crash at any line cannot ask for a page twice on a day. Nothing is
decided here: who may forbid a page and whether a text is the article, `pages` says; how often a host is asked,
`policy.pages`.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

from monitor.errors import DamagedStore
from monitor.fetch import Session
from monitor.jobs.page_hosts import AGENT, PageHosts, delay_of, page_request
from monitor.log import logger
from monitor.model.clock import Clock
from monitor.model.feed import ParseFailed
from monitor.model.fetch import Fetched, FetchFailed, FetchOutcome, FetchProblem, NotAsked, NotModified
from monitor.model.page import PageReading, PageRefusal, PageRefusalKind
from monitor.model.settings import FeedSettings
from monitor.model.stored_page import PageCandidate, PageHost, PageResult, PageState
from monitor.pages import Announced, directive_refusal, tdm_refusal, text_refusal
from monitor.plain_text import one_line
from monitor.policy.pages import (
    MAY_ASK_AGAIN,
    PAGE_GAP,
    PAGE_KEPT_CHARACTERS,
    ROBOTS_ASKED_AGAIN,
    may_ask_host,
    page_gap,
    page_kept_until,
)
from monitor.store import Store
from monitor.url import host_of, origin_of, shown_url
from monitor.workers import PagePool

log = logger(__name__)

MAX_REDIRECTS = 5
"""From host to host; within a host, the session counts."""

ACCEPT = "text/html, application/xhtml+xml, */*;q=0.1"
PAGE_TYPES = frozenset({"", "text/html", "application/xhtml+xml"})

SHOWN_CHARACTERS = 100

FULL_DAY_RESTS = timedelta(minutes=10)
"""A host of which enough pages were asked for today is looked at again after that: what is counted as today moves on.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNow:
    """The page is not asked for now; nothing is stored of that."""

    rest: timedelta
    """For how long its host rests."""
    why: str
    """The reason, for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageVisit:
    """Asks for pages, one at a time and host."""

    clock: Clock
    store: Store
    hosts: PageHosts
    pool: PagePool
    budget: int
    """The most pages of one host in 24 hours."""
    keep_pages: timedelta
    """How long texts are kept."""
    led: dict[str, list[datetime]] = field(default_factory=dict)
    """When pages of other hosts have led to a host, since this was made: it is not asked too often because of them."""

    async def run(self, session: Session, article: PageCandidate, feed: FeedSettings) -> PageResult | NotNow:
        """Ask for the page of the article and store the result. An unexpected error is a failure of that page.
        Raises DamagedStore.
        """
        try:
            result = await self._asked(session, article, feed)
        except DamagedStore:
            raise  # any further write would make it worse
        except Exception as error:  # one page must not end the others
            log.exception("page failed", page=shown_url(article.link))
            result = _failed(FetchProblem.SURPRISE, f"{type(error).__name__}: {error}"[:200])
        if isinstance(result, NotNow):
            log.debug("page waits", page=shown_url(article.link), reason=result.why)
            return result
        self.store.pages.finish(article.id, result, self.clock.now())
        log.info("page", page=shown_url(article.link), state=result.state, kind=result.kind, reason=result.reason)
        return result

    async def _asked(self, session: Session, article: PageCandidate, feed: FeedSettings) -> PageResult | NotNow:
        """What came of the page. Of an attempt is stored that there was one, and nothing else yet."""
        name = host_of(article.link)
        host = await self.hosts.known(session, article.link, feed)
        if host.robots_status is None:
            return NotNow(rest=ROBOTS_ASKED_AGAIN, why="robots.txt of its host could not be had")
        refusal = self.hosts.refusal(host, article.link)
        if refusal is not None:
            self.store.pages.refuse(article.id, name, _refused(refusal), self.clock.now())
            return _refused(refusal)
        gap = page_gap(delay_of(host))
        if not self._is_ready(host, name, gap):
            return NotNow(rest=gap, why="its host is left alone")
        if not self.store.pages.begin(article.id, name, self.clock.now(), self.budget):
            return NotNow(rest=FULL_DAY_RESTS, why="it was asked for, or its host often enough today")
        return await self._followed(session, article, host, feed)

    async def _followed(
        self, session: Session, article: PageCandidate, host: PageHost, feed: FeedSettings
    ) -> PageResult:
        """What is at the end of the way; each host on it has its own say."""
        url = article.link
        for _ in range(MAX_REDIRECTS + 1):
            self.hosts.asking(host.origin)
            may_follow = partial(self._is_open, host)
            request = page_request(url, feed, may_follow, article.feed_id, accept=ACCEPT)
            answer = await session.fetch(request)
            if not (isinstance(answer, FetchFailed) and answer.sent_on_to):
                return await self._read(answer, article, host, feed)
            url = answer.sent_on_to
            host = await self.hosts.known(session, url, feed)
            if (obstacle := self._obstacle(host, url)) is not None:
                return obstacle
        return _failed(FetchProblem.REDIRECT, f"more than {MAX_REDIRECTS} redirects from host to host")

    def _is_open(self, host: PageHost, url: str) -> bool:
        """Whether a redirect may be followed at once: within the origin, and where it lets us."""
        return origin_of(url) == host.origin and self.hosts.refusal(host, url) is None

    def _obstacle(self, host: PageHost, url: str) -> PageResult | None:
        """Why it is not gone on to this URL, to which the page has led; the attempt is over then."""
        led = f"the page leads to {shown_url(url)[:SHOWN_CHARACTERS]}"
        refusal = self.hosts.refusal(host, url)
        if refusal is not None:
            return _refused(replace(refusal, reason=f"{led}; {refusal.reason}"))
        name, now = host_of(url), self.clock.now()
        if not self._is_ready(host, name, page_gap(delay_of(host)), is_led=True):
            return _failed(FetchProblem.REDIRECT, f"{led}, a host that is left alone now")
        lately = [each for each in self.led.pop(name, ()) if now - MAY_ASK_AGAIN < each <= now]
        self.led[name] = [*lately, now]
        if len(lately) + self.store.pages.asked(name, now) >= self.budget:
            return _failed(FetchProblem.REDIRECT, f"{led}, a host that was asked often enough today")
        return None

    def _is_ready(self, host: PageHost, name: str, gap: timedelta, *, is_led: bool = False) -> bool:
        """Whether the host may be asked now. The session keeps `PAGE_GAP` by itself, but knows nothing of before a
        restart, or of hosts that want a longer one. `is_led`: a page of another host has led there.
        """
        asked = [host.asked_at, None if is_led else self.store.pages.last_asked(name)]
        latest = max((each for each in asked if each is not None), default=None)
        is_short = is_led and gap <= PAGE_GAP  # the session waits
        return may_ask_host(None if is_short else latest, host.left_alone_until, gap, self.clock.now())

    async def _read(
        self, answer: FetchOutcome | NotAsked, article: PageCandidate, host: PageHost, feed: FeedSettings
    ) -> PageResult:
        """What the answer is worth."""
        if isinstance(answer, NotAsked | NotModified):
            return _failed(FetchProblem.STATUS, "its host has asked for quiet")
        self.hosts.answered(host.origin, answer)
        if isinstance(answer, FetchFailed):
            return _failed(answer.problem, answer.detail)
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
            return _failed(FetchProblem.STATUS, f"HTTP {answer.status}")
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in PAGE_TYPES:
            reason = f"the answer is no page but {one_line(kind, 60)}"
            return _refused(PageRefusal(kind=PageRefusalKind.NOT_A_PAGE, reason=reason))
        reading = await self.pool.read(answer.body, url=answer.final_url, headers=answer.headers)
        if isinstance(reading, ParseFailed):
            return _failed(reading.problem, reading.detail)
        return self._judged(answer, reading, article, host, feed)

    def _judged(
        self, answer: Fetched, reading: PageReading, article: PageCandidate, host: PageHost, feed: FeedSettings
    ) -> PageResult:
        """Whether its publisher lets programs read it, and whether it is the article."""
        forbidden = directive_refusal(answer.headers, reading.metas, AGENT) or tdm_refusal(
            host.reservation, answer.final_url, answer.headers, reading.metas
        )
        if forbidden is not None:
            return _refused(forbidden)
        memory = self.hosts.remember(host.origin, reading.text)
        announced = Announced(title=article.title, summary=article.text, language=article.language)
        refusal = text_refusal(announced, reading, memory)
        if refusal is not None:
            return _refused(refusal)
        until = page_kept_until(article.first_seen_at, feed, self.keep_pages, self.clock.now())
        text = reading.text[:PAGE_KEPT_CHARACTERS].rstrip()
        return PageResult(state=PageState.FRESH, text=text, keep_until=until)


def _refused(refusal: PageRefusal) -> PageResult:
    return PageResult(state=PageState.REFUSED, kind=refusal.kind, reason=refusal.reason)


def _failed(problem: FetchProblem, reason: str) -> PageResult:
    return PageResult(state=PageState.FAILED, kind=problem, reason=reason)
