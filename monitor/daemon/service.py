"""The service: six jobs on a tick, signals, requests of commands, a reload that is all or nothing, a clean stop.

When something is due stands in the database, not here: a tick only asks.
"""

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.config import Settings
from monitor.daemon.allocator import give_memory_back, share_arenas
from monitor.daemon.build import adopt, build, opened
from monitor.daemon.crash_marker import CrashMarker
from monitor.daemon.disk_space import NO_SPACE, DiskSpace
from monitor.daemon.endpoint import Endpoint
from monitor.daemon.heartbeat import Heartbeat
from monitor.daemon.last_exit import review_last_exit
from monitor.daemon.requests import (
    Payload,
    cancel_request,
    outcome_of,
    poll_request,
    resend_request,
    retry_request,
    send_request,
)
from monitor.daemon.service_manager import ServiceManager
from monitor.daemon.signals import Signals, block_signals
from monitor.daemon.ticks import TICK, Every, interval_of
from monitor.daemon.upgrade import way_back
from monitor.daemon.watchdog import Watchdog, WatchdogLimits
from monitor.errors import DamagedStore, NewsMonitorError, UsageError
from monitor.health.status import Status, status_of
from monitor.jobs import (
    EDITION_LIMIT,
    PublishGate,
    Stages,
    Unsettled,
    deliver_due,
    maintain_due,
    notes_due,
    publish_due,
    refresh_due,
    rematch,
    rest_after,
    settle,
    take_up,
)
from monitor.model.clock import Clock
from monitor.model.note import NoteKind
from monitor.model.requests import Request, RequestKind
from monitor.progress import Progress
from monitor.store.lock import ownership

log = structlog.get_logger(__name__)

IDLE = timedelta(minutes=2)
"""How long a job may be busy between two steps; the gap between requests to one host comes on top."""

LONGEST_ROUND = timedelta(hours=1)
"""With thousands of feeds one is always due: now and then a round ends, and what its session remembers with it."""

GRACE = timedelta(seconds=20)
"""How long SIGTERM waits for what is in flight; systemd kills after 30 s (rule D20)."""

EXIT_DAMAGED = 3
STOP_CHECK_SECONDS = 0.2

Result = TypeVar("Result")
Job = Callable[[], None]


def run(
    settings: Settings, read_config: Callable[[], Settings], clock: Clock, patience: WatchdogLimits | None = None
) -> None:
    """Own polling and delivery until SIGTERM or SIGINT. Raises AlreadyRunning, StoreError.

    `read_config` reads the config anew for SIGHUP.
    """
    share_arenas()
    block_signals()
    with ownership(settings.storage.folder):
        owned_since = clock.now()
        marker = CrashMarker(settings.storage.folder)
        progress = Progress(witness=marker.write)
        with opened(settings, clock, is_matched=False, progress=progress) as stages:
            review_last_exit(stages, marker, owned_since)
            Service(stages, settings, read_config, patience, marker).run()


