"""The daemon, and how its parts are put together: the composition root.

Builds the stages from the settings, ticks the four jobs, listens to signals, and serves the
wishes of commands beside it. When something is due stands in the database, not here: a tick only
asks. This module and `cli` are the only ones that read the clock.
"""

import asyncio
import logging
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from typing import Any, TypeVar

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.config import Settings
from monitor.errors import NewsMonitorError, UsageError
from monitor.fetch import Fetcher, user_agent
from monitor.match import TopicIndex
from monitor.model.clock import Clock
from monitor.model.requests import Request, RequestKind
from monitor.pipeline import (
    OnPolled,
    Stages,
    deliver_due,
    maintain_due,
    poll_by_hand,
    publish_due,
    recover,
    refresh_due,
    send_now,
    send_test,
    unheard,
)
from monitor.render import environment
from monitor.resources import resource
from monitor.store import Store, migrate, open_store, ownership, revisions
from monitor.workers import ParserPool

log = structlog.get_logger(__name__)

TICK_SECONDS = 2
MAINTENANCE_SECONDS = 3600
GRACE_SECONDS = 20
"""How long SIGTERM waits for what is in flight; systemd kills after 30 s (rule D20)."""

STOP_CHECK_SECONDS = 0.2

SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}

Result = TypeVar("Result")

Wish = dict[str, Any]
"""What a command asks and what it gets back: plain JSON objects, because they cross processes as rows."""


class SystemClock:
    """The clock on the wall."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@contextmanager
def opened(settings: Settings, clock: Clock, *, chance: Callable[[], float] = random.random) -> Iterator[Stages]:
    """The stages over a database that has the newest schema and knows the config's feeds and digests.

    The caller owns polling and delivery (`ownership`) while it uses them.
    """
    store = open_store(settings.storage.database_url)
    with ParserPool() as parsers:
        try:
            store.database.quick_check()
            migrate(store.database)
            adopt(settings, store, clock.now())
            yield build(settings, store, parsers, clock, chance)
        finally:
            store.close()


@contextmanager
def looked_at(settings: Settings, clock: Clock) -> Iterator[Stages]:
    """The stages for a command that only reads; a missing or old schema is brought up to date first."""
    store = open_store(settings.storage.database_url)
    try:
        before, needed = revisions(store.database)
        if before != needed:
            with ownership(settings.storage.folder):
                migrate(store.database)
        with ParserPool() as parsers:
            yield build(settings, store, parsers, clock, random.random)
    finally:
        store.close()


def adopt(settings: Settings, store: Store, now: datetime) -> None:
    """Make the database know the feeds and digests of the config; what left it keeps its rows."""
    store.feeds.sync(settings.feeds, now)
    store.editions.sync([digest.name for digest in settings.digests], now)


def build(settings: Settings, store: Store, parsers: ParserPool, clock: Clock, chance: Callable[[], float]) -> Stages:
    """Put the stages together as the settings say."""
    agent = user_agent(version("news-monitor"), settings.polling.contact)
    return Stages(
        clock=clock,
        chance=chance,
        store=store,
        fetcher=Fetcher(settings.polling, clock, user_agent=agent),
        parsers=parsers,
        feeds={feed.url: feed for feed in settings.feeds},
        polling=settings.polling,
        index=TopicIndex(settings.topics, settings.lists),
        topics=settings.topics,
        digests=tuple(digest for digest in settings.digests if digest.enabled),
        channel=settings.mail,
        on_unknown="resend",
        templates=environment([resource("templates")]),
        archive=settings.storage.archive_folder,
    )


def run(settings: Settings, read_config: Callable[[], Settings], clock: Clock) -> None:
    """Own polling and delivery until SIGTERM or SIGINT. Raises AlreadyRunning, StoreError.

    `read_config` reads the config anew for SIGHUP. Signals are blocked before the first thread
    starts, so that every thread inherits that and only `sigwait` sees them.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    with ownership(settings.storage.folder), opened(settings, clock) as stages:
        Daemon(stages, settings, read_config).run()


