"""One world: publishers, network, post office and accidents around the real service, under a clock of its own.

The service is the daemon's, with its jobs called in order instead of by its scheduler; only the transport, the
parser's processes and the channel are others. `true` is the time of the world; the service's clock may be wrong.
"""

import asyncio
import os
import ssl
import threading
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random  # noqa: TID251 (seeded by who makes the world)
from typing import Any, Self

import structlog

from monitor import fetch, workers
from monitor.config import Settings
from monitor.daemon import templates
from monitor.daemon.build import opened
from monitor.daemon.service import Service
from monitor.errors import ConfigError, Problem, StoreError
from monitor.fetch import Fetcher
from monitor.model.requests import PollRequest
from monitor.parse import parse_feed
from monitor.render import environment
from monitor.resources import resource
from simulation.accidents import Killed, Seams
from simulation.manners import Manners
from simulation.network import InPlace, Network
from simulation.newsroom import Publisher
from simulation.post import PostOffice
from simulation.readers import Shelf

MAINTENANCE = timedelta(hours=1)
TEMPLATES = environment([resource("templates")])
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Made once, not at each start of a service: reading certificates and compiling takes longer than living a day."""

WAL_LIMIT = 64 * 1024 * 1024


class WorldClock:
    """What the service believes: the true time, and how far it is off."""

    def __init__(self, true: datetime) -> None:
        self.true = true
        self.skew = timedelta()

    def now(self) -> datetime:
        return self.true + self.skew

    def monotonic(self) -> float:
        return self.true.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.pass_time(timedelta(seconds=seconds))
        await asyncio.sleep(0)

    def pass_time(self, span: timedelta) -> None:
        self.true += span


class NoScheduler:
    """Stands where the service stops its scheduler."""

    def shutdown(self, *, wait: bool) -> None:
        pass


class World:
    """Made by `world`; `faults` has everything that must not be."""

    def __init__(self, settings: Settings, publishers: Sequence[Publisher], clock: WorldClock, rng: Random) -> None:
        self.clock = clock
        self.rng = rng
        self.seams = Seams()
        self.publishers = publishers
        self.manners = Manners(publishers, settings.polling.host_gap)
        self.network = Network(publishers, self.manners, self.seams, lambda: clock.true, clock.pass_time)
        self.post = PostOffice(seams=self.seams, true_now=lambda: clock.true)
        self.settings = replace(settings, mail=self.post)
        known = {item.mark: item for publisher in publishers for item in publisher.items}
        self.shelf = Shelf(archive=settings.storage.archive_folder, known=known)
        self.faults: list[str] = []
        self.errors: list[str] = []
        self.counts = {"ticks": 0, "starts": 0, "kills": 0, "reloads": 0}
        self.is_bad_config = False
        self.absences: list[tuple[datetime, datetime]] = []
        """When nobody could publish: off, or asleep."""
        self.fast: list[tuple[datetime, datetime]] = []
        """When the clock was ahead: from, to."""
        self._fast_since: datetime | None = None
        self._stack = ExitStack()
        self._service: Service | None = None
        self._maintained_at = clock.true
        self._was_clean = True

    @property
    def service(self) -> Service:
        assert self._service is not None
        return self._service

    def start(self) -> None:
        """A process begins; one that is killed while it begins is followed by another."""
        while True:
            self.counts["starts"] += 1
            try:
                jobs = self._stack.enter_context(
                    opened(self.settings, self.clock, chance=self.rng.random, is_matched=False)
                )
                self._service = Service(jobs, self.settings, self._read_config)
                now = self.clock.now()
                jobs.store.requests.refuse_open("The daemon was restarted.", now, asked_before=now)
            except Killed:
                self._bury()
            except StoreError:
                if not self.seams.is_full:
                    raise
                self._bury()
                self.seams.is_full = False  # it is started again and again until somebody has made room
            else:
                return

    def stop(self) -> None:
        """As on SIGTERM."""
        self.service.stop()
        self._stack.close()

    def restart(self) -> None:
        self.stop()
        self.clock.pass_time(timedelta(seconds=5))
        self.start()

    def be_down(self, span: timedelta) -> None:
        self.stop()
        self.sleep(span)
        self.start()

    def sleep(self, span: timedelta) -> None:
        """The machine is suspended, or off."""
        began = self.clock.true
        self.clock.pass_time(span)
        self.absences.append((began, self.clock.true))
        self.manners.was_away(span)

    def reload(self) -> None:
        """As on SIGHUP."""
        self.counts["reloads"] += 1
        self.service.reload()

    def poll_by_hand(self, urls: Sequence[str]) -> None:
        self.network.by_hand.update(urls)
        store = self.service.jobs.store
        store.requests.ask(PollRequest(urls=tuple(urls)), self.clock.now())

    def jump(self, span: timedelta) -> None:
        """The clock is set wrong, or right again."""
        self.clock.skew += span
        if self.clock.skew > timedelta(0):
            self._fast_since = self._fast_since or self.clock.true
        elif self._fast_since is not None:
            self.fast.append((self._fast_since, self.clock.true))
            self._fast_since = None
        self.manners.clock_jumped()
        self.shelf.gaps.jump(self.clock.true)

    def tick(self, *, is_quick: bool = False) -> None:
        """What the daemon does at a tick, in its order; `is_quick` leaves publishing and delivery for the next."""
        self.counts["ticks"] += 1
        jobs: list[Callable[[], None]] = [self.service.refresh]
        if any(topic.alert for topic in self.settings.topics):
            jobs.append(self.service.alert)
        if not is_quick:
            jobs += [self.service.publish, self.service.deliver]
        if self.clock.true - self._maintained_at >= MAINTENANCE:
            self._maintained_at = self.clock.true
            jobs.append(self.service.maintain)
        is_clean = not self.seams.is_full
        try:
            for job in jobs:
                self._work(job)
        except Killed:
            is_clean = False
        self._after(is_clean=is_clean)
        self._rise_if_dead()

    def befall(self, event: Callable[["World"], None]) -> None:
        """Something happens between two ticks; a process may be killed, or find no room, while it deals with it."""
        with suppress(Killed):
            self._work(partial(event, self))
        self._rise_if_dead()

    def _rise_if_dead(self) -> None:
        if self.seams.is_dead:
            self.counts["kills"] += 1
            self.post.doubt_latest()
            self._bury()
            self.clock.pass_time(timedelta(seconds=10))
            self.start()

    def _work(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception as error:
            if not self.seams.is_full:
                self.faults.append(f"{job} failed at {self.clock.true}: {error!r}")

    def _after(self, *, is_clean: bool) -> None:
        now = self.clock.true
        for number, shown in self.network.served.items():
            self.shelf.read_feed(number, shown, now, is_stored=is_clean)
        self.network.served.clear()
        self.network.by_hand.clear()
        self.manners.tick_ends(is_clean=is_clean)
        self.shelf.look(now)
        self._check_size()
        if is_clean and self._was_clean and self.errors:
            self.faults += [f"logged at {now}: {error}" for error in self.errors]
        self.errors.clear()
        self._was_clean = is_clean

    def _bury(self) -> None:
        """The process is gone; its database connections with it."""
        self.manners.forgets_flights()
        self._stack.close()
        self._stack = ExitStack()
        self.seams.revive()

    def _read_config(self) -> Settings:
        if self.is_bad_config:
            raise ConfigError((Problem(file=Path("config.toml"), line=3, key="feeds", message="is wrong"),))
        return self.settings

    def _check_size(self) -> None:
        """Bounded: the write-ahead log."""
        log = self.settings.storage.folder / "news-monitor.db-wal"
        if log.exists() and log.stat().st_size > WAL_LIMIT:
            self.faults.append(f"the write-ahead log has {log.stat().st_size:,} bytes")

    def hear(self, _logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """A structlog processor: what is logged as an error needs a cause."""
        if method in ("error", "exception", "critical") and "config" not in str(event.get("event")):
            self.errors.append(str(dict(event)))
        raise structlog.DropEvent


class InProcess:
    """Parses here, by the same function as the parser's processes."""

    async def parse(self, body: bytes, **task: Any) -> Any:
        return parse_feed(body, **task)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass


