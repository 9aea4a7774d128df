"""Child processes that parse, so that no document can hang, kill or bloat the daemon (rule S5).

Each child has one task in flight, and its deadline is kept here, by killing it. A child that dies,
hangs or crashes counts as one failure of the current feed or page, and the next task gets a new child. Children that
read pages are replaced after a number of them, because what reads pages grows. What a task is about is
`monitor.parse`'s business; nothing is judged or retried here.
"""

import asyncio
import multiprocessing
import resource
import signal
from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.util import Finalize
from queue import SimpleQueue
from threading import Event, Timer
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from monitor.model.feed import ParsedFeed, ParseFailed
from monitor.model.fetch import FetchProblem
from monitor.model.page import PageOutcome, PageReading
from monitor.parse import parse_feed
from monitor.parse.article_page import read_page

START_TIMEOUT_SECONDS = 60
"""For a child to import what it needs on a busy machine; a task's own time starts after that."""

_SPAWN = multiprocessing.get_context("spawn")
"""Never fork: the parent has threads, and a forked child would inherit their locks as they happen to be."""

PAGES_PER_CHILD = 1_000
"""A child that has read so many pages is replaced: earlier versions of what reads them grew (decision 73)."""

PAGE_TIMEOUT_SECONDS = 10
PAGE_MEMORY_BYTES = 512 * 1024**2
"""Of address space: six times what a child needs for pages of news sites."""

PAGE_TEXT_CHARACTERS = 50_000
"""Of a page's text, what is kept: some 8,000 words, four times the longest reports of newspapers."""

Task = tuple[bytes, str, dict[str, str], int]
Parsed = TypeVar("Parsed")
Result_co = TypeVar("Result_co", covariant=True)


class Work(Protocol[Result_co]):
    """What a child does with a task. It must be importable by name, because the child starts from nothing."""

    def __call__(
        self, body: bytes, *, url: str, headers: Mapping[str, str], max_items: int
    ) -> Result_co | ParseFailed: ...


class ChildPool(Generic[Parsed]):
    """`size` children, started when first needed, for any number of tasks, one event loop after another.

    `timeout_seconds` is for one document; `memory_bytes` limits the address space of a child, which is replaced after
    `tasks_per_child` (0: never). To be closed or used as a context manager; a pool that is forgotten is closed at exit.
    """

    def __init__(
        self, work: Work[Parsed], *, size: int, timeout_seconds: float, memory_bytes: int, tasks_per_child: int = 0
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._memory_bytes = memory_bytes
        self._tasks_per_child = tasks_per_child
        self._work = work
        self._idle: SimpleQueue[_Child | None] = SimpleQueue()
        for _ in range(size):
            self._idle.put(None)
        self._living: set[_Child] = set()
        self._is_closed = Event()
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="parser")
        # An atexit function might come after multiprocessing's own, which waits for the children for ever.
        self._finalize = Finalize(self, _close, (self._is_closed, self._living, self._threads), exitpriority=10)

    async def parse(self, body: bytes, *, url: str, headers: Mapping[str, str], max_items: int) -> Parsed | ParseFailed:
        """The result of the work on `body`; a `ParseFailed` if it took too long or killed the child."""
        task = (body, url, dict(headers), max_items)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, task)

    def close(self) -> None:
        """End the children now. Tasks in flight come back as failures, waiting ones are cancelled."""
        self._finalize()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, task: Task) -> Parsed | ParseFailed:
        """In a thread of the pool. There are as many threads as places for a child, so one is always free."""
        child = self._idle.get()
        outcome: Parsed | ParseFailed
        try:
            child = child or self._started()
            outcome = child.answer(task, self._timeout_seconds)
        except Exception as error:  # what escaped here would take its place with it, for ever
            outcome = _gave_up(f"The parser could not be run: {type(error).__name__}: {error}.")
        if child is not None and not (_is_sound(outcome) and child.is_in_time and self._has_tasks_left(child)):
            child.bury()
            self._living.discard(child)
            child = None
        self._idle.put(child)
        return outcome

    def _has_tasks_left(self, child: "_Child") -> bool:
        return not self._tasks_per_child or child.tasks < self._tasks_per_child

    def _started(self) -> "_Child":
        child = _Child(self._work, self._memory_bytes)
        self._living.add(child)
        if self._is_closed.is_set():
            child.kill()
        return child


