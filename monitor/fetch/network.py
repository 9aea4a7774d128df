"""The real network: where httpx connects to, and the stream it reads answers from.

httpx asks httpcore for connections, and httpcore asks this backend: it dials, by a SOCKS proxy if the feed names one,
and puts a stream below HTTP that repairs the head of an answer (`answer_head`). Nothing here checks addresses; only
those come here that were checked.
"""

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from monitor.fetch.answer_head import HEAD_END, MAX_HEAD_BYTES, AnswerHead, repaired
from monitor.fetch.socks import SocksProxy, connected, is_socks

BEYOND_SECONDS = 5.0
"""How long a server may be silent that has sent less than a whole document, though all that it promised, and does not
close the connection as it was asked to.
"""

WITHOUT_BODY = frozenset({204, 304})


class AnswerStream(httpcore.AsyncNetworkStream):
    """One connection: what is read from it has a repaired head, and a body of at most the length that the head
    states; `beyond` reads what a server sends after that.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._buffer = bytearray()
        self._is_head_due = True
        self._left: int | None = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 (httpcore's)
        """The next bytes of the answer; b"" at its end."""
        if self._is_head_due:
            return await self._head(max_bytes, timeout)
        if not self._buffer:
            self._buffer += await self._stream.read(max_bytes, timeout)
        return self._taken(max_bytes if self._left is None else min(max_bytes, self._left))

    async def beyond(self, limit: int) -> bytes:
        """What comes after the length that the head states, up to `limit` bytes and one more; b"" if it states none."""
        if self._left != 0:
            return b""
        try:
            while len(self._buffer) <= limit and (data := await self._stream.read(65_536, BEYOND_SECONDS)):
                self._buffer += data
        except (httpcore.NetworkError, httpcore.TimeoutException):
            pass  # what has come may do
        return bytes(self._buffer)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 (httpcore's)
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's)
    ) -> httpcore.AsyncNetworkStream:
        return AnswerStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    async def _head(self, max_bytes: int, timeout: float | None) -> bytes:  # noqa: ASYNC109 (httpcore's)
        """The next head, repaired; what cannot be a head is handed on as it came, and h11 says what is wrong."""
        searched = 0
        while (end := HEAD_END.search(self._buffer, max(searched - 2, 0))) is None:
            searched = len(self._buffer)
            data = b"" if searched > MAX_HEAD_BYTES else await self._stream.read(max_bytes, timeout)
            if not data:
                self._is_head_due = False
                return self._taken(searched)
            self._buffer += data
            if not searched and self._buffer.startswith((b"\r", b"\n")):
                self._buffer = self._buffer.lstrip(b"\r\n")
        raw = self._taken(end.end())
        head = repaired(raw)
        self._is_head_due = head is not None and head.is_interim
        self._left = _body_length(head)
        return raw if head is None else head.raw

    def _taken(self, size: int) -> bytes:
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        if self._left is not None:
            self._left -= len(data)
        return data


def _body_length(head: AnswerHead | None) -> int | None:
    return None if head is None or head.is_interim or head.status in WITHOUT_BODY else head.length


class NetworkBackend(httpcore.AsyncNetworkBackend):
    """Dials for httpcore: the address itself, or a SOCKS proxy that connects to it."""

    def __init__(self, socks: SocksProxy | None = None) -> None:
        self._socks = socks
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        to = (self._socks.host, self._socks.port) if self._socks else (host, port)
        stream = await self._network.connect_tcp(*to, timeout, local_address, socket_options)
        try:
            if self._socks:
                await connected(stream, self._socks, host, port, timeout)
        except BaseException:
            await stream.aclose()
            raise
        return AnswerStream(stream)


class _Transport(httpx.AsyncHTTPTransport):
    """httpx's own, with a pool that has a backend of ours, for which httpx has no argument."""

    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self._pool = pool


def network(tls: ssl.SSLContext, proxy: str = "", proxy_tls: ssl.SSLContext | None = None) -> httpx.AsyncHTTPTransport:
    """HTTP/1.1, no proxy but the one that is named, no retry, no kept connection. `tls` is for servers, `proxy_tls`
    for a proxy that is reached by https.

    Used without an `httpx.Client`, which would add cookies, redirects and headers of its own.
    """
    if not proxy or is_socks(proxy):
        backend = NetworkBackend(SocksProxy.of(proxy) if proxy else None)
        return _Transport(
            httpcore.AsyncConnectionPool(
                ssl_context=tls, max_connections=None, max_keepalive_connections=0, network_backend=backend
            )
        )
    way = httpx.Proxy(proxy)
    target = httpcore.URL(scheme=way.url.raw_scheme, host=way.url.raw_host, port=way.url.port, target=b"/")
    return _Transport(
        httpcore.AsyncHTTPProxy(
            target,
            proxy_auth=way.raw_auth,
            ssl_context=tls,
            proxy_ssl_context=(proxy_tls or tls) if way.url.scheme == "https" else None,
            max_connections=None,
            max_keepalive_connections=0,
            network_backend=NetworkBackend(),
        )
    )