@contextmanager
def world(settings: Settings, publishers: Sequence[Publisher], clock: WorldClock, rng: Random) -> Iterator[World]:
    """A world in which the service runs; its doors are put back when it ends."""
    this = World(settings, publishers, clock, rng)

    def fetcher(*args: Any, **kwargs: Any) -> Fetcher:
        made = Fetcher(*args, **kwargs, transport=this.network, resolve=this.network.resolve, tls=NO_TLS)
        made._resolver = InPlace(this.network.resolve)
        return made

    with ExitStack() as stack:
        stack.enter_context(this.seams.installed())
        stack.enter_context(instead(fetch, "Fetcher", fetcher))
        stack.enter_context(instead(workers, "ParserPool", InProcess))
        stack.enter_context(instead(templates, "environment", lambda _folders: TEMPLATES))
        structlog.configure(processors=[this.hear])
        stack.callback(structlog.reset_defaults)
        this.start()
        stack.callback(lambda: this._stack.close())  # noqa: PLW0108 (each start has a stack of its own)
        yield this


@contextmanager
def instead(module: Any, name: str, other: object) -> Iterator[None]:
    real = getattr(module, name)
    setattr(module, name, other)
    try:
        yield
    finally:
        setattr(module, name, real)


def footprint() -> tuple[int, int, int]:
    """Of this process: resident bytes, open files, threads."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE"), len(list(Path("/proc/self/fd").iterdir())), threading.active_count()