class Service:
    """Ticks until a signal ends it."""

    def __init__(
        self,
        stages: Stages,
        settings: Settings,
        read_config: Callable[[], Settings],
        patience: WatchdogLimits | None = None,
        marker: CrashMarker | None = None,
    ) -> None:
        self._stages = stages
        self._matched: Stages | None = None
        self._settings = settings
        self._read_config = read_config
        self._stopping = threading.Event()
        self._publishing = threading.Lock()
        self._unsettled: Unsettled = []
        self._unanswered: dict[int, Payload] = {}
        jobs = (self.refresh, self.publish, self.deliver, self.notes, self.maintain, self.ping)
        self._jobs = {job: threading.Lock() for job in jobs}
        self._failures = dict.fromkeys(self._jobs, 0)
        self._paused_until, self._ticked = dict.fromkeys(self._jobs, 0.0), dict.fromkeys(self._jobs, 0.0)
        self._disk_space, self._switch = DiskSpace(), Heartbeat()
        self._waits = PublishGate(self._jobs[self.refresh])
        self._endpoint = self._opened_endpoint()
        self._damage: DamagedStore | None = None
        self._manager = ServiceManager()
        self._marker = marker
        self._watchdog = Watchdog(
            stages.progress, stages.store.database, self._manager, patience or WatchdogLimits(), marker
        )

    def run(self) -> None:
        self._note_config()  # what was refused before this start is over
        scheduler = self._scheduler()
        self._ticked = dict.fromkeys(self._jobs, time.monotonic())
        scheduler.start()
        log.info("started", feeds=len(self._stages.feeds), topics=len(self._stages.topics), process=os.getpid())
        self._manager.ready(self._status())
        self._stop(scheduler, because=self._attended(scheduler, Signals()))
        if self._damage is not None:
            raise DamagedStore(f"{self._damage} {way_back(self._settings.storage)}") from self._damage

    def _attended(self, scheduler: BackgroundScheduler, signals: Signals) -> str:
        """Look after everything until a signal or damage ends it; which of them. Signals put off no look."""
        look_at = time.monotonic()
        while self._damage is None:
            began = time.monotonic()
            received = signals.wait(max(0.0, look_at - began))
            self._watchdog.forgive(timedelta(seconds=time.monotonic() - max(began, look_at)))
            if received == signal.SIGHUP:
                self.reload()
            elif received is not None:
                return received.name
            if time.monotonic() >= look_at:
                self._look_after(scheduler)
                look_at = time.monotonic() + self._watchdog.look.total_seconds()
        return "damage"

    def reload(self) -> None:
        """Take over a valid config whole, or keep the one that runs and say what is wrong (rule D21)."""
        self._manager.reloading()
        self._take_over()
        self._manager.ready(self._status())

    def _take_over(self) -> None:
        old = self._stages
        try:
            settings = self._in_place(self._read_config())
            stages = build(settings, old.store, old.parsers, old.clock, old.chance, old.progress)
            adopt(settings, old.store, self._now())
        except NewsMonitorError as error:
            log.error("config refused, the old one stays", reason=str(error))  # noqa: TRY400 (a person's mistake)
            self._note_config(str(error))
        except Exception:
            log.exception("config not taken over, the old one stays")
        else:
            self._stages, self._settings = stages, settings
            self._note_config()
            log.info("config reloaded", feeds=len(settings.feeds), topics=len(settings.topics))

    def _note_config(self, refused: str = "") -> None:
        """For the operator: why the config was refused, or that it no longer is."""
        found = {refused: f"A new config was refused, and the old one stays: {refused}"} if refused else {}
        try:
            self._stages.store.notes.sync(NoteKind.CONFIG, found, self._now())
        except NewsMonitorError as error:
            log.warning("not noted", reason=str(error))

    def _in_place(self, settings: Settings) -> Settings:
        """The settings, if they are about the data that is open. Raises UsageError."""
        place, other = self._settings.storage, settings.storage
        if (place.folder, place.database_url) != (other.folder, other.database_url):
            raise UsageError("[storage] names another folder or database, which needs a restart.")
        if self._settings.health.listen != settings.health.listen:
            raise UsageError("[health] listens elsewhere, which needs a restart.")
        return settings

    def refresh(self) -> None:
        stages = self._stages
        if not self._disk_space.has_space(stages):
            for request in stages.store.requests.open(RequestKind.POLL):
                self._answer(request, _refused)
            return
        if stages is not self._matched:
            rematch(stages, self._stopping.is_set)
            self._matched = stages
        take_up(stages, self._stopping.is_set)
        for request in stages.store.requests.open(RequestKind.POLL):
            self._answer(request, partial(self._poll, stages))
        ends_at = time.monotonic() + LONGEST_ROUND.total_seconds()
        self._until_stopped(refresh_due(stages, is_over=partial(self._is_round_over, stages, ends_at)))

    def _is_round_over(self, stages: Stages, ends_at: float) -> bool:
        """Whether a round of polls should come to its end: for its time, a new config, a command that waits, or a
        full disk.
        """
        if time.monotonic() >= ends_at:
            return True
        is_waited_for = stages is not self._stages or bool(stages.store.requests.open(RequestKind.POLL))
        return is_waited_for or not self._disk_space.has_space(stages)

    def publish(self) -> None:
        if self._publishing.acquire(blocking=False):  # else a command has an edition made, and the next tick will do
            try:
                publish_due(self._stages, self._waits)
            finally:
                self._publishing.release()

    def deliver(self) -> None:
        stages = self._stages
        deliver_due(stages, self._unsettled, self._stopping.is_set)
        for request in stages.store.requests.open(RequestKind.SEND):
            with stages.progress.step("wait for an edition", EDITION_LIMIT):
                self._publishing.acquire()
            try:
                self._answer(request, partial(self._send, stages))
            finally:
                self._publishing.release()
        for kind, work in ((RequestKind.RETRY, retry_request), (RequestKind.RESEND, resend_request)):
            again = partial(work, stages, unsettled=self._unsettled, is_stopping=self._stopping.is_set)
            for request in stages.store.requests.open(kind):
                self._answer(request, again)
        for request in stages.store.requests.open(RequestKind.CANCEL):
            self._answer(request, partial(cancel_request, stages))

    def notes(self) -> None:
        notes_due(self._stages)

    def maintain(self) -> None:
        maintain_due(self._stages)

    def ping(self) -> None:
        if self._settings.health.ping_url:
            self._switch.tell(self._stages, self._settings.health.ping_url)

    def health(self) -> Status:
        """How things are, and what hangs. Raises StoreError."""
        stages = self._stages
        return status_of(self._settings, stages.store, self._now(), stages.progress.overdue())

    def _opened_endpoint(self) -> Endpoint | None:
        """The page for machines. That it cannot be had is no reason to send no mail."""
        listen = self._settings.health.listen
        try:
            return Endpoint(self._settings.health.address, self.health) if listen else None
        except OSError as error:
            log.error("no health page", address=listen, reason=error.strerror)  # noqa: TRY400 (a person's mistake)
            return None

    def _poll(self, stages: Stages, payload: Payload) -> Payload:
        outcome = self._until_stopped(poll_request(stages, payload))
        if outcome is None:
            raise NewsMonitorError("The daemon is being stopped.")
        return outcome

    def _send(self, stages: Stages, payload: Payload) -> Payload:
        return send_request(stages, payload, self._unsettled, self._stopping.is_set)

    def _answer(self, request: Request, work: Callable[[Payload], Payload]) -> None:
        """Do what a command asks, once, and leave the outcome, even if it takes several tries to store it."""
        if request.id not in self._unanswered:
            self._unanswered[request.id] = outcome_of(request, work)
        self._stages.store.requests.answer(request, self._unanswered[request.id], self._now())
        del self._unanswered[request.id]

    def _scheduler(self) -> BackgroundScheduler:
        """Interval ticks in memory alone: what is due, and since when, stands in the database (rules D1, D4)."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(len(self._jobs))},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
            timezone=UTC,
        )
        for job in self._jobs:
            scheduler.add_job(
                self._tick, Every(interval_of(job.__name__)), args=[job], id=job.__name__, next_run_time=self._now()
            )
        return scheduler

    def _look_after(self, scheduler: BackgroundScheduler) -> None:
        self._mend(scheduler)
        give_memory_back()
        self._watchdog.compare_clocks(self._now())
        try:
            self._watchdog.check(self._late(), self._status())
        except DamagedStore as error:
            self._damage = error

    def _mend(self, scheduler: BackgroundScheduler) -> None:
        """Bring ticks back that a clock set back has put far ahead: the scheduler compares times of the wall clock."""
        now = self._now()
        for job in self._jobs:
            found = scheduler.get_job(job.__name__)
            if found is not None and found.next_run_time > now + interval_of(job.__name__) + TICK:
                log.warning("the clock was set back", job=job.__name__, by=str(found.next_run_time - now))
                found.modify(next_run_time=now)

    def _late(self) -> dict[str, timedelta]:
        """How much later than it should the next tick of each job is; one that is at work owes none."""
        now = time.monotonic()
        return {
            job.__name__: timedelta(seconds=now - self._ticked[job]) - interval_of(job.__name__)
            for job, lock in self._jobs.items()
            if not lock.locked()
        }

    def _status(self) -> str:
        running = self._stages.progress.running()
        at_work = f"; now: {running[0]}{' …' if running[1:] else ''}" if running else ""
        return f"{len(self._stages.feeds)} feeds, {len(self._stages.topics)} topics{at_work}"

    def _tick(self, job: Job) -> None:
        """Run one job; an exception must never reach the scheduler, which would die of it silently (D5)."""
        self._ticked[job] = time.monotonic()
        if not self._jobs[job].acquire(blocking=False):
            return  # held by `_stop`, for good
        try:
            if not self._stopping.is_set() and time.monotonic() >= self._paused_until[job]:
                with self._stages.progress.job(job.__name__, IDLE + self._stages.polling.host_gap):
                    job()
                self._failures[job] = 0
        except DamagedStore as error:
            self._damage = error  # whatever is written now makes it worse: the main thread ends the process
        except Exception:
            self._failures[job] += 1
            pause = rest_after(self._failures[job])
            self._paused_until[job] = time.monotonic() + pause.total_seconds()
            log.exception("job failed", job=job.__name__, again_in_seconds=pause.total_seconds())
        finally:
            self._ticked[job] = time.monotonic()
            self._jobs[job].release()

    def _until_stopped(self, work: Coroutine[Any, Any, Result]) -> Result | None:
        """The result of asynchronous work, or None if the daemon stops before it is done."""

        async def watched() -> Result | None:
            task = asyncio.ensure_future(work)
            while not task.done() and not self._stopping.is_set():
                await asyncio.wait([task], timeout=STOP_CHECK_SECONDS)
            if not task.done():
                task.cancel()
                await asyncio.wait([task])
            return None if task.cancelled() else task.result()

        return asyncio.run(watched())

    def _stop(self, scheduler: BackgroundScheduler, *, because: str = "") -> None:
        """Start nothing new, let what is in flight finish, leave (rule D20).

        A server's final reply may take minutes. One that does not come in time leaves its message in
        the state `sending`, which is the declared window of rule D8.
        """
        log.info("stopping", because=because)
        self._manager.stopping()
        if self._endpoint:
            self._endpoint.close()
        self._stopping.set()
        scheduler.shutdown(wait=False)
        deadline = time.monotonic() + GRACE.total_seconds()
        done = [lock.acquire(timeout=max(0, deadline - time.monotonic())) for lock in self._jobs.values()]
        if not all(done):
            log.warning("stopped in the middle of something", damage=str(self._damage or ""))
            if self._marker is not None:
                self._marker.end("", ())  # whatever the kernel kills from now on, this process was asked to stop
            os._exit(EXIT_DAMAGED if self._damage else 0)  # a thread that waits for a server cannot be ended otherwise
        try:
            settle(self._stages, self._unsettled)
            self._stages.store.database.checkpoint()
        except NewsMonitorError as error:
            log.warning("not all could be written", reason=str(error))
        log.info("stopped")

    def _now(self) -> datetime:
        return self._stages.clock.now()


def _refused(_wish: Payload) -> Payload:
    raise NewsMonitorError(NO_SPACE)
