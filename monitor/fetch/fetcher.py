"""The fetcher and its rounds: from a request to an outcome, hop by hop.

A hop is a redirect, or a page that sends on. A `Fetcher` lives as long as the process and remembers when
hosts were last asked; a `Session` is one round and lives inside one event loop. Each hop is checked, resolved once,
and dialled at an address that was checked, with the host's own name in Host, SNI and certificate (rule S1).

Connections are not kept: hosts are left alone between two requests anyway, a kept connection
would be shared by host names of one address, and httpx's pool slows down with each idle one.
"""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from copy import copy
from datetime import datetime, timedelta

import httpx

from monitor.fetch.addresses import check_literal, dialable, is_literal
from monitor.fetch.attempt import FetchAttempt
from monitor.fetch.body import WITH_DOCUMENT, body_of
from monitor.fetch.certificates import Trust, certificates, trust_of, trusted_certificates
from monitor.fetch.faults import EXPECTED, Fault, fault_of, quoted
from monitor.fetch.headers import request_headers, validators_for
from monitor.fetch.host_limiter import HostBusy, HostLimiter, LastAsked, Shared, alone
from monitor.fetch.network import network
from monitor.fetch.outcome import Answer, failed, outcome_of
from monitor.fetch.refresh import refresh_target
from monitor.fetch.resolver import Resolve, Resolver, system_resolve
from monitor.fetch.socks import is_socks
from monitor.fetch.targets import REDIRECTS, checked_url, host_of, origin_of, port_of, redirected, turn_of
from monitor.model.clock import Clock
from monitor.model.fetch import FetchOutcome, FetchProblem, FetchRequest, NotAsked, Validators
from monitor.model.settings import FeedSettings, PollingSettings
from monitor.progress import Progress
from monitor.url import shown_url

SLACK = timedelta(seconds=15)
"""How much later than its own deadline a request may end on a busy machine before it counts as hanging."""

QUIET = timedelta(minutes=15)
"""How long an origin that asks for quiet has it until we know for how long it asks."""

ASKS_FOR_QUIET = frozenset({429, 503})

Way = tuple[str, Trust]
"""A proxy, "" for none, and what is trusted at the end."""


class Fetcher:
    """Asks for feeds, as decided under `[polling]`.

    `resolve` stands in for the system's name resolution, `tls` for the trusted certificates,
    `transport` for the network as a whole (it is the caller's to close). `progress` is notified of each request.
    `shared` is asked for each host where other processes ask hosts, too. One session at a time.
    """

    def __init__(
        self,
        polling: PollingSettings,
        clock: Clock,
        *,
        user_agent: str,
        resolve: Resolve | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        tls: ssl.SSLContext | None = None,
        progress: Progress | None = None,
        shared: Shared = alone,
    ) -> None:
        self._polling = polling
        self._clock = clock
        self._shared = shared
        self._agent = user_agent
        self._resolver = Resolver(resolve or system_resolve)
        self._transport = transport
        self._tls = tls or trusted_certificates()
        self._progress = progress or Progress()
        self._last_asked: LastAsked = {}

    @asynccontextmanager
    async def session(self) -> AsyncIterator["Session"]:
        """One round, inside one event loop."""
        async with AsyncExitStack() as stack:
            networks: dict[Way, httpx.AsyncBaseTransport] = {}

            def by_way_of(proxy: str, trust: Trust) -> httpx.AsyncBaseTransport:
                if self._transport is not None:
                    return self._transport
                way = proxy, trust
                if way not in networks:
                    networks[way] = network(certificates(trust, self._tls), proxy, self._tls)
                    stack.push_async_callback(networks[way].aclose)
                return networks[way]

            yield Session(self._polling, self._turns(), self._resolver, by_way_of, self._agent, self._progress)

    def apart(self) -> "Fetcher":
        """The same, for a session beside one of this fetcher: it remembers other hosts."""
        other = copy(self)
        other._last_asked = {}  # noqa: SLF001 (our own)
        return other

    def _turns(self) -> HostLimiter:
        polling = self._polling
        return HostLimiter(
            self._clock,
            gap=polling.host_gap,
            concurrency=polling.concurrency,
            last_asked=self._last_asked,
            shared=self._shared,
        )


class _Quiet(Exception):
    """The origin has asked for quiet while we waited for our turn."""


