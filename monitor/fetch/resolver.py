"""From names to addresses, in threads of our own: few, daemonic, and never waited for.

The event loop's own executor would be joined at exit, so that one name server that hangs would hang
the program, and a handful would stall every other feed (rule S4, measured). A lookup nobody waits
for any more keeps its thread until the system gives up, and whoever asks for the same name meanwhile waits for that
one; a lookup that has not begun is dropped. A lookup that takes long does not count among the few: name servers that
hang must not delay the lookups of all others. A name that was found quickly before goes first, and some threads are
for such names alone: so hundreds of names that hang delay no other either. No
cache: a feed is asked hourly, and the system may cache as it likes.
"""

import asyncio
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from monitor.fetch.faults import Fault, quoted
from monitor.model.fetch import FetchProblem

LOOKUP_THREADS = 8
"""So many lookups at once that have just begun."""

SLOW_SECONDS = 1.0
"""A lookup that takes longer waits for a name server that does not answer: most take less than a tenth of it."""

MOST_LOOKUP_THREADS = 128
"""With those that wait for such name servers. `LOOKUP_THREADS` of them are kept for names that were quick before."""

MOST_QUICK_NAMES = 20_000
"""So many names are remembered as quick, more than there are feeds: redirects to ever new names must not fill the
memory.
"""

_Name = tuple[str, int]
_Lookup = tuple[Future[list[str]], _Name]

Resolve = Callable[[str, int], list[str]]
"""The addresses of a host name and port, as text. It blocks, and raises OSError if there are none."""


def system_resolve(host: str, port: int) -> list[str]:
    """What the operating system answers, in its order of preference (RFC 6724)."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class Resolver:
    """Lookups for the life of the process, from any event loop; safe to call from several threads."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._lock = threading.Lock()
        self._waiting: deque[_Lookup] = deque()
        self._waiting_quick: deque[_Lookup] = deque()
        self._running: dict[_Name, Future[list[str]]] = {}
        self._quick: set[_Name] = set()
        self._threads = 0
        self._began: dict[int, float] = {}
        self.slow = 0
        """The number of lookups that are waited for, and take long."""

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of `host`, at least one. Raises `Fault`; it has no deadline itself."""
        try:
            return await self._found(asyncio.wrap_future(self._begun(host, port)))
        except (OSError, ValueError) as error:  # ValueError: a label no name can have, such as an empty one
            reason = quoted(getattr(error, "strerror", None) or str(error))
            raise Fault(FetchProblem.RESOLVE, f"the name {quoted(host)} was not resolved: {reason}") from error

    async def _found(self, lookup: "asyncio.Future[list[str]]") -> list[str]:
        slow = 0
        try:
            while not (await asyncio.wait({lookup}, timeout=SLOW_SECONDS))[0]:
                self.slow += 1 - slow
                slow = 1
                self._add_threads()
            return lookup.result()
        finally:
            self.slow -= slow
            lookup.cancel()  # not asked for any more, if it has not begun

    def _begun(self, host: str, port: int) -> Future[list[str]]:
        """A lookup of the name: the one that is running, or a new one."""
        name = host, port
        with self._lock:
            if name in self._running:  # it cannot be cancelled any more, so that all may wait for it
                return self._running[name]
            lookup: Future[list[str]] = Future()
            (self._waiting_quick if name in self._quick else self._waiting).append((lookup, name))
        self._add_threads()
        return lookup

    def _add_threads(self) -> None:
        """Start threads for the lookups that wait, as far as others are not quick at work."""
        with self._lock:
            slow = sum(time.monotonic() - began >= SLOW_SECONDS for began in self._began.values())
            free = min(LOOKUP_THREADS + slow, MOST_LOOKUP_THREADS) - self._threads
            for _ in range(min(free, len(self._waiting_quick) + len(self._waiting))):
                self._threads += 1
                threading.Thread(target=self._work, name="lookup", daemon=True).start()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            lookup, name = job
            began = time.monotonic()
            try:
                found = self._resolve(*name)
            except Exception as error:  # whatever it is belongs to the one who asked
                self._ended(name, began)
                lookup.set_exception(error)
            else:
                self._ended(name, began)
                lookup.set_result(found)

    def _ended(self, name: _Name, began: float) -> None:
        """Remember whether the name is a quick one."""
        with self._lock:
            self._running.pop(name, None)  # two that waited for one name have one place there
            self._quick.discard(name)
            if time.monotonic() - began < SLOW_SECONDS and len(self._quick) < MOST_QUICK_NAMES:
                self._quick.add(name)

    def _next(self) -> _Lookup | None:
        """The next lookup, or None and the end of this thread: nothing idles between two rounds."""
        this = threading.get_ident()
        with self._lock:
            self._began.pop(this, None)
            while job := self._popped():
                lookup, name = job
                if lookup.set_running_or_notify_cancel():
                    self._began[this] = time.monotonic()
                    self._running[name] = lookup
                    return job
            self._threads -= 1
            return None

    def _popped(self) -> _Lookup | None:
        """A lookup that waits and may begin."""
        if self._waiting_quick:
            return self._waiting_quick.popleft()
        others = sum(name not in self._quick for name in self._running)
        may_begin = self._waiting and others < MOST_LOOKUP_THREADS - LOOKUP_THREADS
        return self._waiting.popleft() if may_begin else None
