"""The service: eleven jobs on a tick, signals, requests of commands, a reload that is all or nothing, a clean stop.

The database says when something is due; a tick only asks.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from monitor.config import Settings
from monitor.daemon.allocator import give_memory_back, share_arenas
from monitor.daemon.build import adopt, opened, rebuilt
from monitor.daemon.crash_marker import CrashMarker
from monitor.daemon.disk_space import NO_SPACE, DiskSpace
from monitor.daemon.endpoint import opened_endpoint
from monitor.daemon.heartbeat import Heartbeat
from monitor.daemon.interruptible import Result, until_set
from monitor.daemon.last_exit import review_last_exit
from monitor.daemon.leaving import EXIT_DAMAGED, leave_if_moved, leave_to_another
from monitor.daemon.page_process import PageProcess
from monitor.daemon.page_rounds import PageRounds
from monitor.daemon.reload import for_log, in_place, refused, reloaded
from monitor.daemon.requests import Context, outcome_of
from monitor.daemon.service_manager import ServiceManager
from monitor.daemon.signals import Signals, block_signals
from monitor.daemon.ticker import Ticker
from monitor.daemon.watchdog import Watchdog, WatchdogLimits
from monitor.errors import AlreadyRunning, DamagedStore, NewsMonitorError
from monitor.health.status import Status, status_of
from monitor.jobs import Jobs
from monitor.jobs.publish_gate import PublishGate
from monitor.jobs.publisher import EDITION_LIMIT
from monitor.log import logger
from monitor.model.clock import Clock
from monitor.model.note import NoteKind
from monitor.model.requests import Outcome, RequestKind, StoredRequest
from monitor.progress import Progress
from monitor.store.lock import beat
from monitor.store.place import place_of

log = logger(__name__)

IDLE = timedelta(minutes=2)
"""How long a job may be busy between two steps; the gap between requests to one host comes on top."""

LONGEST_ROUND = timedelta(hours=1)
"""The longest round. With thousands of feeds one is always due, so a round ends now and then to free its session."""

GRACE = timedelta(seconds=20)
"""How long SIGTERM waits for work in progress; systemd kills after 30 s (rule D20)."""

LEARN_EVERY = timedelta(minutes=5)
"""Between two portions of what is learned. To see that nothing is missing takes time, too (docs/performance.md)."""


Work = Callable[[StoredRequest], Outcome]


def run(
    settings: Settings, read_config: Callable[[], Settings], clock: Clock, patience: WatchdogLimits | None = None
) -> None:
    """Own polling and delivery until SIGTERM or SIGINT. Raises AlreadyRunning, StoreError.

    `read_config` reads the config again at SIGHUP.
    """
    share_arenas()
    block_signals()
    with place_of(settings.storage).ownership():
        owned_since = clock.now()
        marker = CrashMarker(settings.storage.folder)
        progress = Progress(witness=marker.write)
        with opened(settings, clock, is_matched=False, is_lasting=True, progress=progress) as jobs:
            review_last_exit(jobs.store, clock, marker, owned_since)
            Service(jobs, settings, read_config, patience, marker).run()


class Service:
    """Runs until a signal ends it. `ticker` runs the eleven jobs by their names."""

    def __init__(
        self,
        jobs: Jobs,
        settings: Settings,
        read_config: Callable[[], Settings],
        patience: WatchdogLimits | None = None,
        marker: CrashMarker | None = None,
        disk_space: DiskSpace | None = None,
    ) -> None:
        self._jobs, self._settings = jobs, settings
        self._matched: Jobs | None = None
        self._read_config = read_config
        self._stopping = threading.Event()
        self._publishing, self._reloading, self._pages = threading.Lock(), threading.Lock(), PageRounds()
        self._unanswered: dict[int, Outcome] = {}
        self._learns_at = 0.0
        ticking = {
            "refresh": self.refresh,
            "pages": self.read_pages,
            "publish": self.publish,
            "alert": self.alert,
            "deliver": self.deliver,
            "notes": self.notes,
            "maintain": self.maintain,
            "learn": self.learn,
            "index": self.index,
            "ping": self.ping,
            "reload": self.reload_if_asked,
        }
        self.ticker = Ticker(ticking, now=self._now, running=self._running, stopping=self._stopping)
        self._disk_space, self._heartbeat = disk_space or DiskSpace(), Heartbeat()
        self._gate = PublishGate(
            self.ticker.lock("refresh"),
            lambda now: self._jobs.poller.due(now),  # noqa: PLW0108 (of the running config)
            lambda: self._jobs.store.outages.current() is not None,
        )
        self._manager = ServiceManager()
        self._marker = marker
        self._watchdog = Watchdog(
            jobs.progress,
            jobs.store.database,
            self._manager,
            patience or WatchdogLimits(),
            marker,
            partial(beat, settings.storage.folder),
        )
        self._endpoint = opened_endpoint(settings.health, self.health, self._watchdog.wrong)
        self._page = PageProcess(settings)

    def run(self) -> None:
        self._note_config()  # refusals before this start are over
        self.ticker.start()
        self._page.start()
        log.info("started", feeds=len(self._settings.feeds), topics=len(self._settings.topics), process=os.getpid())
        self._manager.ready(self._status())
        self.stop(because=self._attended(Signals()))
        if (damage := self.ticker.damage) is not None:
            raise DamagedStore(f"{damage} {place_of(self._settings.storage).way_back()}") from damage

    def _attended(self, signals: Signals) -> str:
        """Supervise the service until a signal or damage ends it, and return the cause. Signals do not delay checks."""
        look_at = time.monotonic()
        while self.ticker.damage is None:
            began = time.monotonic()
            received = signals.wait(max(0.0, look_at - began))
            self._watchdog.forgive(timedelta(seconds=time.monotonic() - max(began, look_at)))
            if received == signal.SIGHUP:
                self.reload()
            elif received is not None:
                return received.name
            if time.monotonic() >= look_at:
                self._look_after()
                look_at = time.monotonic() + self._watchdog.look.total_seconds()
        return "damage"

    @property
    def jobs(self) -> Jobs:
        """The jobs of the running config."""
        return self._jobs

    def reload(self) -> Outcome:
        """Apply a valid config completely, or keep the running one and report what is wrong (rule D21)."""
        with self._reloading:  # a signal and a command may come at once
            self._manager.reloading()
            outcome = self._take_over()
            self._manager.ready(self._status())
        return outcome

    def reload_if_asked(self) -> None:
        jobs = self._jobs
        self._answer_all(RequestKind.RELOAD, jobs, partial(self._done, jobs))

    def _take_over(self) -> Outcome:
        old, running = self._jobs, self._settings
        try:
            settings = in_place(running, self._read_config())
            jobs = rebuilt(settings, old)
            adopt(settings, old.store, self._now())
        except NewsMonitorError as error:
            log.error("config refused, the old config stays in use", reason=str(error))  # noqa: TRY400 (a person's mistake)
            self._note_config(str(error))
            return refused(running.path, error)
        except Exception as error:
            log.exception("config not applied, the old config stays in use")
            return refused(running.path, error)
        self._jobs, self._settings = jobs, settings
        if self._endpoint:
            self._endpoint.allow(settings.health.hosts)
        self._note_config()
        outcome = reloaded(running, settings)
        log.info("config reloaded", feeds=len(settings.feeds), topics=len(settings.topics), **for_log(outcome))
        return outcome

    def _note_config(self, reason: str = "") -> None:
        """Note for the operator why the config was refused, or that it no longer is."""
        found = {reason: f"A new config was refused, and the old config stays in use: {reason}"} if reason else {}
        try:
            self._jobs.store.notes.sync(NoteKind.CONFIG, found, self._now())
        except NewsMonitorError as error:
            log.warning("not noted", reason=str(error))

    def refresh(self) -> None:
        jobs = self._jobs
        if not self._has_space(jobs):
            self._answer_all(RequestKind.POLL, jobs, lambda _: {"error": NO_SPACE})
            return
        if jobs is not self._matched:
            with self._pages.alone:
                jobs.rematcher.run(self._stopping.is_set)
                self._matched = jobs
        jobs.rematcher.retry_set_aside(self._stopping.is_set)
        self._answer_all(RequestKind.POLL, jobs, partial(self._done, jobs))
        self._answer_all(RequestKind.FORGET, jobs, partial(self._sent, jobs))  # beside no poll and no edition
        ends_at = time.monotonic() + LONGEST_ROUND.total_seconds()
        self._until_stopped(jobs.poller.run(is_over=partial(self._is_round_over, jobs, ends_at)))

    def _is_round_over(self, jobs: Jobs, ends_at: float) -> bool:
        """Whether a round of polls should end: because of its time, a new config, a waiting command, or a
        full disk.
        """
        if time.monotonic() >= ends_at:
            return True
        waiting = any(jobs.store.requests.open(kind) for kind in (RequestKind.POLL, RequestKind.FORGET))
        return waiting or jobs is not self._jobs or not self._has_space(jobs)

    def _has_space(self, jobs: Jobs) -> bool:
        return self._disk_space.has_space(jobs.store, self._now())

    def read_pages(self) -> None:
        jobs = self._jobs
        if self._has_space(jobs):
            self._pages.run(jobs, lambda: self._matched is jobs is self._jobs, self._until_stopped)

    def publish(self) -> None:
        self._alone(lambda: self._jobs.publisher.run(self._gate))

    def alert(self) -> None:
        jobs, queued = self._jobs, list[int]()
        if jobs is self._matched:  # before that, it would look at matches that are about to change
            self._alone(lambda: queued.append(jobs.alerter.run()))
        if any(queued):
            self.ticker.hasten("deliver")

    def _alone(self, work: Callable[[], None]) -> None:
        """Group and publish beside no other edition or alert; else the next tick will do."""
        if self._publishing.acquire(blocking=False):
            try:
                work()
            finally:
                self._publishing.release()

    def deliver(self) -> None:
        jobs = self._jobs
        jobs.outbox.run(self._stopping.is_set)
        for kind in (RequestKind.SEND, RequestKind.RELEASE):
            self._answer_all(kind, jobs, partial(self._sent, jobs))
        for kind in (RequestKind.RETRY, RequestKind.RESEND, RequestKind.CANCEL):
            self._answer_all(kind, jobs, partial(self._done, jobs))

    def notes(self) -> None:
        self._jobs.operator_notes.run()

    def maintain(self) -> None:
        self._jobs.keeper.run(self._publishing)

    def learn(self) -> None:
        """Do what a command asked for at once, and now and then a portion of what is missing."""
        jobs = self._jobs
        if jobs is not self._matched:
            return  # before that, it would learn from matches that are about to change
        self._answer_all(RequestKind.LEARN, jobs, partial(self._done, jobs))
        if time.monotonic() >= self._learns_at:
            jobs.learner.run(self._stopping.is_set)
            self._learns_at = time.monotonic() + LEARN_EVERY.total_seconds()

    def index(self) -> None:
        """Index what is new, and some of what was there before."""
        jobs = self._jobs
        self._answer_all(RequestKind.REINDEX, jobs, partial(self._done, jobs))
        if self._has_space(jobs) and jobs.indexer.run(self._stopping.is_set):
            jobs.indexer.tidy()

    def ping(self) -> None:
        if url := self._settings.health.ping_url:
            self._heartbeat.tell(self._jobs.store, self._jobs.poller.fetcher, url, self._now())

    def health(self) -> Status:
        """The status, including what hangs. Raises StoreError."""
        jobs = self._jobs
        return status_of(self._settings, jobs.store, self._now(), jobs.progress.overdue())

    def _answer_all(self, kind: RequestKind, jobs: Jobs, work: Work) -> None:
        """Carry out the requests of commands, each once, and store the outcome, even if that takes several tries."""
        for request in jobs.store.requests.open(kind):
            if request.id not in self._unanswered:
                self._unanswered[request.id] = work(request)
            jobs.store.requests.answer(request, self._unanswered[request.id], self._now())
            del self._unanswered[request.id]

    def _done(self, jobs: Jobs, request: StoredRequest) -> Outcome:
        context = Context(jobs=jobs, is_stopping=self._stopping.is_set, run=self._run, reload=self.reload)
        return outcome_of(context, request)

    def _sent(self, jobs: Jobs, request: StoredRequest) -> Outcome:
        """Like `_done`, but never at the same time as another edition."""
        with jobs.progress.step("wait for an edition", EDITION_LIMIT):
            self._publishing.acquire()
        try:
            return self._done(jobs, request)
        finally:
            self._publishing.release()

    def _run(self, work: Coroutine[Any, Any, Outcome]) -> Outcome:
        outcome = self._until_stopped(work)
        if outcome is None:
            raise NewsMonitorError("The daemon is being stopped.")
        return outcome

    def _look_after(self) -> None:
        self.ticker.correct()
        give_memory_back()
        self._watchdog.compare_clocks(self._now())
        try:
            self._watchdog.check(self.ticker.late(), self._status())
        except DamagedStore as error:
            self.ticker.damage = error
        except AlreadyRunning as error:
            leave_to_another(error)

    def _running(self, job: str) -> AbstractContextManager[None]:
        return self._jobs.progress.job(job, IDLE + self._settings.polling.host_gap)

    def _status(self) -> str:
        running = self._jobs.progress.running()
        at_work = f"; now: {running[0]}{' …' if running[1:] else ''}" if running else ""
        return f"{len(self._settings.feeds)} feeds, {len(self._settings.topics)} topics{at_work}"

    def _until_stopped(self, work: Coroutine[Any, Any, Result]) -> Result | None:
        """The result of asynchronous work, or None if the daemon stops before the work is done."""
        return until_set(self._stopping, work)

    def stop(self, *, because: str = "") -> None:
        """Start nothing new, let work in progress finish, and exit (rule D20).

        A server's final reply may take minutes. If it does not come in time, its message stays in the state
        `sending`, which is the declared window of rule D8.
        """
        log.info("stopping", because=because)
        self._manager.stopping()
        self._page.stop()
        if self._endpoint:
            self._endpoint.close()
        has_ended = self.ticker.stop(GRACE)
        leave_if_moved(self._jobs.store.database, self._settings.storage, self._now())
        if not has_ended:
            damage = self.ticker.damage
            log.warning("stopped while work was in progress", damage=str(damage or ""))
            if self._marker is not None:
                # if the kernel kills this process from now on, that is not its fault: it was asked to stop
                self._marker.end("", ())
            os._exit(EXIT_DAMAGED if damage else 0)  # there is no other way to end a thread that waits for a server
        try:
            self._jobs.outbox.settle()
            self._jobs.store.database.checkpoint()
        except NewsMonitorError as error:
            log.warning("not all outcomes could be written", reason=str(error))
        log.info("stopped")

    def _now(self) -> datetime:
        return self._jobs.clock.now()
