"""Child processes that parse, so that no document can hang, kill or bloat the daemon (rule S5).

Each child has one task in flight, and its deadline is kept here, by killing it. A child that dies,
hangs or crashes counts as one failure of the current feed, and the next task gets a new child. What a task is
about is `monitor.parse`'s business; nothing is judged or retried here.
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
from typing import Any, Protocol, Self

from monitor.model.feed import ParsedFeed, ParseFailed, ParseOutcome
from monitor.model.fetch import FetchProblem
from monitor.parse import parse_feed

START_TIMEOUT_SECONDS = 60
"""For a child to import what it needs on a busy machine; a task's own time starts after that."""

_SPAWN = multiprocessing.get_context("spawn")
"""Never fork: the parent has threads, and a forked child would inherit their locks as they happen to be."""

Task = tuple[bytes, str, dict[str, str], int]


class Work(Protocol):
    """What a child does with a task. It must be importable by name, because the child starts from nothing."""

    def __call__(self, body: bytes, *, url: str, headers: Mapping[str, str], max_items: int) -> ParseOutcome: ...


class ParserPool:
    """`size` children, started when first needed, for any number of tasks, one event loop after another.

    `timeout_seconds` is for one document; `memory_bytes` limits the address space of a child. To be closed or
    used as a context manager; a pool that is forgotten is closed at exit.
    """

    def __init__(
        self, size: int = 2, timeout_seconds: float = 20, memory_bytes: int = 1024**3, *, work: Work = parse_feed
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._memory_bytes = memory_bytes
        self._work = work
        self._idle: SimpleQueue[_Child | None] = SimpleQueue()
        for _ in range(size):
            self._idle.put(None)
        self._living: set[_Child] = set()
        self._is_closed = Event()
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="parser")
        # An atexit function might come after multiprocessing's own, which waits for the children for ever.
        self._finalize = Finalize(self, _close, (self._is_closed, self._living, self._threads), exitpriority=10)

    async def parse(self, body: bytes, *, url: str, headers: Mapping[str, str], max_items: int) -> ParseOutcome:
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

    def _run(self, task: Task) -> ParseOutcome:
        """In a thread of the pool. There are as many threads as places for a child, so one is always free."""
        child = self._idle.get()
        try:
            child = child or self._started()
            outcome = child.answer(task, self._timeout_seconds)
        except Exception as error:  # what escaped here would take its place with it, for ever
            outcome = _gave_up(f"The parser could not be run: {type(error).__name__}: {error}.")
        if child is not None and not (_is_sound(outcome) and child.is_in_time):
            child.bury()
            self._living.discard(child)
            child = None
        self._idle.put(child)
        return outcome

    def _started(self) -> "_Child":
        child = _Child(self._work, self._memory_bytes)
        self._living.add(child)
        if self._is_closed.is_set():
            child.kill()
        return child


class _Child:
    """One process. It ends when its pipe closes, and the pipe closes when it ends."""

    def __init__(self, work: Work, memory_bytes: int) -> None:
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=_serve, args=(theirs, work, memory_bytes), name="news-monitor parser", daemon=True
        )
        self._process.start()
        theirs.close()
        self._is_ready = False
        self._is_late = False

    def answer(self, task: Task, timeout_seconds: float) -> ParseOutcome:
        """The outcome of the task, or why this child must be replaced."""
        try:
            if not self._is_ready:
                self._is_ready = self._exchange(None, START_TIMEOUT_SECONDS)
            outcome: ParsedFeed | ParseFailed = self._exchange(task, timeout_seconds)
        except (EOFError, OSError):
            self._process.join()
            return _gave_up(
                f"The parser was stopped after {timeout_seconds:g} s." if self._is_late else self._last_words()
            )
        return outcome

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


def _is_sound(outcome: ParseOutcome) -> bool:
    """Whether the child may go on. After an unexpected exception, out of memory perhaps, nobody knows its state."""
    return isinstance(outcome, ParsedFeed) or outcome.problem is not FetchProblem.PARSER


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


def _serve(pipe: "Connection[Any, Any]", work: Work, memory_bytes: int) -> None:
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


def _done(work: Work, task: Task) -> ParseOutcome:
    body, url, headers, max_items = task
    return work(body, url=url, headers=headers, max_items=max_items)


def _limit_memory(memory_bytes: int) -> None:
    """Where the system has no such limit (macOS), the limits on body size and time are all there is."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
