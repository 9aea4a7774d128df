"""The signals that this process received, in the order in which they were taken.

`signal.sigtimedwait` is not used: if the process is stopped and continued while it waits, and the time is over by then,
CPython returns arbitrary memory as if a signal had come. `sigwait` has no time limit; the limit here is that of a
queue.
"""

import signal
from contextlib import suppress
from multiprocessing import resource_tracker
from queue import Empty, SimpleQueue
from threading import Thread

SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})


def block_signals() -> None:
    """Block the signals, before the first thread starts, so that every thread inherits the mask and none is
    interrupted: signals stay pending until `Signals` takes them. multiprocessing's resource tracker unblocks them in
    the thread that starts it, so it is started first.
    """
    resource_tracker.ensure_running()
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)


class Signals:
    """Takes the signals that `block_signals` left pending, in its own thread; at most one may exist per process."""

    def __init__(self) -> None:
        self._taken: SimpleQueue[signal.Signals] = SimpleQueue()
        self._waiting: dict[signal.Signals, None] = {}
        Thread(target=self._take, name="signals", daemon=True).start()

    def wait(self, seconds: float) -> signal.Signals | None:
        """The next signal, or None if none comes within `seconds`. A signal that came several times counts once."""
        with suppress(Empty):
            if not self._waiting:
                self._waiting[self._taken.get(timeout=seconds)] = None
            while True:
                self._waiting.setdefault(self._taken.get_nowait())
        received = next(iter(self._waiting), None)
        if received is not None:
            del self._waiting[received]
        return received

    def _take(self) -> None:
        while True:
            self._taken.put(signal.Signals(signal.sigwait(SIGNALS)))
