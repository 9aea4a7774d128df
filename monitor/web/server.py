"""HTTP for the page: uvicorn, with bounds on what slow and many clients cost."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from monitor.errors import UnusablePlace

MOST_CONNECTIONS = 128
"""At once. The oldest of those that have not asked yet is closed for a newer one."""

HEAD_SECONDS = 10.0
"""For the head of a request to come."""

WHOLE_SECONDS = 60.0
"""For a connection, which is one request (`guard`). Pages take a second, and the rest is for a client that reads."""

MAX_HEAD_BYTES = 16_384


class BoundedProtocol(H11Protocol):
    """A connection that ends when its time is over, whatever its client does."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.made_at = self.loop.time()
        if len(self.connections) >= MOST_CONNECTIONS:
            _make_room(self.connections)
        super().connection_made(transport)
        self._timers = [
            self.loop.call_later(HEAD_SECONDS, self._end_if_silent),
            self.loop.call_later(WHOLE_SECONDS, transport.abort),
        ]
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in self._timers:
            timer.cancel()
        super().connection_lost(exc)

    def _end_if_silent(self) -> None:
        if _is_silent(self):
            self.transport.abort()


def _is_silent(connection: Any) -> bool:
    """Whether it has not asked for anything yet."""
    return connection.cycle is None


def _make_room(connections: set[Any]) -> None:
    silent = [each for each in connections if _is_silent(each)]
    if silent:
        oldest = min(silent, key=lambda each: each.made_at)
        oldest.transport.abort()
        connections.discard(oldest)


def listening(address: tuple[str, int]) -> socket.socket:
    """A socket at this address. Raises UnusablePlace, which says what to do."""
    host, port = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
        opened.listen()
    except OSError as error:
        opened.close()
        raise UnusablePlace(
            f"The page cannot listen at {host}:{port}: {error.strerror}. Write another port behind listen in [web], or"
            " end what listens there: a running daemon shows the page itself."
        ) from error
    return opened


def serve(app: Any, opened: socket.socket, is_over: Callable[[], bool]) -> None:
    """Answer until a signal or `is_over`, which is asked twice a second, says to stop."""
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)

    async def watched() -> None:
        serving = asyncio.ensure_future(server.serve(sockets=[opened]))
        while not serving.done():
            await asyncio.wait([serving], timeout=0.5)
            server.should_exit = server.should_exit or is_over()
        await serving

    with suppress(KeyboardInterrupt):  # uvicorn ends in order at Ctrl-C, then raises it again
        asyncio.run(watched())
