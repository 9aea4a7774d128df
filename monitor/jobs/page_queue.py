"""Which pages are wanted: of the new articles of feeds that have pages, by host, the newest first.

What is wanted is found again after a restart, from the articles of the last days: nothing of it is stored.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.model.clock import Clock
from monitor.model.ids import ArticleId, FeedId
from monitor.model.settings import ALL, FeedSettings
from monitor.model.stored_page import PageCandidate
from monitor.nearly import NearMisses
from monitor.policy.pages import WANTED_FOR, are_pages_read
from monitor.store import Store
from monitor.url import host_of

LOOKED_AT = 100
"""Articles that are looked at without a pause: some ten milliseconds, in a thread beside the polls."""

MOST_LOOKED_AT = 2_000
"""Articles of one look; the next look goes on."""

LONGEST_QUEUE = 1_000
"""Of one host, the newest that wait: more than it is asked for in two days."""

ASK_AGAIN_EVERY = timedelta(minutes=10).total_seconds()
MOST_AGAIN = 500


@dataclass(slots=True, kw_only=True)
class PageQueue:
    """The articles whose page is wanted, in memory: their numbers only."""

    clock: Clock
    store: Store
    feeds: Mapping[str, FeedSettings]
    """By their stored URL."""
    near: NearMisses
    _asked: frozenset[FeedId] = field(default=frozenset(), init=False)
    _every: frozenset[FeedId] = field(default=frozenset(), init=False)
    _beyond: ArticleId = field(default=ArticleId(0), init=False)
    _waiting: dict[str, list[ArticleId]] = field(default_factory=dict, init=False)
    _rests: dict[str, float] = field(default_factory=dict, init=False)
    _looks_again_at: float = field(default=0.0, init=False)

    def fill(self, is_stopping: Callable[[], bool]) -> None:
        """Look at the articles that are new since the last look, and now and then at those whose page failed."""
        self._look_up_feeds()
        if not self._asked:
            return
        since = self.clock.now() - WANTED_FOR
        for _ in range(MOST_LOOKED_AT // LOOKED_AT):
            if is_stopping() or not self._look(since):
                break
        if self.clock.monotonic() >= self._looks_again_at:
            self._looks_again_at = self.clock.monotonic() + ASK_AGAIN_EVERY
            pages, now = self.store.pages, self.clock.now()
            for each in pages.to_ask_again(self._asked, now, since, MOST_AGAIN, with_matched=self._every):
                self._add(each)

    def _look(self, since: datetime) -> bool:
        """Look at the next articles. Returns whether there are more."""
        newest = self.store.pages.newest()
        found = self.store.pages.candidates(self._asked, self._beyond, since, LOOKED_AT, with_matched=self._every)
        is_done = len(found) < LOOKED_AT
        self._beyond = newest if is_done else found[-1].id
        for each in found:
            if each.feed_id in self._every or self.near.of(each.title, each.text):
                self._add(each)
        return not is_done

    def next(self, busy: Collection[str]) -> PageCandidate | None:
        """The newest article that is still wanted, of a host that neither rests nor is `busy`; None if there is none.
        It does not wait any more.
        """
        since, now = self.clock.now() - WANTED_FOR, self.clock.monotonic()
        free = [host for host in self._waiting if host not in busy and self._rests.get(host, now) <= now]
        for host in sorted(free, key=lambda host: -self._waiting[host][-1]):
            self._rests.pop(host, None)
            while (article_id := self._taken(host)) is not None:
                found = self.store.pages.candidate(article_id, with_matched=self._every)
                if found is not None and found.first_seen_at >= since and host_of(found.link) == host:
                    return found
        return None

    def put_back(self, article: PageCandidate, rest: timedelta) -> None:
        """Its page was not asked for: it waits again, and its host rests so long."""
        self._add(article)
        self.rest(host_of(article.link), rest)

    def rest(self, host: str, rest: timedelta) -> None:
        """No page of the host is given out for so long."""
        self._rests[host] = self.clock.monotonic() + rest.total_seconds()

    def _look_up_feeds(self) -> None:
        asked = {url: feed for url, feed in self.feeds.items() if are_pages_read(feed)}
        ids = {state.url: state.id for state in self.store.feeds.configured(list(asked))} if asked else {}
        self._asked = frozenset(ids.values())
        self._every = frozenset(ids[url] for url in ids if asked[url].pages == ALL)

    def _add(self, article: PageCandidate) -> None:
        host = host_of(article.link)
        if host:
            waiting = {*self._waiting.get(host, ()), article.id}
            self._waiting[host] = sorted(waiting)[-LONGEST_QUEUE:]

    def _taken(self, host: str) -> ArticleId | None:
        waiting = self._waiting.get(host)
        if not waiting:
            return None
        article_id = waiting.pop()
        if not waiting:
            del self._waiting[host]
        return article_id
