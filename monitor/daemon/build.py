"""How the parts are put together: from settings to the stages of the flow. Here the clock and chance enter."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from monitor.archive import Archive
from monitor.config import Settings
from monitor.errors import DamagedStore
from monitor.fetch import Fetcher, user_agent
from monitor.match import TopicIndex, fingerprint
from monitor.model.clock import Clock
from monitor.model.settings import DigestSettings, StorageSettings
from monitor.pipeline import Stages, recover, rematch
from monitor.progress import Progress
from monitor.reconcile import adopted
from monitor.render import environment
from monitor.resources import resource
from monitor.store import Database, Store, migrate, open_store, ownership, revisions
from monitor.store.backup import back_up_into, backups, check_whole, newest_good
from monitor.url import stored_url
from monitor.workers import ParserPool

OURS = resource("templates")


class SystemClock:
    """The clock on the wall."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@contextmanager
def opened(
    settings: Settings,
    clock: Clock,
    *,
    chance: Callable[[], float] = random.random,
    is_matched: bool = True,
    progress: Progress | None = None,
) -> Iterator[Stages]:
    """The stages over a database that has the newest schema and knows the config's feeds, topics and digests.

    What a process that died left behind is settled. The caller owns polling and delivery (`ownership`)
    while it uses them. With `is_matched`, what is stored has been matched by the topics as they are now: that
    may take minutes after a change, and the daemon does it where it can be interrupted.
    """
    store = whole_store(settings.storage, clock.now(), is_owner=True)
    with ParserPool() as parsers:
        try:
            adopt(settings, store, clock.now())
            stages = build(settings, store, parsers, clock, chance, progress or Progress())
            if is_matched:
                rematch(stages)
            recover(stages)
            yield stages
        finally:
            store.close()


@contextmanager
def looked_at(settings: Settings, clock: Clock) -> Iterator[Stages]:
    """The stages for a command that only reads; a missing or old schema is brought up to date first."""
    check_whole(settings.storage.database_file)
    store = open_store(settings.storage.database_url)
    try:
        before, needed = revisions(store.database)
        if before != needed:
            store.close()
            with ownership(settings.storage.folder):
                store = whole_store(settings.storage, clock.now())
        with ParserPool() as parsers:
            yield build(settings, store, parsers, clock, random.random, Progress())
    finally:
        store.close()


def whole_store(storage: StorageSettings, now: datetime, *, is_owner: bool = False) -> Store:
    """The database, found whole and brought to the newest schema, after a backup if there is anything to lose.

    The caller owns polling and delivery. Raises DamagedStore, which names the backup to restore, and NewerStore.
    """
    check_whole(storage.database_file)
    store = open_store(storage.database_url, is_owner=is_owner)
    try:
        _make_whole(store.database, storage, now)
    except BaseException as error:
        store.close()
        if isinstance(error, DamagedStore):
            raise DamagedStore(f"{error} {way_back(storage)}") from error
        raise
    return store


def _make_whole(database: Database, storage: StorageSettings, now: datetime) -> None:
    database.quick_check()
    if revisions(database)[0] is None and backups(storage.backup_folder):
        raise DamagedStore(f"{database.file} is empty, though there are backups of it.")
    back_up = partial(back_up_into, storage.backup_folder, database.file, now, storage.backups_kept)
    migrate(database, before=back_up)


def way_back(storage: StorageSettings) -> str:
    """What to do when the database is damaged, in words."""
    backup = newest_good(storage.backup_folder)
    return f"The newest good backup: news-monitor restore {backup}" if backup else "There is no backup to restore."


def adopt(settings: Settings, store: Store, now: datetime) -> None:
    """Make the database know the topics, digests and feeds of the config; what left it keeps its rows.

    A draft without digests changes none: it was written before the digests, or it lost them, and one that is taken
    out begins anew when it is back. Feeds come last: if that fails, the config that runs still has all it polls.
    """
    store.topics.carry_over({topic.name: topic.was for topic in settings.topics if topic.was})
    if settings.digests:
        store.editions.sync([digest.name for digest in settings.digests if digest.enabled], now)
    feeds = [replace(feed, url=stored_url(feed.url), was=stored_url(feed.was)) for feed in settings.feeds]
    store.feeds.sync(feeds, now, adopted(feeds, store.feeds.known()))


def _own_templates(settings: Settings) -> Iterator[tuple[DigestSettings, list[Path]]]:
    """The digests that do not look as ours do, each with the folders of its templates, the nearest first."""
    for digest in settings.digests:
        folders = [folder for folder in (digest.templates, settings.storage.templates_dir) if folder]
        if folders:
            yield digest, folders


def build(
    settings: Settings,
    store: Store,
    parsers: ParserPool,
    clock: Clock,
    chance: Callable[[], float],
    progress: Progress,
) -> Stages:
    """Put the stages together as the settings say."""
    agent = user_agent(version("news-monitor"), settings.polling.contact)
    return Stages(
        clock=clock,
        progress=progress,
        chance=chance,
        store=store,
        fetcher=Fetcher(settings.polling, clock, user_agent=agent, progress=progress),
        parsers=parsers,
        feeds={stored_url(feed.url): feed for feed in settings.feeds},
        polling=settings.polling,
        index=TopicIndex(settings.topics, settings.lists),
        lists=settings.lists,
        topics=settings.topics,
        fingerprints={topic.name: fingerprint(topic, settings.lists) for topic in settings.topics if topic.enabled},
        backfill=settings.storage.backfill,
        storage=settings.storage,
        digests=tuple(digest for digest in settings.digests if digest.enabled),
        channel=settings.mail,
        mailing=settings.mailing,
        operator=settings.operator,
        templates=environment([OURS]),
        own_templates={digest.name: environment([*own, OURS]) for digest, own in _own_templates(settings)},
        archive=Archive(folder=settings.storage.archive_folder, url=settings.storage.archive_url),
    )
