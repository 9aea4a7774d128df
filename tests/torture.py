"""Torture: the flow lives once and its seams are counted; then it lives again for each, which fails there or dies.

    python torture.py FOLDER STEP OFFSET

A seam is a statement, a commit, a connection, an answer, a message handed over, its reply, a file opened for writing,
forced to disk, linked or renamed. Of every STEP seams the one at OFFSET is tried, in both modes: "kill" is SIGKILL to
the process, "fail" the error a full or broken disk or a lost connection gives. A second process then lives on from
what the first left. Writes results.json; judges nothing. It forks, and has no threads while it does.
"""

import asyncio
import json
import logging
import os
import shutil
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import structlog
from house import Story, rss, settings
from simulated import NOON, SimulatedClock
from simulation.network import ADDRESS, InPlace
from simulation.world import NO_TLS, TEMPLATES, InProcess, instead
from sqlalchemy.engine.default import DefaultDialect

from monitor import fetch, workers
from monitor.config import Settings
from monitor.daemon import templates
from monitor.daemon.build import opened
from monitor.deliver.mail.form import MailForm
from monitor.errors import DeliveryError, StoreError
from monitor.fetch import Fetcher
from monitor.jobs import Jobs
from monitor.model.delivery import Delivery

FULL = sqlite3.OperationalError("database or disk is full")
BROKEN = sqlite3.OperationalError("disk I/O error")
NO_SPACE = OSError(28, "No space left on device")
ERRORS: dict[str, Exception] = {
    "execute": BROKEN,
    "commit": FULL,
    "connect": httpx.ConnectError("Connection refused"),
    "receive": httpx.ReadError("Connection reset by peer"),
    "send": DeliveryError(stage="connect", answer="Connection refused"),
    "reply": DeliveryError(stage="data", answer="Connection reset by peer", unknown=True),
    "write": NO_SPACE,
    "fsync": OSError(5, "Input/output error"),
    "rename": NO_SPACE,
}
RECIPIENTS = ("a@reader.example", "b@reader.example")
FEEDS = {
    f"/{name}": rss(*(Story(id=f"{name}{n}", title=f"Syria truce {name}{n}", at=NOON) for n in numbers))
    for name, numbers in (("a", range(3)), ("b", range(2)))
}


class Seams:
    """`crossed` has the name of each in order; at number `fatal` it happens."""

    def __init__(self, fatal: int | None = None, mode: str = "") -> None:
        self.crossed: list[str] = []
        self._fatal = fatal
        self._mode = mode

    def cross(self, name: str) -> None:
        number = len(self.crossed)
        self.crossed.append(name)
        if number == self._fatal and self._mode == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if number == self._fatal:
            raise ERRORS[name]


@dataclass(frozen=True, kw_only=True)
class Tape(MailForm):
    """A channel that accepts every message, onto the end of a file. What is on it was accepted."""

    file: Path
    seams: Seams
    sender: str = "News Monitor <monitor@reader.example>"

    def send(self, delivery: Delivery) -> str:
        self.seams.cross("send")
        with self.file.open("a") as file:
            file.write(json.dumps([delivery.recipient, delivery.body.hex()]) + "\n")
        self.seams.cross("reply")
        return "250 accepted"


class Line(httpx.AsyncBaseTransport):
    def __init__(self, seams: Seams) -> None:
        self._seams = seams

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._seams.cross("connect")
        body = FEEDS[request.url.path]
        self._seams.cross("receive")
        return httpx.Response(200, headers=[("ETag", '"1"')], stream=httpx.ByteStream(body))


@contextmanager
def watched(seams: Seams) -> Iterator[None]:
    """Every statement and commit, and every file that is written, crosses a seam."""

    def before(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def crossing(*args: Any, **kwargs: Any) -> Any:
            seams.cross(name)
            return work(*args, **kwargs)

        return crossing

    def fetcher(*args: Any, **kwargs: Any) -> Fetcher:
        made = Fetcher(*args, **kwargs, transport=Line(seams), tls=NO_TLS)
        made._resolver = InPlace(lambda _host, _port: [ADDRESS])
        return made

    real_open = os.open

    def opening(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            seams.cross("write")
        return real_open(path, flags, *args, **kwargs)

    seats = [
        (DefaultDialect, "do_execute", before("execute", DefaultDialect.do_execute)),
        (DefaultDialect, "do_executemany", before("execute", DefaultDialect.do_executemany)),
        (DefaultDialect, "do_commit", before("commit", DefaultDialect.do_commit)),
        (os, "fsync", before("fsync", os.fsync)),
        (os, "link", before("rename", os.link)),
        (os, "replace", before("rename", os.replace)),
        (os, "open", opening),
        (fetch, "Fetcher", fetcher),
        (workers, "ParserPool", InProcess),
        (templates, "environment", lambda _folders: TEMPLATES),
    ]
    with ExitStack() as stack:
        for owner, name, other in seats:
            stack.enter_context(instead(owner, name, other))
        yield


def config(folder: Path, seams: Seams) -> Settings:
    base = settings(folder, [f"http://news.example{path}" for path in FEEDS], 80)
    digest = replace(base.digests[0], to=RECIPIENTS)
    return replace(base, mail=Tape(file=folder / "tape", seams=seams), digests=(digest,))


def live(folder: Path, seams: Seams, start: timedelta, *steps: timedelta) -> None:
    """A process's life: it begins at noon + `start`, ticks, and ticks again after each step."""
    clock = SimulatedClock(NOON + start)
    with watched(seams), opened(config(folder, seams), clock, chance=lambda: 0.0) as jobs:
        for step in (timedelta(), *steps):
            clock.advance(step)
            tick(jobs)


def tick(jobs: Jobs) -> None:
    """The four jobs; one that fails costs the others nothing."""
    ticks: list[Callable[[], object]] = [
        lambda: asyncio.run(jobs.poller.run()),
        jobs.publisher.run,
        jobs.outbox.run,
        jobs.keeper.run,
    ]
    for job in ticks:
        try:
            job()
        except Exception:
            structlog.get_logger().debug("job failed", exc_info=True)


def first_life(folder: Path, seams: Seams) -> None:
    """From noon to the edition of the next morning, and a minute longer."""
    with suppress(StoreError, OSError):  # the service ends, and systemd starts it anew
        live(folder, seams, timedelta(), timedelta(hours=20), timedelta(minutes=1))


def second_life(folder: Path) -> None:
    hour = timedelta(hours=1)
    live(folder, Seams(), timedelta(hours=20.5), hour, hour, 2 * hour, timedelta(days=1))


def in_child(work: Callable[[], object]) -> int:
    """The exit status of a forked child that does this; negative if a signal killed it."""
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    folder, step, offset = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    fresh, whole = folder / "fresh", folder / "whole"
    with watched(Seams()), opened(config(fresh, Seams()), SimulatedClock(), chance=lambda: 0.0):
        pass
    shutil.copytree(fresh, whole)
    seams = Seams()
    first_life(whole, seams)
    tried = []
    for number in range(offset, len(seams.crossed), step):
        for mode in ("kill", "fail"):
            place = folder / f"{number}-{mode}"
            shutil.copytree(fresh, place)
            ended = in_child(lambda: first_life(place, Seams(number, mode)))  # noqa: B023 (called at once)
            lived = in_child(lambda: second_life(place))  # noqa: B023 (called at once)
            tried.append({"number": number, "mode": mode, "ended": ended, "lived": lived, "folder": str(place)})
    (folder / "results.json").write_text(json.dumps({"crossed": seams.crossed, "tried": tried}))


if __name__ == "__main__":
    main()