class ParserPool(ChildPool[ParsedFeed]):
    """Children that read feeds."""

    def __init__(
        self,
        size: int = 2,
        timeout_seconds: float = 20,
        memory_bytes: int = 1024**3,
        *,
        work: Work[ParsedFeed] = parse_feed,
    ) -> None:
        super().__init__(work, size=size, timeout_seconds=timeout_seconds, memory_bytes=memory_bytes)


class PagePool(ChildPool[PageReading]):
    """Children that read the pages behind articles, apart from those that read feeds: a poll waits for no page."""

    def __init__(self, size: int = 1) -> None:
        super().__init__(
            read_page,
            size=size,
            timeout_seconds=PAGE_TIMEOUT_SECONDS,
            memory_bytes=PAGE_MEMORY_BYTES,
            tasks_per_child=PAGES_PER_CHILD,
        )

    async def read(self, body: bytes, *, url: str, headers: Mapping[str, str]) -> PageOutcome:
        """What the page in `body` says, at most the beginning of its text."""
        return await self.parse(body, url=url, headers=headers, max_items=PAGE_TEXT_CHARACTERS)


class _Child:
    """One process. It ends when its pipe closes, and the pipe closes when it ends."""

    def __init__(self, work: Work[Any], memory_bytes: int) -> None:
        self.tasks = 0
        """How many it was given."""
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=_serve, args=(theirs, work, memory_bytes), name="news-monitor parser", daemon=True
        )
        self._process.start()
        theirs.close()
        self._is_ready = False
        self._is_late = False

    def answer(self, task: Task, timeout_seconds: float) -> Any:
        """The outcome of the task, or why this child must be replaced."""
        self.tasks += 1
        try:
            if not self._is_ready:
                self._is_ready = self._exchange(None, START_TIMEOUT_SECONDS)
            return self._exchange(task, timeout_seconds)
        except (EOFError, OSError):
            self._process.join()
            return _gave_up(
                f"The parser was stopped after {timeout_seconds:g} s." if self._is_late else self._last_words()
            )

    @property
    def is_in_time(self) -> bool:
        """False even if it has answered: after a pause of this process its time is over at once, and it is killed."""
        return not self._is_late

    def kill(self) -> None:
        """Make whoever waits for this child see the end of the pipe."""
        self._process.kill()

    def bury(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def _exchange(self, message: Task | None, timeout_seconds: float) -> Any:
        """Killing it ends a blocked send as well as a blocked receive, which a poll with a timeout would not."""
        deadline = Timer(timeout_seconds, self._expire)
        deadline.daemon = True
        deadline.start()
        try:
            self._pipe.send(message)
            return self._pipe.recv()
        finally:
            deadline.cancel()

    def _expire(self) -> None:
        self._is_late = True
        self._process.kill()

    def _last_words(self) -> str:
        code = self._process.exitcode or 0
        end = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        return f"The parser's process {end}."


def _is_sound(outcome: object) -> bool:
    """Whether the child may go on. After an unexpected exception, out of memory perhaps, nobody knows its state."""
    return not isinstance(outcome, ParseFailed) or outcome.problem is not FetchProblem.PARSER


def _gave_up(detail: str) -> ParseFailed:
    return ParseFailed(problem=FetchProblem.PARSER, detail=detail)


def _close(is_closed: Event, living: set[_Child], threads: Executor) -> None:
    """Killed first, so that no thread waits; buried last, when no thread uses their pipes."""
    is_closed.set()
    for child in tuple(living):
        child.kill()
    threads.shutdown(wait=True, cancel_futures=True)
    for child in tuple(living):
        child.bury()


def _serve(pipe: "Connection[Any, Any]", work: Work[Any], memory_bytes: int) -> None:
    """All that a child does. Signals to the whole process group are the parent's to judge: it may still need
    this task done; when it is gone, even by kill -9, the pipe ends and so does this.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _limit_memory(memory_bytes)
    with suppress(EOFError, OSError):
        while True:
            task: Task | None = pipe.recv()
            pipe.send(task is None or _done(work, task))


def _done(work: Work[Any], task: Task) -> Any:
    body, url, headers, max_items = task
    return work(body, url=url, headers=headers, max_items=max_items)


def _limit_memory(memory_bytes: int) -> None:
    """Where the system has no such limit (macOS), the limits on body size and time are all there is."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
