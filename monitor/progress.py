"""What is going on right now, and until when it must be over: so that a watchdog can tell the truth (rule D6).

A step (a request, a message, an edition) has a limit of its own: to wait ten minutes for a mail server's final
reply is healthy, and to be killed then would cause the very repeat it guards against. Between its steps a
job must show a sign of life now and then. Nothing is ended or mended here.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class _Running:
    name: str
    deadline: float
    thread: int


class Progress:
    """The steps and jobs of one process. `monotonic` gives seconds on a clock that is never set."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._steps: dict[object, _Running] = {}
        self._jobs: dict[int, tuple[str, timedelta, float]] = {}

    @contextmanager
    def step(self, name: str, limit: timedelta) -> Iterator[None]:
        """Something that must be over within `limit`. Steps of one thread may overlap, as coroutines do."""
        key = object()
        running = _Running(name=name, deadline=self._after(limit), thread=threading.get_ident())
        with self._lock:
            self._steps[key] = running
        try:
            yield
        finally:
            with self._lock:
                del self._steps[key]
            self.sign_of_life()

    @contextmanager
    def job(self, name: str, idle: timedelta) -> Iterator[None]:
        """Work of this thread that may take any time, as long as it is in a step or showed life within `idle`."""
        thread = threading.get_ident()
        with self._lock:
            self._jobs[thread] = (name, idle, self._after(idle))
        try:
            yield
        finally:
            with self._lock:
                del self._jobs[thread]

    def sign_of_life(self) -> None:
        """The job of this thread, if it has one, gets on; the end of a step says so by itself."""
        thread = threading.get_ident()
        with self._lock:
            if thread in self._jobs:
                name, idle, _ = self._jobs[thread]
                self._jobs[thread] = (name, idle, self._after(idle))

    def running(self) -> tuple[str, ...]:
        """The names of all steps, in the order they began."""
        with self._lock:
            return tuple(step.name for step in self._steps.values())

    def overdue(self) -> tuple[str, ...]:
        """What should be over by now, or show life; empty if all is well."""
        now = self._monotonic()
        with self._lock:
            late = [step.name for step in self._steps.values() if step.deadline < now]
            in_a_step = {step.thread for step in self._steps.values()}
            quiet = [
                f"{name} (no sign of life)"
                for thread, (name, _, deadline) in self._jobs.items()
                if deadline < now and thread not in in_a_step
            ]
        return (*late, *quiet)

    def _after(self, limit: timedelta) -> float:
        return self._monotonic() + limit.total_seconds()
