"""The service at one moment: what was polled, what is due, what is waiting to be sent, and what is wrong.

`problems`, a pure function of the status, decides what is wrong. A failing feed is named, but it is not a problem of
the service unless all feeds fail.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from monitor.config import Settings
from monitor.counted import counted
from monitor.model.alert import AlertStanding, AlertState
from monitor.model.note import NoteKind
from monitor.model.overview import DoubtfulFeed, HeldFeeds, Overview
from monitor.model.people import Pause
from monitor.model.setback import Setback
from monitor.model.settings import DigestSettings, FeedSettings, StorageSettings
from monitor.model.stored_page import HostLeftAlone, PageStanding
from monitor.model.topic import Topic
from monitor.plain_text import one_line
from monitor.policy.alarms import (
    are_polls_late,
    is_alert_late,
    is_edition_overdue,
    is_mail_late,
    is_server_down,
    polled_every,
)
from monitor.policy.disk import has_space
from monitor.policy.maintenance import is_backup_late, newest_backup
from monitor.policy.page_tally import tally
from monitor.policy.pages import are_pages_read
from monitor.policy.polling import is_long
from monitor.policy.setting_aside import is_set_aside
from monitor.policy.slots import due_slot, next_slot
from monitor.store import Store
from monitor.store.disk_space import free_bytes
from monitor.store.lock import LOCK_NAME
from monitor.store.place import place_of
from monitor.store.revision import revisions
from monitor.store.sqlite_database import WAL_LIMIT_BYTES
from monitor.store.waiting import waiting
from monitor.unusable import closed_folder, whose
from monitor.url import shown_url, stored_url

FEEDS_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NextEdition:
    """When a digest is due next; `overdue_since` if it should have been sent by now, `drafted_at` if its draft waits
    for a person until then.
    """

    digest: str
    at: datetime
    overdue_since: datetime | None
    drafted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """`hanging` names what should be over by now; only the daemon itself knows that. `missing` is what the config
    lacks before the service can start, `paused` its sections in which all is disabled. `aside`: work that ended the
    service, and is left alone. `folder` is the data folder, `others` are those of other daemons. `attention`: feeds
    that need a person; `noted`: what the daemon has noted for one; `closed`: why no backup can be written, "" if one
    can; `unmarked`: feeds that seem to need `aggregator = true`; `pauses`: what recipients have paused. Sizes are
    bytes.
    """

    at: datetime
    version: str
    is_running: bool
    overview: Overview
    editions: tuple[NextEdition, ...]
    polling_interval: timedelta
    backup_every: timedelta
    backed_up_at: datetime | None
    database: str
    database_bytes: int
    log_bytes: int
    free_bytes: int
    schema: str
    sqlite: str = sqlite3.sqlite_version
    hanging: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    paused: tuple[str, ...] = ()
    aside: tuple[Setback, ...] = ()
    folder: Path = Path()
    others: tuple[Path, ...] = ()
    attention: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    closed: str = ""
    unmarked: tuple[DoubtfulFeed, ...] = ()
    alerts: AlertStanding = AlertStanding()
    pauses: tuple[Pause, ...] = ()
    pages: PageStanding = PageStanding()


NOTED = frozenset(
    {NoteKind.CONFIG, NoteKind.TEMPLATE, NoteKind.EDITION, NoteKind.DISK, NoteKind.DATABASE, NoteKind.BACKUP}
)
"""Conditions that only the daemon sees; all others are found in the store."""


def status_of(
    settings: Settings, store: Store, now: datetime, hanging: Sequence[str] = (), others: Sequence[Path] = ()
) -> Status:
    """The status now. Raises StoreError."""
    place = place_of(settings.storage)
    database = store.database
    free = database.free_bytes()
    return Status(
        at=now,
        version=version("news-monitor"),
        is_running=place.is_owned(),
        overview=store.overview.overview(now),
        editions=tuple(_editions(settings, store, now)),
        polling_interval=polled_every(
            [settings.polling.interval, *(feed.interval for feed in settings.feeds if feed.interval)]
        ),
        backup_every=settings.storage.backup_every,
        backed_up_at=newest_backup(place.backups_made(), now),
        database=database.name,
        database_bytes=database.size_bytes(),
        log_bytes=database.log_bytes(),
        free_bytes=free_bytes(settings.storage.folder / LOCK_NAME) if free is None else free,
        schema=revisions(store.database)[0] or "none",
        hanging=tuple(hanging),
        missing=tuple(str(problem) for problem in settings.missing),
        paused=_paused(settings),
        aside=_aside(settings, store),
        folder=settings.storage.folder,
        others=tuple(others),
        attention=tuple(each.name for each in store.feeds.coverage(now, now).failing),
        noted=tuple(each.text.partition("\n")[0] for each in store.notes.open() if each.kind in NOTED),
        closed=_closed(settings.storage),
        unmarked=tuple(store.overview.unmarked_aggregators(settings.feeds).values()),
        alerts=_alerts(settings, store, now),
        pauses=store.people.paused(now),
        pages=_pages(settings, store, now),
    )


def problems(status: Status) -> tuple[str, ...]:
    """What is wrong, in sentences with advice; empty if all is well."""
    return tuple(
        sentence
        for is_wrong, sentence in (
            *((True, f"The config is unfinished: {sentence}") for sentence in status.missing),
            (not status.is_running, _not_running(status)),
            (bool(status.hanging), f"Something hangs: {', '.join(status.hanging)}. Check the log."),
            *_polling(status),
            *_mail(status),
            *_storage(status),
            *((True, sentence) for sentence in status.noted),
        )
        if is_wrong
    )


def _not_running(status: Status) -> str:
    if not status.others:
        return "The daemon does not run: start it (systemctl start news-monitor)."
    others = " and ".join(map(str, status.others))
    return (
        f"No daemon runs on {status.folder}, but one runs on {others}. If that is yours, write its folder into"
        " [storage] of this config, or use its environment (XDG_DATA_HOME)."
    )


def notices(status: Status) -> tuple[str, ...]:
    """What the reader should know although the service is not at fault; empty if there is nothing."""
    paused = [f"All [[{section}]] are disabled in the config." for section in status.paused]
    doubts = [f"{each.name}: {each.reason}" for each in (*status.overview.doubtful, *status.unmarked)]
    if is_server_down(status.overview.passed_over):
        doubts.append(
            f"A message to one recipient waits after {status.overview.passed_over} attempts, while others are accepted."
            " See: news-monitor deliveries list"
        )
    held = (_held(each, status.at) for each in status.overview.held if is_long(each.hold))
    return (*paused, *held, *map(_left_alone, status.pages.left_alone), *doubts)


def _left_alone(host: HostLeftAlone) -> str:
    until = f"until {host.until:%Y-%m-%d %H:%M} UTC"
    return f"Pages of {shown_url(host.origin)} are not asked for {until}: it blocked {host.blocks} requests in a row."


def _held(held: HeldFeeds, now: datetime) -> str:
    """A hold in words: how many feeds it silences, who asked for it, until when."""
    hold, feed = held.hold, shown_url(held.hold.asked_by)
    days = max(round((hold.until - now) / timedelta(days=1)), 1)
    until = f"until {hold.until:%Y-%m-%d %H:%M} UTC ({counted(days, 'day', 'days')})"
    if not hold.origin:
        return f"On hold {until}: the feed {feed}; the server that it redirects to asked for it."
    feeds = counted(held.feeds, "feed", "feeds")
    return f"On hold {until}: {feeds} of {hold.origin}, which asked for it when {feed} was polled."


def _polling(status: Status) -> list[tuple[bool, str]]:
    overview = status.overview
    last = overview.succeeded_at
    are_all_failing = bool(overview.feeds) and len(overview.failing) == overview.feeds
    needing = counted(len(status.attention), "feed needs", "feeds need")
    more = " …" if len(status.attention) > FEEDS_NAMED else ""
    names = one_line(", ".join(status.attention[:FEEDS_NAMED]), None) + more
    return [
        (
            bool(status.attention) and not are_all_failing,
            f"{needing} attention: {names} (news-monitor feeds list).",
        ),
        (
            are_all_failing,
            "Every feed is failing. Check whether this machine is online: news-monitor doctor",
        ),
        (
            bool(overview.feeds) and are_polls_late(last, status.polling_interval, status.at),
            f"No feed has answered since {last:%Y-%m-%d %H:%M} UTC." if last else "",
        ),
    ]


def _mail(status: Status) -> list[tuple[bool, str]]:
    overview = status.overview
    late = [each for each in status.editions if is_edition_overdue(each.overdue_since, status.at)]
    waits_since = overview.oldest_unsent_at
    return [
        (bool(late), f'Overdue: {", ".join(each.digest for each in late)}. Search the log for "edition failed".'),
        (
            is_mail_late(waits_since, status.at),
            f"{overview.unsent} messages wait, the oldest for {_waiting(status.at, waits_since)}: news-monitor doctor",
        ),
        (
            is_server_down(overview.tried) and not is_mail_late(waits_since, status.at),
            f"The mail server has accepted no mail in {overview.tried} attempts. See: news-monitor deliveries list",
        ),
        (
            status.is_running and is_alert_late(status.alerts.overdue_since, status.at),
            f"An alert has been waiting since {status.alerts.overdue_since:%Y-%m-%d %H:%M} UTC, and nothing holds it."
            ' Search the log for "alerts not sent".'
            if status.alerts.overdue_since
            else "",
        ),
        (
            bool(overview.given_up),
            f"{overview.given_up} of the last week's messages did not arrive or are held: news-monitor deliveries list",
        ),
    ]


def _storage(status: Status) -> list[tuple[bool, str]]:
    return [
        (not has_space(status.free_bytes), f"Less than 100 MB free beside {status.database}: polling has stopped."),
        (
            status.log_bytes > WAL_LIMIT_BYTES,
            f"The write-ahead log has {status.log_bytes // 10**6} MB: some program keeps reading the database.",
        ),
        (
            bool(status.overview.editions) and is_backup_late(status.backed_up_at, status.backup_every, status.at),
            "The newest backup is too old: news-monitor backup says why.",
        ),
        (bool(status.closed), f"No backup can be written: {status.closed}"),
    ]


def _editions(settings: Settings, store: Store, now: datetime) -> list[NextEdition]:
    found = []
    for digest in settings.digests:
        if digest.enabled:
            since, last = store.editions.progress(digest.name, now)
            due = due_slot(digest, since=since, last=last, now=now)
            after = next_slot(digest, since=since, last=last, now=now)
            draft = waiting(store, digest, now)
            found.append(
                NextEdition(
                    digest=digest.name,
                    at=after.due_at,
                    overdue_since=due.due_at if due else None,
                    drafted_at=draft.review.made_at if draft else None,
                )
            )
    return found


def _alerts(settings: Settings, store: Store, now: datetime) -> AlertStanding:
    counts = store.alerts.counts(now - timedelta(days=1))
    return AlertStanding(
        topics=sum(topic.enabled and topic.alert is not None for topic in settings.topics),
        sent=counts.get(AlertState.SENT, 0),
        waiting=counts.get(AlertState.WAITING, 0),
        dropped=counts.get(AlertState.DROPPED, 0),
        overdue_since=store.alerts.overdue_since(now),
    )


def _pages(settings: Settings, store: Store, now: datetime) -> PageStanding:
    return PageStanding(
        feeds=sum(map(are_pages_read, settings.feeds)),
        lately=tally(store.page_counts.counts(now - timedelta(days=1))),
        left_alone=store.page_counts.left_alone(now),
    )


def _closed(storage: StorageSettings) -> str:
    closed = closed_folder(storage.backup_folder) if storage.backup_every else None
    return whose(closed) if closed else ""


def _aside(settings: Settings, store: Store) -> tuple[Setback, ...]:
    """Setbacks of work that the config still has: other work is not tried again, and would be named for ever."""
    known = {
        "poll": {stored_url(feed.url) for feed in settings.feeds},
        "edition": {each.name for each in settings.digests},
    }
    found = (each for each in store.setbacks.all() if is_set_aside(each))
    return tuple(each for each in found if each.key in known.get(each.kind, {each.key}))


def _paused(settings: Settings) -> tuple[str, ...]:
    parts: dict[str, Sequence[FeedSettings | Topic | DigestSettings]] = {
        "feeds": settings.feeds,
        "topics": settings.topics,
        "digests": settings.digests,
    }
    return tuple(name for name, each in parts.items() if each and not any(part.enabled for part in each))


def _waiting(now: datetime, since: datetime | None) -> str:
    """How long, in hours, or in days from the third on."""
    hours = (now - since) // timedelta(hours=1) if since else 0
    return counted(hours, "hour", "hours") if hours < 72 else counted(hours // 24, "day", "days")
