"""Limits per host: one request at a time, with a pause between two, and few at once in total (P9).

A pause is measured from the end of one turn to the start of the next: from start to start, a slow
name lookup could use it up before the server gets the request. It is kept on the clock that was passed
in, and from one round to the next. Longer waits (Retry-After, backoff) are not kept here but in the database.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime, timedelta

from monitor.model.clock import Clock
from monitor.model.worker import Lent

LastAsked = dict[str, datetime]

Shared = Callable[[str], AbstractAsyncContextManager[Lent | None]]
"""Entered for each request, with its host: waits until no other process asks that host. Raises HostBusy. It yields what
is to be known of a host that others may have asked meanwhile, None if none has.
"""


class HostBusy(Exception):
    """Another process has had this host for too long."""


def alone(_host: str) -> AbstractAsyncContextManager[Lent | None]:
    """No other process asks any host."""
    return nullcontext()


class HostLimiter:
    """The turns of one round. `last_asked` outlives it, and is forgotten here once it no longer matters."""

    def __init__(
        self, clock: Clock, *, gap: timedelta, concurrency: int, last_asked: LastAsked, shared: Shared = alone
    ) -> None:
        self._clock = clock
        self._shared = shared
        self._gap = gap
        self._last_asked = last_asked
        self._hosts: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._places = asyncio.Semaphore(concurrency)
        self._forget()

    def now(self) -> datetime:
        return self._clock.now()

    @asynccontextmanager
    async def turn(self, server: str, host: str = "") -> AsyncIterator[Lent | None]:
        """Wait for permission to send one request to `server`; waiting does not occupy a slot. `host` is the name that
        processes share, without a port.
        """
        async with self._hosts[server], self._shared(host or server) as lent:
            if lent is not None and lent.asked_at is not None:
                self._last_asked[server] = max(lent.asked_at, self._last_asked.get(server, lent.asked_at))
            await self._pause(server)
            async with self._places:
                try:
                    yield lent
                finally:
                    self._last_asked[server] = self._clock.now()

    async def _pause(self, host: str) -> None:
        asked = self._last_asked.get(host)
        if asked is None:
            return
        wait = min(asked + self._gap - self._clock.now(), self._gap)  # a clock set back must not hold a host for hours
        if wait > timedelta():
            await self._clock.sleep(wait.total_seconds())

    def _forget(self) -> None:
        now = self._clock.now()
        for host in [host for host, asked in self._last_asked.items() if abs(now - asked) > self._gap]:
            del self._last_asked[host]
