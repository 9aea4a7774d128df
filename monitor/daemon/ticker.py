"""Runs jobs by name, each at its own interval and never twice at the same time. The only importer of apscheduler.

The database says what is due, and since when (rules D1, D4): a tick only looks. So the scheduler stores
nothing, and three of its habits are worked around here, in one place:

- Its interval trigger steps through every missed tick: after a clock jumped ahead by a year, this takes
  minutes and gigabytes of memory. `Every` fires once and goes on from now.
- It compares wall-clock times: after a clock was set back, all ticks would stop until it has caught up.
  `correct` brings them back.
- A job that raises would end silently. `run` catches everything, and gives a job that fails a rest (rule D5).
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from monitor.errors import DamagedStore
from monitor.log import logger
from monitor.policy.retry import rest_after

log = logger(__name__)

TICK = timedelta(seconds=2)
SLOWER = {"maintain": timedelta(hours=1), "notes": timedelta(minutes=1)}
"""The intervals of jobs that do not need to look so often."""

Job = Callable[[], None]


def interval_of(job: str) -> timedelta:
    """The time between two ticks of the job of this name."""
    return SLOWER.get(job, TICK)


class Every(BaseTrigger):  # type: ignore[misc]  # the library has no types
    """Fires once after the interval, however many ticks were missed."""

    def __init__(self, span: timedelta) -> None:
        self._span = span

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return now if previous_fire_time is None else now + self._span


class Ticker:
    """The jobs of one process, by name. `now` gives the time of the wall clock; `running` is entered while the job of
    that name runs. `stopping` is set once nothing new is to begin.
    """

    def __init__(
        self,
        jobs: Mapping[str, Job],
        now: Callable[[], datetime],
        running: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext(),
        stopping: threading.Event | None = None,
    ) -> None:
        self._jobs = jobs
        self._now = now
        self._running = running
        self._locks = {name: threading.Lock() for name in jobs}
        self._failures = dict.fromkeys(jobs, 0)
        self._paused_until = dict.fromkeys(jobs, 0.0)
        self._ticked = dict.fromkeys(jobs, 0.0)
        self._stopping = stopping or threading.Event()
        self.scheduler: BackgroundScheduler | None = None
        self.damage: DamagedStore | None = None
        """The damage that a job found in the database; nothing may be written after that."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._jobs)

    def lock(self, name: str) -> threading.Lock:
        """Held while the job of that name runs."""
        return self._locks[name]

    def start(self) -> None:
        """Start ticking, in threads of the scheduler."""
        self._ticked = dict.fromkeys(self._jobs, time.monotonic())
        self.scheduler = scheduler_of(self._jobs, self.run, self._now())
        self.scheduler.start()

    def run(self, name: str) -> None:
        """Run one job now, unless it runs already, rests after a failure, or everything is being stopped."""
        self._ticked[name] = time.monotonic()
        if not self._locks[name].acquire(blocking=False):
            return  # `stop` holds it for good
        try:
            if not self._stopping.is_set() and time.monotonic() >= self._paused_until[name]:
                with self._running(name):
                    self._jobs[name]()
                self._failures[name] = 0
        except DamagedStore as error:
            self.damage = error  # any further write would make it worse: the main thread ends the process
        except Exception:
            self._failures[name] += 1
            pause = rest_after(self._failures[name])
            self._paused_until[name] = time.monotonic() + pause.total_seconds()
            log.exception("job failed", job=name, again_in_seconds=pause.total_seconds())
        finally:
            self._ticked[name] = time.monotonic()
            self._locks[name].release()

    def correct(self) -> None:
        """Move ticks back that are far ahead because the clock was set back."""
        if self.scheduler is None:
            return
        now = self._now()
        for name in self._jobs:
            found = self.scheduler.get_job(name)
            if found is not None and found.next_run_time > now + interval_of(name) + TICK:
                log.warning("the clock was set back", job=name, by=str(found.next_run_time - now))
                found.modify(next_run_time=now)

    def hasten(self, name: str) -> None:
        """Let a job tick now, because there is something for it. If it runs just now, its next tick comes in time."""
        found = self.scheduler.get_job(name) if self.scheduler is not None else None
        if found is not None and not self._stopping.is_set():
            found.modify(next_run_time=self._now())

    def late(self) -> dict[str, timedelta]:
        """How late the next tick of each job is; a job that is running is not late."""
        now = time.monotonic()
        return {
            name: timedelta(seconds=now - self._ticked[name]) - interval_of(name)
            for name, lock in self._locks.items()
            if not lock.locked()
        }

    def stop(self, grace: timedelta) -> bool:
        """Start nothing new and wait for running jobs. Returns whether all of them ended in time."""
        self._stopping.set()
        if self.scheduler is not None:
            self.scheduler.shutdown(wait=False)
        deadline = time.monotonic() + grace.total_seconds()
        ended = [lock.acquire(timeout=max(0, deadline - time.monotonic())) for lock in self._locks.values()]
        return all(ended)  # try each lock, even if the one before was not free


def scheduler_of(names: Collection[str], run: Callable[[str], None], now: datetime) -> BackgroundScheduler:
    """A scheduler with interval ticks in memory only; the first tick of each job is immediate."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(len(names))},
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        timezone=UTC,
    )
    for name in names:
        scheduler.add_job(run, Every(interval_of(name)), args=[name], id=name, next_run_time=now)
    return scheduler
