"""One news week in seconds: a loopback newsroom, and the real program working on it.

Real HTTP, a real SQLite file, the shipped templates and topics; only the clock is simulated. It
needs no network and touches nothing but its own folder. What the week holds stands in `week.toml`.
"""

import asyncio
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from monitor.archive import page_path
from monitor.config import Settings, load
from monitor.daemon.build import opened
from monitor.deliver.mail.maildir import MaildirChannel
from monitor.demo.newsroom import Newsroom
from monitor.demo.week import Week, load_week
from monitor.jobs import Jobs
from monitor.model.article import Article
from monitor.model.feed_update import PollReport
from monitor.model.match import Match
from monitor.model.settings import DigestSettings, FeedSettings, PollingSettings, StorageSettings
from monitor.resources import resource
from monitor.store.place import place_of

START = datetime(2016, 9, 12, 0, 0, tzinfo=UTC)
END = datetime(2016, 9, 22, 6, 10, tzinfo=UTC)
TICK = timedelta(minutes=20)


class DemoClock:
    """Moves when the demo moves it, and whenever something sleeps."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        return self._moment

    def advance(self, span: timedelta) -> None:
        self._moment += span

    def monotonic(self) -> float:
        return self._moment.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.advance(timedelta(seconds=seconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What the daemon did from one digest to the next, and the `letter` it brought: polls and how many failed,
    articles new and changed, what was flagged and why. `page` is the edition's page in the archive.
    """

    polls: int
    failures: int
    new: int
    changed: int
    flagged: tuple[tuple[Article, Match], ...]
    letter: EmailMessage
    page: Path


def play(folder: Path) -> Generator[Day]:
    """Play the week into `folder`, which should be empty; a Day as each digest has been delivered."""
    week = load_week()
    clock = DemoClock(START)
    with Newsroom(week, clock) as newsroom:
        settings = demo_settings(folder, week, newsroom.feed_urls())
        with place_of(settings.storage).ownership(), opened(settings, clock, chance=lambda: 0.5) as jobs:
            yield from _days(jobs, clock, settings)


def demo_settings(folder: Path, week: Week, urls: dict[str, str]) -> Settings:
    """The example config with the newsroom's feeds in place of the world's, and everything inside `folder`."""
    aggregators = {article.outlet for article in week.articles if article.source}
    return replace(
        load(resource("config.example.toml"), {}),
        feeds=tuple(
            FeedSettings(url=urls[outlet.id], aggregator=True)
            if outlet.id in aggregators
            else FeedSettings(url=urls[outlet.id], outlet=outlet.name)
            for outlet in week.outlets
        ),
        digests=(DigestSettings(name="Daily", to=("you@localhost",), at=time(7), timezone="Europe/London"),),
        mail=MaildirChannel(folder=folder / "maildir"),
        storage=StorageSettings(folder=folder),
        polling=PollingSettings(
            interval=timedelta(hours=2),
            min_interval=timedelta(minutes=15),
            host_gap=timedelta(),
            allow_private=("127.0.0.1",),
            allow_ports=tuple({urlsplit(url).port or 80 for url in urls.values()}),
        ),
    )


def _days(jobs: Jobs, clock: DemoClock, settings: Settings) -> Iterator[Day]:
    since, reports, told = clock.now(), list[PollReport](), set[Path]()
    while clock.now() < END:
        clock.advance(TICK)
        asyncio.run(jobs.poller.run(reports.append))
        jobs.publisher.run()
        jobs.outbox.run()
        for path in set((settings.storage.folder / "maildir").glob("new/*")) - told:
            yield _day(jobs, reports, since, path, settings)
            since, reports = clock.now(), []
            told.add(path)


def _day(jobs: Jobs, reports: list[PollReport], since: datetime, letter: Path, settings: Settings) -> Day:
    today = jobs.clock.now().date().isoformat()
    return Day(
        polls=len(reports),
        failures=sum(report.is_failure for report in reports),
        new=sum(report.counts.new for report in reports),
        changed=sum(report.counts.changed for report in reports),
        flagged=jobs.store.matches.since(since),
        letter=message_from_bytes(letter.read_bytes(), policy=policy.default),
        page=page_path(settings.storage.archive_folder, settings.digests[0].name, today),
    )
