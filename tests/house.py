"""A whole News Monitor on loopback: settings with the shipped topics, an origin, a clock that is moved by hand."""

import asyncio
import mailbox
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, time, timedelta
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar, cast
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfoNotFoundError

from databases import kind, lay_database
from origin import Origin
from simulated import SimulatedClock

from monitor.config import Settings, load
from monitor.daemon.build import opened
from monitor.daemon.requests import Context, done
from monitor.deliver.mail.maildir import MaildirChannel
from monitor.jobs import Jobs
from monitor.model.delivery import Delivery
from monitor.model.feed import ParseOutcome
from monitor.model.feed_update import PollReport
from monitor.model.page import PageOutcome
from monitor.model.requests import AnyRequest, Outcome, SendRequest
from monitor.model.settings import DigestSettings, FeedSettings, PollingSettings, StorageSettings
from monitor.parse import parse_feed
from monitor.parse.article_page import read_page
from monitor.policy.slots import due_slot, next_slot
from monitor.resources import resource
from monitor.store import Store
from monitor.workers import PAGE_TEXT_CHARACTERS

STEP = timedelta(minutes=30)

PAGE_PAUSE = timedelta(seconds=10)
"""More than between two pages of a host."""
MOST_ROUNDS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An item of a test's feed. Guid and link follow from `id` where they are not set."""

    id: str
    title: str
    text: str = ""
    at: datetime | None = None
    guid: str = ""
    link: str = ""
    source: str = ""


