"""Checks the environment, one thing after the other: each finding is ok, a warning or a problem, with advice.

Feed documents are not requested, because only the daemon polls, within its limits: host names are resolved and a
connection is made. No message is sent. `is_offline` skips all checks that need the network.
"""

import asyncio
import os
import pyexpat
import shutil
import sqlite3
import ssl
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from monitor.config import Settings
from monitor.config.agreement import archive_problem
from monitor.counted import counted
from monitor.deliver import Channel, ChecksConnection, ChecksSender
from monitor.errors import DeliveryError, NewerStore, StoreError
from monitor.fetch import check_reachable
from monitor.model.settings import FeedSettings
from monitor.policy.disk import LITTLE_FREE_BYTES, has_space
from monitor.policy.watched import longest_wait
from monitor.store import open_store
from monitor.store.disk_space import free_bytes
from monitor.store.lock import LOCK_NAME
from monitor.store.place import place_of
from monitor.store.revision import revisions
from monitor.store.schema import check_known
from monitor.store.search_file import index_file
from monitor.store.searching import Built
from monitor.unusable import closed_folder, whose, why
from monitor.url import host_of

OTHERS = stat.S_IRWXG | stat.S_IRWXO
FIXED_EXPAT = (2, 7, 2)
FIRST_WITH_RESET_BUG, FIXED_SQLITE = (3, 7, 0), (3, 51, 3)
BACKPORTED_SQLITE = ((3, 44, 6), (3, 50, 7))
"""Releases of older lines that have the fix too (rule D14)."""

BUILT = datetime(2025, 1, 1, tzinfo=UTC)
"""Any correct clock is later than this."""

SET_ARCHIVE_URL = "Set [storage] archive_url, if a web server serves the archive folder."

