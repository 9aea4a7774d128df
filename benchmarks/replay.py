"""`python benchmarks/replay.py FOLDER… [--json]`: recorded snapshots of feeds through the real program, in order.

A folder holds what one feed's URL answered, a file each, named by its UTC time (`20200421T004301Z.xml`). Each is
polled at that time, as the daemon would: fetched (through the real fetcher, over a transport that answers the
file's bytes), parsed in a worker process, reconciled, matched with the shipped topics and stored in a database of its
own, which is thrown away. Unlike the daemon it asks when the snapshots were taken, not when a feed is due, and reads
a document that is the same, byte for byte, as the one before.

Prints one JSON object per folder and line, or a table. Nothing is judged here: what the figures should be stands in
docs/identity.md and tests/test_replay.py.
"""

import argparse
import asyncio
import json
import logging
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import structlog

from monitor.config import Settings, load
from monitor.daemon.build import opened
from monitor.fetch import Fetcher
from monitor.jobs import Jobs
from monitor.model.feed_update import PollCounts, PollReport
from monitor.model.settings import FeedSettings, StorageSettings
from monitor.resources import resource

URL = "https://replay.example/feed"
PUBLIC_ADDRESS = "93.184.215.14"
"""Dialled by nobody: the transport answers. But the fetcher insists on a public one."""

_DATE = re.compile(
    r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?:[T _-]?(\d{2})[-:_.]?(\d{2})(?:[-:_.]?(\d{2}))?)?(?!\d)", re.IGNORECASE
)
_EPOCH = re.compile(r"(?<!\d)(\d{10})(?:\d{3})?(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the feed answered at that time."""

    file: str
    at: datetime
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A snapshot that could not be read as a feed."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a folder came to. `fetched = new + known + duplicate + refused`; `changed` is part of known, `late` of new.

    `gaps`: documents without a single item of the one before. `stored`: articles in the database at the end.
    """

    folder: str
    snapshots: int
    failed: tuple[Failure, ...]
    fetched: int
    new: int
    known: int
    changed: int
    duplicate: int
    refused: int
    late: int
    gaps: int
    stored: int
    seconds: float


class ReplayClock:
    """Stands at the time of the snapshot that is being read; whoever sleeps is woken at once."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    async def sleep(self, _seconds: float) -> None:
        return


class Recorder(httpx.AsyncBaseTransport):
    """The network: answers the body it holds, whatever is asked."""

    def __init__(self) -> None:
        self.body = b""

    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A program of its own; playing more snapshots to it goes on where it stands."""

    jobs: Jobs
    clock: ReplayClock
    network: Recorder

    def play(self, snapshots: Sequence[Snapshot]) -> tuple[PollReport, ...]:
        """A report for each, in order, of the only feed there is."""
        (state,) = self.jobs.store.feeds.configured()
        return tuple(self.poll(state.url, snapshot) for snapshot in snapshots)

    def poll(self, url: str, snapshot: Snapshot) -> PollReport:
        """What a poll of that feed comes to, at the time of the snapshot."""
        self.clock.moment, self.network.body = snapshot.at, snapshot.body
        (state,) = (state for state in self.jobs.store.feeds.configured() if state.url == url)
        return asyncio.run(self.jobs.poller.one(replace(state, body_hash="")))


def main(arguments: Sequence[str]) -> int:
    """Exit code 2 for a folder without snapshots."""
    parser = argparse.ArgumentParser(description="Replays recorded snapshots of feeds through News Monitor.")
    parser.add_argument("folders", nargs="+", metavar="FOLDER", help="one feed's snapshots, named by their UTC times")
    parser.add_argument("--json", action="store_true", help="one JSON object per folder and line")
    asked = parser.parse_args(arguments)
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
    )
    chosen = {folder: snapshots_in(Path(folder)) for folder in asked.folders}
    if empty := [folder for folder, snapshots in chosen.items() if not snapshots]:
        print(
            f"There is no file named by a UTC time, such as 20200421T004301Z.xml, in {', '.join(empty)}.",
            file=sys.stderr,
        )
        return 2
    for folder, snapshots in chosen.items():
        figures = replayed(folder, snapshots)
        print(json.dumps(asdict(figures), ensure_ascii=False) if asked.json else described(figures), flush=True)
    return 0


def replayed(folder: str, snapshots: Sequence[Snapshot]) -> Figures:
    """One folder through a program that has never seen a feed."""
    start = time.monotonic()
    with TemporaryDirectory() as place, program(Path(place), snapshots[0].at) as replay:
        reports = replay.play(snapshots)
        stored = replay.jobs.store.articles.count()
    return Figures(
        folder=folder,
        snapshots=len(snapshots),
        failed=tuple(
            Failure(file=snapshot.file, reason=f"{report.status}: {report.reason}")
            for snapshot, report in zip(snapshots, reports, strict=True)
            if report.is_failure
        ),
        gaps=sum(report.has_gap for report in reports),
        stored=stored,
        seconds=round(time.monotonic() - start, 3),
        **totals([report.counts for report in reports]),
    )


def totals(counts: Sequence[PollCounts]) -> dict[str, int]:
    names = ("fetched", "new", "known", "changed", "duplicate", "refused", "late")
    return {name: sum(getattr(each, name) for each in counts) for name in names}


@contextmanager
def program(
    place: Path, start: datetime, settings: Settings | None = None, transport: httpx.AsyncBaseTransport | None = None
) -> Iterator[Replay]:
    """The parts as the daemon puts them together, with the shipped topics and one feed, or as `settings` say; opening
    `place` again is a restart. `transport` answers in place of the recorder.
    """
    settings = settings or replace(load(resource("config.example.toml"), {}), feeds=(FeedSettings(url=URL),))
    settings = replace(
        settings,
        storage=StorageSettings(folder=place),
        polling=replace(settings.polling, host_gap=timedelta()),
    )
    clock, network = ReplayClock(start), Recorder()
    fetcher = Fetcher(
        settings.polling,
        clock,
        user_agent="replay",
        resolve=lambda _host, _port: [PUBLIC_ADDRESS],
        transport=transport or network,
    )
    with opened(settings, clock, chance=lambda: 0.0) as jobs:
        jobs.poller = replace(jobs.poller, fetcher=fetcher)
        yield Replay(jobs=jobs, clock=clock, network=network)


def snapshots_in(folder: Path) -> tuple[Snapshot, ...]:
    """In the order of their times; files whose names say none are left out."""
    files = sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    timed = [(at, path) for path in files if (at := time_of(path.stem)) is not None]
    return tuple(Snapshot(file=path.name, at=at, body=path.read_bytes()) for at, path in sorted(timed))


def time_of(name: str) -> datetime | None:
    """The UTC time in a name: a date, with or without hours, minutes and seconds, in any usual punctuation; or
    seconds or milliseconds since 1970. None if there is none.
    """
    try:
        if found := _EPOCH.search(name):
            return datetime.fromtimestamp(int(found[1]), UTC)
        if found := _DATE.search(name):
            year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        pass
    return None


def described(figures: Figures) -> str:
    """For people."""
    counts = {name: value for name, value in asdict(figures).items() if isinstance(value, int | float)}
    lines = [figures.folder, *(f"  {name:10} {value:>8}" for name, value in counts.items())]
    return "\n".join([*lines, *(f"  {failure.file}: {failure.reason}" for failure in figures.failed)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
