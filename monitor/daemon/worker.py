"""A worker: it polls or delivers beside the process that leads, on a database that several share (docs/scale.md).

It decides nothing that the leader decides: it publishes nothing, keeps nothing, and changes no schema. What is due is
in the tables, so it may die at any line.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from monitor.config import Settings
from monitor.daemon.allocator import give_memory_back
from monitor.daemon.crash_marker import CrashMarker
from monitor.daemon.interruptible import until_set
from monitor.daemon.makers import fingerprints_of
from monitor.daemon.service_manager import ServiceManager
from monitor.daemon.signals import Signals
from monitor.daemon.ticker import Ticker
from monitor.daemon.watchdog import Watchdog, WatchdogLimits
from monitor.errors import DamagedStore, NewsMonitorError, NotOurTurn
from monitor.jobs.membership import Membership, topics_hash
from monitor.jobs.outbox import Outbox
from monitor.jobs.poller import Poller
from monitor.log import logger
from monitor.model.clock import Clock
from monitor.model.worker import Duty
from monitor.progress import Progress
from monitor.store import Store
from monitor.store.lock import beat

log = logger(__name__)

IDLE = timedelta(minutes=2)
"""How long a job may be busy between two steps; the gap between requests to one host comes on top."""

LONGEST_ROUND = timedelta(hours=1)

GRACE = timedelta(seconds=20)
"""How long SIGTERM waits for work in progress; systemd kills after 30 s (rule D20)."""

MakeJobs = Callable[[Settings], tuple[Poller, Outbox]]


class Worker:
    """Runs until a signal ends it. `make_jobs` makes its two jobs by a config, `folder` is its own."""

    def __init__(
        self,
        settings: Settings,
        read_config: Callable[[], Settings],
        make_jobs: MakeJobs,
        membership: Membership,
        duties: Collection[Duty],
        store: Store,
        progress: Progress,
        clock: Clock,
        marker: CrashMarker,
        folder: Path,
    ) -> None:
        self._settings, self._read_config, self._make_jobs = settings, read_config, make_jobs
        self._poller, self._outbox = make_jobs(settings)
        self._membership, self._duties = membership, sorted(duties)
        self._progress, self._clock = progress, clock
        self._stopping = threading.Event()
        self._followed = ""
        jobs = {Duty.POLL: self.poll, Duty.DELIVER: self.deliver}
        ticking = {str(duty): jobs[duty] for duty in self._duties}
        self.ticker = Ticker(ticking, now=clock.now, running=self._running, stopping=self._stopping)
        self._manager = ServiceManager()
        self._watchdog = Watchdog(
            progress, store.database, self._manager, WatchdogLimits(), marker, partial(beat, folder)
        )

    def run(self, signals: Signals) -> None:
        """Raises DamagedStore."""
        self.ticker.start()
        log.info("started", duties=self._duties, feeds=len(self._settings.feeds), process=os.getpid())
        self._manager.ready(self._status())
        self._stop(because=self._attended(signals))
        if self.ticker.damage is not None:
            raise self.ticker.damage

    def _attended(self, signals: Signals) -> str:
        """Supervise the worker until a signal or damage ends it, and return the cause."""
        look_at = time.monotonic()
        while self.ticker.damage is None:
            began = time.monotonic()
            received = signals.wait(max(0.0, look_at - began))
            self._watchdog.forgive(timedelta(seconds=time.monotonic() - max(began, look_at)))
            if received == signal.SIGHUP:
                self._manager.reloading()
                self._reload()
                self._manager.ready(self._status())
            elif received is not None:
                return received.name
            if time.monotonic() >= look_at:
                self._look_after()
                look_at = time.monotonic() + self._watchdog.look.total_seconds()
        return "damage"

    def _look_after(self) -> None:
        self.ticker.correct()
        give_memory_back()
        self._watchdog.compare_clocks(self._now())
        try:
            self._watchdog.check(self.ticker.late(), self._status())
        except DamagedStore as error:
            self.ticker.damage = error

    def poll(self) -> None:
        """Poll what is due, while the leader matches by the same topics."""
        if not self._follows():
            return
        poller, ends_at = self._poller, time.monotonic() + LONGEST_ROUND.total_seconds()

        def is_over() -> bool:
            return poller is not self._poller or not self._membership.may_poll or time.monotonic() >= ends_at

        try:
            until_set(self._stopping, poller.run(is_over=is_over))
        except NotOurTurn as error:
            log.info("a round of polls ended", reason=str(error))

    def deliver(self) -> None:
        self._outbox.run(self._stopping.is_set)

    def _follows(self) -> bool:
        """Whether the topics are those of the leader. If it has others, the config is read again, once for each."""
        agreed, membership = self._membership.pulse.topics, self._membership
        if not membership.may_poll and agreed not in ("", self._followed):
            self._followed = agreed
            self._reload()
            if not membership.may_poll:
                log.error("not polling: the process that leads has other topics in its config")
        return membership.may_poll

    def _reload(self) -> None:
        """Apply the config as it is now, or keep the running one and report what is wrong (rule D21)."""
        try:
            settings = self._read_config()
            poller, outbox = self._make_jobs(settings)
        except NewsMonitorError as error:
            log.error("config refused, the old config stays in use", reason=str(error))  # noqa: TRY400 (a person's mistake)
            return
        outbox = replace(outbox, unsettled=self._outbox.unsettled)
        self._settings, self._poller, self._outbox = settings, poller, outbox
        self._membership.topics = topics_hash(fingerprints_of(settings))
        log.info("config reloaded", feeds=len(settings.feeds), topics=len(settings.topics))

    def _running(self, job: str) -> AbstractContextManager[None]:
        return self._progress.job(job, IDLE + self._settings.polling.host_gap)

    def _status(self) -> str:
        running = self._progress.running()
        at_work = f"; now: {running[0]}{' …' if running[1:] else ''}" if running else ""
        return f"{', '.join(self._duties)}{at_work}"

    def _stop(self, *, because: str) -> None:
        """Start nothing new and let work in progress finish (rule D20)."""
        log.info("stopping", because=because)
        self._manager.stopping()
        if not self.ticker.stop(GRACE):
            log.warning("stopped while work was in progress")
            os._exit(0)  # there is no other way to end a thread that waits for a server; others take what it had
        try:
            self._outbox.settle()
        except NewsMonitorError as error:
            log.warning("not all outcomes could be written", reason=str(error))
        log.info("stopped")

    def _now(self) -> datetime:
        return self._clock.now()
