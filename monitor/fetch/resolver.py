"""From names to addresses, in threads of our own: few, daemonic, and never waited for.

The event loop's own executor would be joined at exit, so that one name server that hangs would hang
the program, and a handful would stall every other feed (rule S4, measured). A lookup nobody waits
for any more keeps its thread until the system gives up; one that has not begun is dropped. No
cache: a feed is asked hourly, and the system may cache as it likes.
"""

import asyncio
import socket
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from monitor.fetch.faults import Fault, quoted
from monitor.model.fetch import FetchProblem

LOOKUP_THREADS = 8

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
        self._waiting: deque[tuple[Future[list[str]], str, int]] = deque()
        self._threads = 0

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of `host`, at least one. Raises `Fault`; it has no deadline itself."""
        try:
            return await asyncio.wrap_future(self._begun(host, port))
        except (OSError, ValueError) as error:  # ValueError: a label no name can have, such as an empty one
            reason = quoted(getattr(error, "strerror", None) or str(error))
            raise Fault(FetchProblem.RESOLVE, f"the name {quoted(host)} was not resolved: {reason}") from error

    def _begun(self, host: str, port: int) -> Future[list[str]]:
        lookup: Future[list[str]] = Future()
        with self._lock:
            self._waiting.append((lookup, host, port))
            if self._threads < LOOKUP_THREADS:
                self._threads += 1
                threading.Thread(target=self._work, name="lookup", daemon=True).start()
        return lookup

    def _work(self) -> None:
        while (job := self._next()) is not None:
            lookup, host, port = job
            if not lookup.set_running_or_notify_cancel():
                continue
            try:
                lookup.set_result(self._resolve(host, port))
            except Exception as error:  # whatever it is belongs to the one who asked
                lookup.set_exception(error)

    def _next(self) -> tuple[Future[list[str]], str, int] | None:
        """The next lookup, or None and the end of this thread: nothing idles between two rounds."""
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._threads -= 1
            return None