PATIENCE = timedelta(seconds=20)
DNS_PATIENCE = timedelta(seconds=8)


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report. `advice` says what to do, and is empty if nothing is wrong."""

    about: str
    level: Level
    said: str
    advice: str = ""


def examined(settings: Settings, now: datetime, *, is_offline: bool = False) -> Iterator[Finding]:
    """The findings, each as soon as it is known."""
    yield _config(settings)
    yield _permissions(settings)
    yield from _database(settings)
    yield from _search(settings)
    yield _disk(settings)
    yield _archive(settings)
    yield from _alerts(settings)
    yield _clock(now)
    yield from _versions()
    if not is_offline:
        yield _certificates()
        yield from _feeds(settings)
        yield _mail(settings.mail)
        yield from (_channel(name, each) for name, each in settings.channels.items())
        for each in (settings.mail, *settings.channels.values()):
            yield from _sender(each)


def _ok(about: str, said: str) -> Finding:
    return Finding(about=about, level=Level.OK, said=said)


def _warning(about: str, said: str, what_to_do: str) -> Finding:
    return Finding(about=about, level=Level.WARNING, said=said, advice=what_to_do)


def _problem(about: str, said: str, what_to_do: str) -> Finding:
    return Finding(about=about, level=Level.PROBLEM, said=said, advice=what_to_do)


def _config(settings: Settings) -> Finding:
    if settings.missing:
        return _problem("config", str(settings.missing[0]), "See all: news-monitor check --draft")
    if settings.warnings:
        return _warning("config", f"{settings.path}: {settings.warnings[0]}", "See all: news-monitor check")
    return _ok("config", f"{settings.path} holds")


def _permissions(settings: Settings) -> Finding:
    """Whether the folders are writable for us, and private (rule S17)."""
    storage = settings.storage
    folder, file = storage.folder, storage.database_file if storage.is_file else None
    try:
        folder.stat()
    except FileNotFoundError:
        return _ok("permissions", f"{folder} will be created")
    except OSError as error:
        return _problem("permissions", f"{folder} cannot be used", why(folder, error))
    if not os.access(folder, os.W_OK | os.X_OK):
        return _problem("permissions", f"{folder} cannot be written by this user", whose(folder))
    files = (file, index_file(file)) if file else ()
    parts = (folder, *(each.with_name(f"{each.name}{end}") for each in files for end in ("", "-wal", "-shm")))
    opened = [str(part) for part in parts if part.exists() and part.stat().st_mode & OTHERS]
    if opened:
        return _warning("permissions", f"other users can read {', '.join(opened)}", f"chmod go= {' '.join(opened)}")
    return _ok("permissions", f"{folder} is private")


def _database(settings: Settings) -> Iterator[Finding]:
    storage = settings.storage
    place = place_of(storage)
    try:
        if not (os.access(storage.database_file, os.F_OK) if storage.is_file else place.is_there()):
            yield _ok("database", f"{place.name} will be created")
            return
        place.check_whole()
        store = open_store(settings.storage.database_url)
        try:
            store.database.quick_check()
            found, needed = revisions(store.database)
            check_known(found)
        finally:
            store.close()
    except NewerStore as error:
        yield _problem("database", str(error), "Install the newer version again, or restore an older backup.")
    except StoreError as error:
        yield _problem("database", str(error), "Stop the daemon, then: news-monitor restore")
    else:
        comes = "" if found == needed else f" ; it will be upgraded to {needed} at the next start, after a backup"
        yield _ok("database", f"{place.name} is intact, schema {found or 'none'}{comes}")
    folder = settings.storage.backup_folder
    backup = place.newest_good()
    if closed := closed_folder(folder):
        yield _problem("backup", f"{folder} cannot be written", whose(closed))
    elif backup:
        yield _ok("backup", f"the newest good backup is {backup}")
    else:
        yield _warning("backup", f"none in {folder}", "Make one: news-monitor backup")


def _search(settings: Settings) -> Iterator[Finding]:
    """Nothing before there is an index: who never searched needs none, and the daemon makes one by itself."""
    storage = settings.storage
    if storage.is_file and not (index_file(storage.database_file).exists() and storage.database_file.exists()):
        return
    store = open_store(settings.storage.database_url)
    try:
        store.searching.examine()
        built = store.searching.built()
    except StoreError as error:
        built = Built(percent=0, waiting=0, because=str(error))
    finally:
        store.close()
    if built.because:
        yield _warning("search", built.because, "Beside a daemon that happens without you.")
    elif built.is_whole:
        yield _ok("search", f"the index is intact, {built.waiting:,} articles wait")
    else:
        yield _ok("search", f"{built.percent} % of the index is built; the daemon builds the rest")


def _disk(settings: Settings) -> Finding:
    storage = settings.storage
    file = storage.database_file if storage.is_file else storage.folder / LOCK_NAME
    place = next(path for path in file.parents if os.access(path, os.F_OK))
    free = free_bytes(place / "any")
    said = f"{free // 10**6:,} MB free beside the database"
    if not has_space(free):
        return _problem("disk", said, "Make room: with less than 100 MB nothing is polled.")
    if free < LITTLE_FREE_BYTES:
        return _warning("disk", said, "Free some space soon: with less than 100 MB, nothing is polled.")
    return _ok("disk", said)


def _archive(settings: Settings) -> Finding:
    """Whether readers can open the pages that mails point to."""
    if archive_problem(settings.channel, settings.storage):
        return _warning("archive", "readers cannot open it: their mail leaves this machine", SET_ARCHIVE_URL)
    return _ok("archive", settings.storage.archive_url or f"{settings.storage.archive_folder}")


def _alerts(settings: Settings) -> Iterator[Finding]:
    """How long alerts may take; nothing if no topic has them."""
    names = [topic.name for topic in settings.topics if topic.enabled and topic.alert is not None]
    if not names:
        return
    wait = longest_wait(settings.feeds, settings.topics, settings.polling)
    if wait is None:
        yield _warning("alerts", "no feed is polled in which they may be found", "Look at sources and languages.")
        return
    minutes = round(wait / timedelta(minutes=1))
    every = counted(minutes // 60, "hour", "hours") if minutes % 60 == 0 else counted(minutes, "minute", "minutes")
    topics = counted(len(names), "topic", "topics")
    yield _ok("alerts", f"on {topics}; each feed in which they may be found is asked every {every}, or more often")


def _clock(now: datetime) -> Finding:
    if now < BUILT:
        return _problem(
            "clock", f"it says {now:%Y-%m-%d %H:%M} UTC", "Set the clock: editions and certificates depend on it."
        )
    synchronised = Path("/run/systemd/timesync/synchronized")
    if shutil.which("timedatectl") and synchronised.parent.exists() and not synchronised.exists():
        return _warning("clock", f"{now:%Y-%m-%d %H:%M} UTC, not synchronised", "timedatectl set-ntp true")
    return _ok("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def _versions() -> Iterator[Finding]:
    yield sqlite_finding(sqlite3.sqlite_version_info)
    yield expat_finding(pyexpat.version_info)
    try:
        yield _ok("time zones", f"tzdata {version('tzdata')}; restart the daemon after an update")
    except PackageNotFoundError:
        yield _warning(
            "time zones", "the system's time zones", "Keep them up to date, and restart the daemon after an update."
        )


def sqlite_finding(found: Sequence[int]) -> Finding:
    """Whether this SQLite may damage a database that two connections write and checkpoint at once (rule D14)."""
    written = ".".join(map(str, found))
    is_mended = tuple(found) >= FIXED_SQLITE or any(
        tuple(found[:2]) == fixed[:2] and tuple(found) >= fixed for fixed in BACKPORTED_SQLITE
    )
    if is_mended or tuple(found) < FIRST_WITH_RESET_BUG:
        return _ok("SQLite", written)
    return _warning(
        "SQLite",
        f"{written} has the WAL-reset bug; the daemon writes and checkpoints on one connection, which avoids it",
        "Let no other program write to the database. Fixed in 3.51.3 (also 3.50.7, 3.44.6).",
    )


def expat_finding(found: Sequence[int]) -> Finding:
    """Only a warning: distributions backport fixes without changing the version number (rule S6)."""
    written = ".".join(map(str, found))
    if tuple(found) >= FIXED_EXPAT:
        return _ok("expat", written)
    return _warning(
        "expat", f"{written} is older than 2.7.2", "Update Python's expat, unless your distribution backports fixes."
    )


def _certificates() -> Finding:
    count = ssl.create_default_context().cert_store_stats()["x509_ca"]
    if not count:
        return _warning("TLS", "this system trusts no certificate", "Install ca-certificates; feeds use certifi's.")
    return _ok("TLS", f"{count} authorities are trusted")


def _feeds(settings: Settings) -> Iterator[Finding]:
    """One line for all that can be reached, and one for each host that cannot."""
    feeds = {host_of(feed.url): feed for feed in settings.feeds if feed.enabled}
    found = asyncio.run(_reached(settings, list(feeds.values())))
    failed = {host: reason for host, reason in zip(feeds, found, strict=True) if reason}
    if len(failed) < len(feeds):
        yield _ok("feeds", f"{len(feeds) - len(failed)} of {len(feeds)} hosts accept a connection")
    for host, reason in failed.items():
        what_to_do = (
            "Check DNS and the network."
            if len(failed) == len(feeds)
            else "If this lasts, look for the feed's new address."
        )
        yield _problem(f"feed host {host}", reason, what_to_do)


async def _reached(settings: Settings, feeds: Sequence[FeedSettings]) -> list[str]:
    limit = asyncio.Semaphore(settings.polling.concurrency)

    async def one(feed: FeedSettings) -> str:
        async with limit:
            return await check_reachable(feed, settings.polling)

    return await asyncio.gather(*map(one, feeds))


def _channel(name: str, channel: Channel) -> Finding:
    """As of mail: how far it gets without a message."""
    about = f"channel {name}"
    if not isinstance(channel, ChecksConnection):
        return _ok(about, "only a message can show whether it works")
    try:
        return _ok(about, channel.check_connection(PATIENCE))
    except DeliveryError as error:
        return _problem(about, str(error), channel.advice(error))


def _sender(channel: Channel) -> Iterator[Finding]:
    """What the domain of the sender publishes: never a problem, because what a mail goes through is not known here."""
    if isinstance(channel, ChecksSender):
        for each in channel.check_sender(DNS_PATIENCE):
            yield _warning(each.about, each.said, each.advice) if each.advice else _ok(each.about, each.said)


def _mail(channel: Channel) -> Finding:
    """Connects and logs in; only a message can show whether a recipient is accepted."""
    more = "news-monitor mail test --to ADDRESS sends a test message."
    if not isinstance(channel, ChecksConnection):
        return _ok("mail", f"{type(channel).__name__.removesuffix('Channel').lower()}: nothing to connect to. {more}")
    try:
        said = channel.check_connection(PATIENCE)
    except DeliveryError as error:
        return _problem("mail", str(error), channel.advice(error))
    return _ok("mail", f"{said}. {more}")