def rss(*stories: Story, title: str = "The Post") -> bytes:
    """An RSS 2.0 document."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{escape(story.guid or story.id)}</guid><title>{escape(story.title)}</title>"
        f"<link>{escape(story.link or f'https://post.example/{story.id}')}</link>"
        f"<description>{escape(story.text)}</description>"
        + (f"<source url='https://{story.source}/'>{escape(story.source)}</source>" if story.source else "")
        + (f"<pubDate>{format_datetime(story.at)}</pubDate>" if story.at else "")
        + "</item>"
        for story in stories
    )
    return f"<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The jobs and the clock they live by."""

    jobs: Jobs
    clock: SimulatedClock
    folder: Path

    def refresh(self) -> tuple[PollReport, ...]:
        reports: list[PollReport] = []
        asyncio.run(self.jobs.poller.run(reports.append))
        return tuple(reports)

    def read_pages(self) -> int:
        """What the daemon does of pages in some ticks: until nothing is ready, with pauses between the rounds."""
        asked = 0
        reader = self.jobs.page_reader  # made before the first pause, as in the daemon
        for _ in range(MOST_ROUNDS):
            self.clock.advance(PAGE_PAUSE)
            found = asyncio.run(reader.run())
            self.jobs.page_matcher.run()
            if not found:
                return asked
            asked += found
        raise AssertionError("pages have no end")

    def tick(self) -> tuple[PollReport, ...]:
        """What the daemon does at one tick."""
        reports = self.refresh()
        self.jobs.alerter.run()
        self.jobs.publisher.run()
        self.jobs.outbox.run()
        return reports

    def poll(self, *urls: str) -> tuple[PollReport, ...]:
        return asyncio.run(self.jobs.poller.by_hand(urls))

    def live(self, span: timedelta) -> None:
        """Let time pass, a tick at each step at which something may be due; at the others it would find nothing."""
        end = self.clock.now() + span
        while (now := self.clock.now()) < end:
            ahead = min(self._next_event(), end) - now
            self.clock.advance(STEP * max(1, -(-ahead // STEP)))
            self.tick()

    def _next_event(self) -> datetime:
        """Before this moment no feed, slot or message is due; now, if one is, or if that cannot be known."""
        store, now = self.jobs.store, self.clock.now()
        states = store.feeds.configured()
        if self.jobs.outbox.unsettled or any(state.polled_at is None or state.polled_at > now for state in states):
            return now
        moments = [state.next_poll_at for state in states]
        moments += [each.next_attempt_at or now for each in store.deliveries.records(states=["queued"])]
        moments += [self._next_slot(digest) for digest in self.jobs.publisher.digests]
        return min(moments, default=now)

    def _next_slot(self, digest: DigestSettings) -> datetime:
        now = self.clock.now()
        since, last = self.jobs.store.editions.progress(digest.name, now)
        try:
            if due_slot(digest, since=since, last=last, now=now) is not None:
                return now
            slot = next_slot(digest, since=since, last=last, now=now)
            has_draft = digest.review is None or self.jobs.store.reviews.open(digest.name) is not None
            return slot.due_at if has_draft else max(slot.due_at - (digest.review or timedelta()), now)
        except ZoneInfoNotFoundError:  # of a digest that is broken on purpose: each tick shall find it so
            return now

    def mails(self) -> list[str]:
        """The text parts of all mails, oldest first."""
        found = mailbox.Maildir(self.folder / "maildir") if (self.folder / "maildir").exists() else ()
        return [_text(mail) for mail in sorted(found, key=lambda mail: parsedate_to_datetime(mail["Date"]))]


def _text(mail: Message) -> str:
    part = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode("utf-8")


def settings(folder: Path, urls: Sequence[str], port: int) -> Settings:
    """The example config with these feeds, one digest at 07:00 UTC, everything else inside `folder`."""
    return replace(
        _example(),
        feeds=tuple(FeedSettings(url=url) for url in urls),
        digests=(DigestSettings(name="Daily", to=("you@reader.example",), at=time(7)),),
        mail=MaildirChannel(folder=folder / "maildir"),
        storage=StorageSettings(folder=folder, database=kind.url_of_folder(folder)),
        polling=PollingSettings(host_gap=timedelta(), allow_private=("127.0.0.0/8",), allow_ports=(port,)),
    )


@contextmanager
def house(folder: Path, origin: Origin, *paths: str, clock: SimulatedClock | None = None) -> Iterator[House]:
    """A house whose feeds are these paths of the origin."""
    with lived_in(settings(folder, [origin.url(path) for path in paths], origin.port), clock) as house_:
        yield house_


@contextmanager
def lived_in(config: Settings, clock: SimulatedClock | None = None, *, in_children: bool = False) -> Iterator[House]:
    """A house as the settings say; opening it again is what a restart is. It parses `in_children` as the program
    does, or here.
    """
    time_ = clock or SimulatedClock()
    _lay(config.storage)
    here: Any = None if in_children else InProcess()
    with opened(config, time_, chance=lambda: 0.0, parsers=here, page_pool=here) as jobs:
        yield House(jobs=jobs, clock=time_, folder=config.storage.folder)


Part = TypeVar("Part")


def with_parts(whole: Part, **parts: Any) -> Part:
    """Jobs with these parts in place of the ones of the same name, wherever they are held."""
    if isinstance(whole, Jobs):
        return cast("Part", _jobs_with(whole, parts))
    changes: dict[str, Any] = {}
    for each in fields(whole):  # type: ignore[arg-type]  # a dataclass
        value = getattr(whole, each.name)
        if each.name in parts:
            changes[each.name] = parts[each.name]
        elif is_dataclass(value) and type(value).__module__.startswith("monitor.jobs"):
            changes[each.name] = with_parts(value, **parts)
    return replace(whole, **changes)  # type: ignore[type-var]


def _jobs_with(jobs: Jobs, parts: Mapping[str, Any]) -> Jobs:
    made = {name: parts.get(name) or with_parts(getattr(jobs, name), **parts) for name in jobs.makers}
    clock, progress, store = (parts.get(name) or getattr(jobs, name) for name in ("clock", "progress", "store"))
    return Jobs(clock, progress, store, {name: partial(made.get, name) for name in made})


def store_with(store: Store, **groups: Any) -> Store:
    """The store with these groups of its methods in place of its own."""
    made = Store(store.database)
    vars(made).update(vars(store) | groups)
    return made


def done_by(jobs: Jobs, request: AnyRequest) -> Outcome:
    """What a command gets that asks for this where no daemon runs."""
    return done(Context(jobs=jobs), request)


def send_now(jobs: Jobs, digest: DigestSettings) -> tuple[Delivery, ...]:
    """`digest send`: the deliveries as they stand after the first attempt."""
    return _deliveries(jobs, done_by(jobs, SendRequest(digest=digest.name)))


def _deliveries(jobs: Jobs, outcome: Outcome) -> tuple[Delivery, ...]:
    return jobs.store.deliveries.these([each["id"] for each in outcome["deliveries"]])


class InProcess:
    """Parses here: to start a child takes as long as a test, and children have tests of their own."""

    async def parse(self, body: bytes, *, url: str, headers: Mapping[str, str], max_items: int) -> ParseOutcome:
        return parse_feed(body, url=url, headers=headers, max_items=max_items)

    async def read(self, body: bytes, *, url: str, headers: Mapping[str, str]) -> PageOutcome:
        return read_page(body, url=url, headers=headers, max_items=PAGE_TEXT_CHARACTERS)


@cache
def _example() -> Settings:
    return load(resource("config.example.toml"), {})


def _lay(storage: StorageSettings) -> None:
    """An empty database where there is neither one nor a backup."""
    if kind.is_postgres:
        return
    if not storage.database_file.exists() and not storage.backup_folder.exists():
        lay_database(storage.database_file)
