"""What is going on right now, and when it must be finished, for the watchdog (rule D6).

A unit of work (the poll of a feed, an edition) is named while it is computed, so that a crash can be traced to it
(docs/decisions/0028).

A step (a request, a message, an edition) has a limit of its own: to wait ten minutes for a mail server's final
reply is healthy, and to be killed then would cause the very repeat it guards against. Between its steps a
job must show a sign of life now and then. Nothing is ended or fixed here.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Work that can be set aside without harm to the rest: `kind` and `key` name it. `given` is a fingerprint of its
    input: if that changes, it counts as different work.
    """

    kind: str
    key: str
    given: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Running:
    name: str
    deadline: float
    thread: int
    limit: timedelta
    is_work: bool


Witness = Callable[[tuple[Unit, ...]], None]
"""Called with all current units whenever one begins or ends; it must be quick."""


class Progress:
    """The steps, jobs and units of one process. `monotonic` gives seconds on a clock that is never set."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, witness: Witness = lambda _: None) -> None:
        self._monotonic = monotonic
        self._witness = witness
        self._units: dict[object, tuple[Unit, float]] = {}
        self._lock = threading.Lock()
        self._steps: dict[object, _Running] = {}
        self._jobs: dict[int, tuple[str, timedelta, float]] = {}

    @contextmanager
    def step(self, name: str, limit: timedelta, *, is_work: bool = False) -> Iterator[None]:
        """Something that must be over within `limit`, or if `is_work`, show life within it again and again. Steps of
        one thread may overlap, as coroutines do.
        """
        key, thread = object(), threading.get_ident()
        running = _Running(name=name, deadline=self._after(limit), thread=thread, limit=limit, is_work=is_work)
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

    @contextmanager
    def at_work(self, unit: Unit) -> Iterator[None]:
        """A unit is computed in this thread, with nothing else in between."""
        key = object()
        with self._lock:
            self._units[key] = unit, self._monotonic()
            self._witness(self._at_work())
        try:
            yield
        finally:
            with self._lock:
                del self._units[key]
                self._witness(self._at_work())

    def at_work_since(self, moment: float) -> tuple[Unit, ...]:
        """The units that were at work at that moment, by the monotonic clock, and have been ever since."""
        with self._lock:
            return tuple(unit for unit, began in self._units.values() if began <= moment)

    def _at_work(self) -> tuple[Unit, ...]:
        return tuple(unit for unit, _ in self._units.values())

    def sign_of_life(self) -> None:
        """The job of this thread, if it has one, gets on, and so do its steps of work; the end of a step says so by
        itself.
        """
        thread = threading.get_ident()
        with self._lock:
            for key, step in self._steps.items():
                if step.is_work and step.thread == thread:
                    self._steps[key] = replace(step, deadline=self._after(step.limit))
            if thread in self._jobs:
                name, idle, _ = self._jobs[thread]
                self._jobs[thread] = (name, idle, self._after(idle))

    def running(self) -> tuple[str, ...]:
        """The names of all steps, in the order they began."""
        with self._lock:
            return tuple(step.name for step in self._steps.values())

    def overdue(self) -> tuple[str, ...]:
        """The names of steps that should be finished by now, or show life; empty if all is well."""
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
