"""How the parts are put together: from settings to the stages of the flow. Here the clock and chance enter."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from monitor.archive import Archive
from monitor.config import Settings
from monitor.daemon.store_only import opened_store
from monitor.daemon.upgrade import whole_store
from monitor.fetch import Fetcher, user_agent
from monitor.jobs import Stages, recover, rematch
from monitor.match import TopicIndex, fingerprint, own_wordings
from monitor.model.clock import Clock
from monitor.model.settings import DigestSettings
from monitor.progress import Progress
from monitor.reconcile import adopted
from monitor.render import environment
from monitor.resources import resource
from monitor.store import Store
from monitor.url import stored_url
from monitor.workers import ParserPool

OURS = resource("templates")


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
    """The stages for a command that only reads, but needs more than the store (`opened_store`)."""
    with opened_store(settings.storage, clock) as store, ParserPool() as parsers:
        yield build(settings, store, parsers, clock, random.random, Progress())


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
    enabled = [topic for topic in settings.topics if topic.enabled]
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
        written=own_wordings(enabled, settings.lists, settings.shipped),
        fingerprints={topic.name: fingerprint(topic, settings.lists) for topic in enabled},
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
