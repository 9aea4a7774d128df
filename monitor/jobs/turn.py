"""The turn of those who poll to write to the database: one at a time, and polls that brought nothing write together.

A commit costs the disk as much for one row as for ten. Most polls bring nothing, and nothing is lost if the process
ends before their rows are written: the claim of a feed keeps it from being asked at once, and what is asked again then
is a conditional request.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from monitor.errors import DamagedStore, NotOurTurn
from monitor.model.feed_update import IdlePoll

MOST_TOGETHER = 8
"""So many polls wait for each other: half of those that are in progress at once, so that the others go on."""

PATIENCE_SECONDS = 0.05
"""How long the first of them waits."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    poll: IdlePoll
    written: asyncio.Future[None]


class Turn:
    """A lock of one round, which lives inside one event loop. Whoever enters it finds all written that came before.

    `write` commits polls that brought nothing, in a thread: waiting for the database must not block the event loop.
    """

    def __init__(self, write: Callable[[Sequence[IdlePoll]], None]) -> None:
        self._write = write
        self._lock = asyncio.Lock()
        self._waiting: list[_Waiting] = []
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._polls = 0

    async def __aenter__(self) -> Self:
        await self._lock.acquire()
        try:
            await self._settle()
        except BaseException:
            self._lock.release()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    @contextmanager
    def poll(self) -> Iterator[None]:
        """A poll is in progress, and may have something to write: others wait for it, but not long."""
        self._polls += 1
        try:
            yield
        finally:
            self._polls -= 1
            if self._waiting and self._is_enough():
                self._begin()

    async def written(self, poll: IdlePoll) -> None:
        """Wait until this poll is committed, with others if there are any. Raises as `write` does."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(poll, loop.create_future())
        self._waiting.append(waiting)
        if self._is_enough():
            self._begin()
        elif self._timer is None:
            self._timer = loop.call_later(PATIENCE_SECONDS, self._begin)
        await waiting.written

    def _is_enough(self) -> bool:
        return len(self._waiting) >= min(MOST_TOGETHER, self._polls)

    def _begin(self) -> None:
        """Commit what waits, in a task of its own: whoever waits may be cancelled."""
        task = asyncio.ensure_future(self._begun())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _begun(self) -> None:
        async with self:
            pass

    async def _settle(self) -> None:
        """Commit what waits. If that fails, each by itself: none shall fail for another."""
        waiting, self._waiting = self._waiting, []
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not waiting:
            return
        try:
            error = await self._tried(waiting)
            if error is None or len(waiting) == 1 or isinstance(error, DamagedStore | NotOurTurn):
                _tell(waiting, error)
                return
            for each in waiting:
                _tell([each], await self._tried([each]))
        finally:
            for each in waiting:
                each.written.cancel()  # if this was cancelled, nobody else writes them

    async def _tried(self, waiting: Sequence[_Waiting]) -> Exception | None:
        try:
            await asyncio.to_thread(self._write, [each.poll for each in waiting])
        except Exception as error:
            return error
        return None


def _tell(waiting: Sequence[_Waiting], error: Exception | None) -> None:
    for each in waiting:
        if each.written.done():
            continue  # its poll was cancelled
        if error is None:
            each.written.set_result(None)
        else:
            each.written.set_exception(error)
