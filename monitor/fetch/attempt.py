"""The progress of one fetch: redirects, whether a server answered, and the time it took.

The total deadline is kept here, on real time: it covers name resolution, all hops and the body,
but not the waiting for a turn, which is our own choice.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus

import httpx

from monitor.fetch.chain_cookies import ChainCookies
from monitor.fetch.faults import Fault, quoted
from monitor.fetch.targets import MAX_REDIRECTS, PERMANENT_REDIRECTS, origin_of
from monitor.model.fetch import FetchProblem
from monitor.url import shown_url


class FetchAttempt:
    """Of one fetch, from its first hop to its outcome. `asked` is the URL of the latest hop; `home` the origin of the
    first one, "" once a hop has led elsewhere, or from the start if the URL is not its origin's own word;
    `cookies` are those that the hops have set; `note` says what a person should know of the way, "" if nothing.
    """

    def __init__(self, allowed: timedelta, *, is_own_word: bool = True) -> None:
        self.asked: httpx.URL | None = None
        self.home = ""
        self.reached = False
        self.redirects = 0
        self.cookies = ChainCookies()
        self.note = ""
        self.elapsed = timedelta()
        self._all_permanent = True
        self._is_own_word = is_own_word
        self.allowed = allowed

    @property
    def moved(self) -> bool:
        """Whether redirects led here that all claim to be for good. A claim: `reconcile` judges it (P10)."""
        return self.redirects > 0 and self._all_permanent

    def ask(self, url: httpx.URL) -> None:
        """Note the next hop. The way back from elsewhere is not home: elsewhere has chosen it."""
        origin = origin_of(url)
        is_first = self.asked is None and self._is_own_word
        self.home = origin if is_first or self.home == origin else ""
        self.asked = url

    def redirect(self, status: int) -> None:
        """Note one more redirect. Raises `Fault` if it is one too many."""
        self.redirects += 1
        self._all_permanent &= status in PERMANENT_REDIRECTS
        if self.redirects > MAX_REDIRECTS:
            raise Fault(FetchProblem.REDIRECT, f"more than {MAX_REDIRECTS} redirects, one after the other")

    def refresh(self, target: httpx.URL) -> None:
        """Note that a page sends on, which is as passing as a redirect can be. Raises `Fault` as `redirect` does."""
        self.redirect(HTTPStatus.FOUND)
        self.note = f"the address has an HTML page that sends on (refresh) to {quoted(shown_url(str(target)))}"

    @asynccontextmanager
    async def timed(self) -> AsyncIterator[None]:
        """Count time on the network, and raise TimeoutError once the total time is used up."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout((self.allowed - self.elapsed).total_seconds()):
                yield
        finally:
            self.elapsed += timedelta(seconds=loop.time() - began)

    async def notice(self, event: str, _details: object) -> None:
        """Called by the connection as it proceeds: a server that accepts one has been reached (P12)."""
        if event == "connection.connect_tcp.complete":
            self.reached = True
