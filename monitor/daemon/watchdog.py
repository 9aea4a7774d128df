"""The watchdog: checks whether the service really works, reports to the service manager, and acts if it does not.

A scheduler can die while it claims to run, a thread can hang, another program can lock the database (rules
D5, D6). If something is wrong for too long, the process ends and is restarted: silence would look like no news.
"""

import faulthandler
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.daemon.crash_marker import HANG, CrashMarker
from monitor.daemon.service_manager import ServiceManager
from monitor.log import logger
from monitor.policy.clock import is_jump
from monitor.progress import Progress
from monitor.store import Database

log = logger(__name__)

OVERSLEPT = timedelta(seconds=0.2)
"""A short wait that ends this late means that the process was stopped, not that the machine is busy."""

PAUSE = timedelta(seconds=20)
"""Longer than a check takes, including the database's answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchdogLimits:
    """How often the watchdog checks, how late a tick may be and for how long, and how long anything else may be wrong.

    `computing`: processor time between two checks; less than the manager's limit (WatchdogSec).
    """

    look: timedelta = timedelta(seconds=5)
    tick: timedelta = timedelta(seconds=60)
    wrong: timedelta = timedelta(seconds=180)
    computing: timedelta = timedelta(seconds=150)


class Watchdog:
    """Run by the main thread, which does nothing that could hang."""

    def __init__(
        self,
        progress: Progress,
        database: Database,
        manager: ServiceManager,
        patience: WatchdogLimits,
        marker: CrashMarker | None = None,
        pulse: Callable[[], None] | None = None,
    ) -> None:
        self._marker = marker
        self._pulse = pulse
        self._progress = progress
        self._database = database
        self._manager = manager
        self._patience = patience
        self._well_at = self._looked_at = time.monotonic()
        self._told: tuple[str, ...] = ()
        self._clocks: tuple[datetime, float] | None = None

    @property
    def look(self) -> timedelta:
        """How often to check: the manager expects at least two signs of life within its limit."""
        watchdog = self._manager.watchdog
        return min(self._patience.look, watchdog / 4) if watchdog else self._patience.look

    def wrong(self) -> tuple[str, ...]:
        """What the last check found, or that there has been none for too long; empty if process, ticks and database
        live. For other threads.
        """
        if time.monotonic() - self._looked_at > self._patience.wrong.total_seconds():
            return ("the watchdog does not look",)
        return self._told

    def check(self, late: Mapping[str, timedelta], status: str) -> None:
        """Report to the manager; end the process if something is wrong for too long. Raises DamagedStore.

        `late` says how late the next tick of each job is, `status` is a line for people.
        """
        self._forgive_a_pause()
        self._mark()
        self._database.check_in_place()
        lost = tuple(f"no tick of {job}" for job, by in late.items() if by > self._patience.tick)
        wrong = (
            *lost,
            *self._progress.overdue(),
            *(() if self._database.is_writable() else ("the database does not answer",)),
        )
        if not wrong:
            self._well_at = time.monotonic()
            self._manager.well(status)
            if self._pulse is not None:
                self._pulse()
        elif wrong != self._told:
            log.error("something hangs", what=list(wrong))
            self._manager.unwell(f"hangs: {'; '.join(wrong)}")
        self._told = wrong
        patience = self._patience.tick if lost else self._patience.wrong
        if time.monotonic() - self._well_at > patience.total_seconds():
            self._blame(is_work_to_blame=not lost and bool(self._progress.overdue()))
            _end(wrong)

    def _mark(self) -> None:
        """Note that a check took place. If none does, because some code computes without letting another thread run (a
        regular expression can), the system's timer ends the process: it counts processor time, so a pause does not
        count, and SIGPROF needs no interpreter (faulthandler leaves the trace).
        """
        if self._marker is not None and self._marker.trace is not None:
            self._marker.look()
            signal.setitimer(signal.ITIMER_PROF, self._patience.computing.total_seconds())

    def _blame(self, *, is_work_to_blame: bool) -> None:
        """The units that hang: they were already running when all was well for the last time, and still are."""
        if self._marker is not None and is_work_to_blame:
            self._marker.end(HANG, self._progress.at_work_since(self._well_at))

    def _forgive_a_pause(self) -> None:
        """Forget delays if this process was stopped, by a debugger or with the whole machine: then nobody else was
        late.
        """
        now = time.monotonic()
        if now - self._looked_at > PAUSE.total_seconds() + self._patience.look.total_seconds():
            self._well_at = now
        self._looked_at = now

    def forgive(self, overslept: timedelta) -> None:
        """Note how late the wait for the next check ended: in a process that was stopped, or frozen with its container,
        everything else was stopped as well.
        """
        if overslept > OVERSLEPT:
            self._well_at += overslept.total_seconds()

    def compare_clocks(self, now: datetime) -> None:
        """Log that the wall clock was set or the machine slept (rule D3): due times follow the wall clock."""
        elapsed = time.monotonic()
        if self._clocks is not None:
            wall, monotonic = self._clocks
            drift = now - wall - timedelta(seconds=elapsed - monotonic)
            if is_jump(drift):
                log.warning("the clock was set, or the machine slept", seconds=round(drift.total_seconds()))
        self._clocks = now, elapsed


def _end(wrong: tuple[str, ...]) -> None:
    """End the process: there is no other way to end a hanging thread. The log gets the stack of each thread."""
    log.critical("service hangs, restarting", because=list(wrong))
    logging.shutdown()
    faulthandler.dump_traceback(sys.stderr)
    os._exit(1)
