"""The transport seam: carries each request to its publisher and back, and records it. There is no socket.

Name resolution is scripted too, and done at once: a thread per lookup would be half of what a poll costs here.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta

import httpx

from monitor.fetch.resolver import Resolver
from simulation.accidents import Seams
from simulation.manners import Manners
from simulation.newsroom import Answer, Item, Publisher

NUMBER = re.compile(r"\d+")
ADDRESS = "93.184.215.14"
ATTEMPT = timedelta(seconds=20)
"""How long a server that never answers keeps us waiting."""

FAULTS: dict[str, type[httpx.TransportError]] = {"timeout": httpx.ReadTimeout, "refused": httpx.ConnectError}


class InPlace(Resolver):
    """Looks names up at once, in the thread that asks."""

    def _begun(self, host: str, port: int) -> Future[list[str]]:
        lookup: Future[list[str]] = Future()
        try:
            lookup.set_result(self._resolve(host, port))
        except OSError as error:
            lookup.set_exception(error)
        return lookup


class Network(httpx.AsyncBaseTransport):
    """The whole of it, seen from the reader. `true_now` and `pass_time` are the world's."""

    def __init__(
        self,
        publishers: Sequence[Publisher],
        manners: Manners,
        seams: Seams,
        true_now: Callable[[], datetime],
        pass_time: Callable[[timedelta], None],
    ) -> None:
        self._by_number = {publisher.number: publisher for publisher in publishers}
        self._by_host: defaultdict[str, list[Publisher]] = defaultdict(list)
        for publisher in publishers:
            self._by_host[publisher.host].append(publisher)
        self._manners = manners
        self._seams = seams
        self._true_now = true_now
        self._pass_time = pass_time
        self.is_down = False
        """Our own line: no name is resolved, no server reached."""
        self.by_hand: set[str] = set()
        self.served: dict[int, tuple[Item, ...]] = {}
        """What each publisher showed in this tick, in a document that was whole or by a 304."""
        self.requests = 0

    def resolve(self, host: str, _port: int) -> list[str]:
        now = self._true_now()
        publishers = self._by_host.get(host, ())
        if self.is_down:
            self._manners.line_is_down(now, [each.number for each in publishers if each.url in self.by_hand])
        if self.is_down or any(publisher.trouble(now) == "no name" for publisher in publishers):
            self._manners.is_out_of_reach(publishers, has_name=False)
            raise OSError(-2, "Name or service not known")
        return [ADDRESS]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._seams.cross()
        if self.is_down:
            raise httpx.ConnectError("Network is unreachable")
        headers = {name.lower(): value for name, value in request.headers.raw}
        host, path = headers[b"host"].decode(), request.url.path
        publisher = self._by_number[int(NUMBER.findall(path)[0])]
        if publisher.trouble(self._true_now()) == "refused":
            self._manners.is_out_of_reach((publisher,), has_name=True)
            raise httpx.ConnectError("Connection refused")
        await request.extensions["trace"]("connection.connect_tcp.complete", {})
        self._manners.hops(host, self._true_now())
        try:
            await asyncio.sleep(0)  # others may try to come in
            return self._exchange(publisher, host, path, headers)
        finally:
            self._manners.leaves(host, self._true_now())

    def _exchange(self, publisher: Publisher, host: str, path: str, headers: dict[bytes, bytes]) -> httpx.Response:
        now = self._true_now()
        self.requests += 1
        is_first = path.startswith("/feed") or (path.startswith("/moved") and not self._is_led(publisher, now))
        if is_first:
            self._manners.arrives(publisher, host, headers, now, by_hand=publisher.url in self.by_hand)
        self._manners.asks(publisher, path, headers, now)
        answer = publisher.answer(path, headers, now)
        self._manners.answered(publisher, host, path, answer, now)
        if answer.fault:
            self._pass_time(ATTEMPT)
            raise FAULTS[answer.fault](answer.fault)
        self._note(publisher, answer)
        self._seams.cross()
        return _response(answer)

    def _is_led(self, publisher: Publisher, now: datetime) -> bool:
        """Whether this request to the new address follows a redirect of a moment ago."""
        asked_at = self._manners.dossiers[publisher.number].asked_at
        return asked_at is not None and now - asked_at < timedelta(minutes=1)

    def _note(self, publisher: Publisher, answer: Answer) -> None:
        if answer.shown is not None:
            self.served[publisher.number] = answer.shown


def _response(answer: Answer) -> httpx.Response:
    return httpx.Response(answer.status, headers=list(answer.headers), stream=httpx.ByteStream(answer.body))