class Session:
    """One round of requests; made by `Fetcher.session`."""

    def __init__(
        self,
        polling: PollingSettings,
        turns: HostLimiter,
        resolver: Resolver,
        transport: Callable[[str, Trust], httpx.AsyncBaseTransport],
        agent: str,
        progress: Progress,
    ) -> None:
        self._polling = polling
        self._turns = turns
        self._resolver = resolver
        self._transport = transport
        self._agent = agent
        self._progress = progress
        self._quiet: dict[str, datetime] = {}

    @property
    def slow_names(self) -> int:
        """The number of requests that wait for a name server which takes long; they occupy no place."""
        return self._resolver.slow

    def keep_quiet(self, origin: str, until: datetime) -> None:
        """Leave this origin alone until then, also where another one redirects to it (rule P8)."""
        self._quiet[origin] = until

    async def fetch(self, request: FetchRequest) -> FetchOutcome | NotAsked:
        """Send the request when it is this host's turn. Every failure of server, name or network is returned as a
        value.
        """
        allowed = request.feed.timeout or self._polling.total_timeout
        attempt = FetchAttempt(allowed, is_own_word=request.is_own_word)
        try:
            answer = await self._answer(request, attempt)
            return outcome_of(answer, request, attempt)
        except _Quiet as quiet:
            return NotAsked(request=request, origin=str(quiet))
        except HostBusy:
            return NotAsked(request=request, is_busy=True)
        except EXPECTED as error:
            return failed(fault_of(error), request, attempt)

    async def _answer(self, request: FetchRequest, attempt: FetchAttempt) -> Answer:
        """The first answer that does not send us on."""
        url = checked_url(request.url, self._polling.allow_ports)
        while True:
            attempt.ask(url)
            host, origin = turn_of(url, self._polling), origin_of(url)
            self._respect_quiet(origin)
            with self._progress.step(f"look-up of {host}", attempt.allowed + SLACK):
                async with attempt.timed():  # before the turn: a name server that hangs must not occupy a place
                    addresses = await self._looked_up(url, request.feed)
            async with self._turns.turn(host, host_of(url)) as lent, attempt.timed():
                if lent is not None:
                    self._quiet.update(lent.holds)
                self._respect_quiet(origin)
                with self._progress.step(f"request to {host}", attempt.allowed + SLACK):
                    answer = await self._hop(url, addresses, request, attempt)
                if answer.status in ASKS_FOR_QUIET and attempt.home:
                    self.keep_quiet(origin, self._turns.now() + QUIET)
            target = self._next_hop(answer, request, attempt)
            if target is None:
                return answer
            url = target

    def _next_hop(self, answer: Answer, request: FetchRequest, attempt: FetchAttempt) -> httpx.URL | None:
        """Where the answer sends us, if anywhere. A page that sends to itself, and sets no cookie, is an answer."""
        is_new = attempt.cookies.take(answer.url, answer.headers)
        if answer.status in REDIRECTS:
            target = redirected(answer.url, answer.headers.get("location"), self._polling.allow_ports)
            _check_wish(target, answer, request)
            attempt.redirect(answer.status)
            return target
        page_target = refresh_target(answer.body) if answer.status in WITH_DOCUMENT else ""
        if not page_target:
            return None
        target = redirected(answer.url, page_target, self._polling.allow_ports)
        if target == answer.url and not is_new:
            return None
        _check_wish(target, answer, request)
        attempt.refresh(target)
        return target

    def _respect_quiet(self, origin: str) -> None:
        if self._quiet.get(origin, now := self._turns.now()) > now:
            raise _Quiet(origin)

    async def _looked_up(self, url: httpx.URL, feed: FeedSettings) -> tuple[str, ...]:
        """The addresses of its host; none where the proxy looks names up (`proxy_dns`)."""
        if feed.proxy and feed.proxy_dns:
            check_literal(host_of(url), self._polling.allow_private)
            return ()
        return await self._addresses(url)

    async def _hop(
        self, url: httpx.URL, addresses: tuple[str, ...], request: FetchRequest, attempt: FetchAttempt
    ) -> Answer:
        """One URL, at the first of its addresses that takes a connection."""
        feed = request.feed
        if feed.proxy and not (addresses and is_socks(feed.proxy)):  # it takes a name: many filter by it
            return await self._exchange(url, host_of(url), request, attempt)
        *others, last = addresses
        for address in others:
            try:
                return await self._exchange(url, address, request, attempt)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError):
                continue
        return await self._exchange(url, last, request, attempt)

    async def _addresses(self, url: httpx.URL) -> tuple[str, ...]:
        host = host_of(url)
        resolved = [host] if is_literal(host) else await self._resolver.addresses(host, port_of(url))
        return dialable(host, resolved, self._polling.allow_private)

    async def _exchange(self, url: httpx.URL, address: str, request: FetchRequest, attempt: FetchAttempt) -> Answer:
        transport = self._transport(request.feed.proxy, trust_of(url, request.feed))
        validators = validators_for(url, request)
        response = await transport.handle_async_request(self._message(url, address, request, validators, attempt))
        try:
            attempt.reached = True
            body = await body_of(response, self._polling)
        finally:
            await response.aclose()
        return Answer(
            url=url,
            status=response.status_code,
            headers=response.headers,
            body=body,
            is_conditional=bool(validators),
        )

    def _message(
        self, url: httpx.URL, address: str, request: FetchRequest, validators: Validators, attempt: FetchAttempt
    ) -> httpx.Request:
        patience = (request.feed.timeout or self._polling.read_timeout).total_seconds()
        connect = self._polling.connect_timeout.total_seconds()
        return httpx.Request(
            "GET",
            url if url.host == address else url.copy_with(host=address),
            headers=request_headers(url, self._agent, request, validators, attempt.cookies.header(url)),
            extensions={
                "timeout": {"connect": connect, "read": patience, "write": patience, "pool": None},
                "sni_hostname": host_of(url),
                "trace": ignored if request.feed.proxy and not is_socks(request.feed.proxy) else attempt.notice,
            },
        )


def _check_wish(target: httpx.URL, answer: Answer, request: FetchRequest) -> None:
    """Raise `Fault` if who asks does not want to be led there."""
    if request.may_follow is not None and not request.may_follow(str(target)):
        words = f"the server sends on to {quoted(shown_url(str(target)))}, which is not followed"
        raise Fault(FetchProblem.REDIRECT, words, status=answer.status, sent_on_to=str(target))


async def ignored(_event: str, _details: object) -> None:
    """A connection to a proxy says nothing of the server behind it."""
