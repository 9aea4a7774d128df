"""A rolling round of polls: feeds that become due meanwhile are included, and no feed waits for the slowest.

Only one feed of a host is polled at a time, and only a few in total. So a host with many dead feeds occupies one slot
and not all, and a round that has to end waits only for those few (and for those whose name servers hang). Other
modules decide which feeds are due.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from monitor.model.feed_update import FeedState
from monitor.url import host_of

LOOK_SECONDS = 1.0
"""How often to look for feeds that have become due, and whether the round is over."""

Begin = Callable[[Sequence[FeedState]], Awaitable[None]]
Poll = Callable[[FeedState], Awaitable[None]]


class Round:
    """`wanted` is called repeatedly and returns the feeds to poll; `begin` gets the feeds that are polled next, all at
    once, before the first of them is polled. When `is_over` returns true, no further feed is started.

    Nothing is kept of a finished poll: a round may last an hour, with thousands of polls.
    """

    def __init__(
        self,
        wanted: Callable[[], Iterable[FeedState]],
        begin: Begin,
        poll: Poll,
        *,
        most: Callable[[], int],
        is_over: Callable[[], bool],
    ) -> None:
        self._wanted = wanted
        self._begin = begin
        self._poll = poll
        self._most = most
        self._is_over = is_over
        self._waiting: dict[int, FeedState] = {}
        self._flying: dict[asyncio.Future[None], FeedState] = {}

    @property
    def busy(self) -> Sequence[FeedState]:
        """The feeds in progress, and those that wait."""
        return (*self._flying.values(), *self._waiting.values())

    async def run(self) -> None:
        """Poll until there is nothing more to do."""
        looked_at = self._look()
        try:
            while await self._start_some() or self._flying:
                done, _ = await asyncio.wait(self._flying, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                for each in done:
                    del self._flying[each]
                    each.result()  # a damaged database ends the round
                if not self._waiting or self._now() - looked_at >= LOOK_SECONDS:
                    looked_at = self._look()
        finally:
            await self._leave()

    def _look(self) -> float:
        flying = {state.id for state in self._flying.values()}
        for state in self._wanted():
            if state.id not in flying:
                self._waiting.setdefault(state.id, state)
        return self._now()

    async def _start_some(self) -> bool:
        """Start as many feeds as possible now, in the order in which they wait. Returns whether there were any."""
        if self._is_over():
            self._waiting.clear()
        busy = {host_of(state.url) for state in self._flying.values()}
        chosen: list[FeedState] = []
        for state in self._waiting.values():
            if len(self._flying) + len(chosen) >= self._most():
                break
            if host_of(state.url) not in busy:
                busy.add(host_of(state.url))
                chosen.append(state)
        if chosen:
            await self._begin(chosen)
        for state in chosen:
            del self._waiting[state.id]
            self._flying[asyncio.ensure_future(self._poll(state))] = state
        return bool(chosen)

    async def _leave(self) -> None:
        """End the round early, and leave nothing in progress."""
        for flight in self._flying:
            flight.cancel()
        if self._flying:
            await asyncio.wait(self._flying)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