class Daemon:
    """Ticks until a signal ends it."""

    def __init__(self, stages: Stages, settings: Settings, read_config: Callable[[], Settings]) -> None:
        self._stages = stages
        self._settings = settings
        self._read_config = read_config
        self._stopping = threading.Event()
        self._jobs = {job: threading.Lock() for job in (self.refresh, self.publish, self.deliver, self.maintain)}

    def run(self) -> None:
        recover(self._stages)
        scheduler = self._scheduler()
        scheduler.start()
        log.info("started", feeds=len(self._stages.feeds), topics=len(self._stages.topics), process=os.getpid())
        while signal.sigwait(SIGNALS) == signal.SIGHUP:
            self.reload()
        self._stop(scheduler)

    def reload(self) -> None:
        """Take over a valid config whole, or keep the one that runs and say what is wrong (rule D21)."""
        try:
            settings = self._read_config()
            if settings.storage != self._settings.storage:
                raise UsageError("[storage] changed, which needs a restart.")
        except NewsMonitorError as error:
            log.error("config refused, the old one stays", reason=str(error))  # noqa: TRY400 (a person's mistake)
            return
        stages = self._stages
        adopt(settings, stages.store, stages.clock.now())
        self._stages = build(settings, stages.store, stages.parsers, stages.clock, stages.chance)
        self._settings = settings
        log.info("config reloaded", feeds=len(settings.feeds), topics=len(settings.topics))

    def refresh(self) -> None:
        stages = self._stages
        for request in stages.store.requests.open(RequestKind.POLL):
            self._answer(request, partial(self._poll, stages))
        self._until_stopped(refresh_due(stages))

    def publish(self) -> None:
        stages = self._stages
        for request in stages.store.requests.open(RequestKind.SEND):
            self._answer(request, partial(send_wish, stages))
        publish_due(stages)

    def deliver(self) -> None:
        deliver_due(self._stages)

    def maintain(self) -> None:
        maintain_due(self._stages)

    def _poll(self, stages: Stages, wish: Wish) -> Wish:
        outcome = self._until_stopped(poll_wish(stages, wish))
        if outcome is None:
            raise NewsMonitorError("it is being stopped")
        return outcome

    def _answer(self, request: Request, work: Callable[[Wish], Wish]) -> None:
        """Do what a command asks and leave the outcome; a wish that cannot be met is told, not tried again."""
        try:
            outcome = work(request.arguments)
        except Exception as error:
            log.exception("request failed", kind=request.kind)
            outcome = {"error": str(error)}
        self._stages.store.requests.answer(request, outcome, self._stages.clock.now())

    def _scheduler(self) -> BackgroundScheduler:
        """Interval ticks in memory alone: what is due, and since when, stands in the database (rules D1, D4)."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(len(self._jobs))},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
            timezone=UTC,
        )
        for job in self._jobs:
            seconds = MAINTENANCE_SECONDS if job == self.maintain else TICK_SECONDS
            scheduler.add_job(
                self._tick, "interval", args=[job], seconds=seconds, next_run_time=self._stages.clock.now()
            )
        return scheduler

    def _tick(self, job: Callable[[], None]) -> None:
        """Run one job; an exception must never reach the scheduler, which would die of it silently (D5)."""
        with self._jobs[job]:
            if self._stopping.is_set():
                return
            try:
                job()
            except Exception:
                log.exception("job failed", job=job.__name__)

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

    def _stop(self, scheduler: BackgroundScheduler) -> None:
        """Start nothing new, let what is in flight finish, leave (rule D20).

        A server's final reply may take minutes. One that does not come in time leaves its message in
        the state `sending`, which is the declared window of rule D8.
        """
        log.info("stopping")
        self._stopping.set()
        scheduler.shutdown(wait=False)
        deadline = time.monotonic() + GRACE_SECONDS
        done = [lock.acquire(timeout=max(0, deadline - time.monotonic())) for lock in self._jobs.values()]
        self._stages.store.database.checkpoint()
        log.info("stopped")
        if not all(done):
            os._exit(0)  # a thread that waits for a server cannot be ended otherwise


async def poll_wish(stages: Stages, wish: Wish, on_polled: OnPolled = unheard) -> Wish:
    """What `poll` asks for: {"urls": […], "due": bool} → {"reports": […]}."""
    polling = refresh_due(stages, on_polled) if wish["due"] else poll_by_hand(stages, wish["urls"], on_polled)
    return {"reports": [{**asdict(each), "next_poll_at": each.next_poll_at.isoformat()} for each in await polling]}


def send_wish(stages: Stages, wish: Wish) -> Wish:
    """What `digest send` asks for: {"digest": name, "test": bool} → {"deliveries": […]}. Raises UsageError."""
    name = wish["digest"]
    digest = next((digest for digest in stages.digests if digest.name == name), None)
    if digest is None:
        raise UsageError(f'No digest "{name}" is enabled in the config that runs; reload it (SIGHUP) or see `check`.')
    sent = send_test(stages, digest) if wish["test"] else send_now(stages, digest)
    return {"deliveries": [{"recipient": each.recipient, "state": each.state, "answer": each.answer} for each in sent]}
