"""Limits per host: one request at a time, with a pause between two, and few at once in total (P9).

A pause is measured from the end of one turn to the start of the next: from start to start, a slow
name lookup could use it up before the server gets the request. It is kept on the clock that was passed
in, and from one round to the next. Longer waits (Retry-After, backoff) are not kept here but in the database.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from monitor.model.clock import Clock

LastAsked = dict[str, datetime]


class HostLimiter:
    """The turns of one round. `last_asked` outlives it, and is forgotten here once it no longer matters."""

    def __init__(self, clock: Clock, *, gap: timedelta, concurrency: int, last_asked: LastAsked) -> None:
        self._clock = clock
        self._gap = gap
        self._last_asked = last_asked
        self._hosts: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._places = asyncio.Semaphore(concurrency)
        self._forget()

    def now(self) -> datetime:
        return self._clock.now()

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for permission to send one request to `host`; waiting does not occupy a slot."""
        async with self._hosts[host]:
            await self._pause(host)
            async with self._places:
                try:
                    yield
                finally:
                    self._last_asked[host] = self._clock.now()

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
