"""Builds the jobs of the flow from the settings. The clock and chance enter here."""

import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version

from monitor.archive import Archive
from monitor.config import Settings
from monitor.daemon.build_pages import page_reader
from monitor.daemon.store_name import name_store
from monitor.daemon.store_only import opened_store
from monitor.daemon.templates import own_templates, templates
from monitor.daemon.upgrade import whole_store
from monitor.fetch import Fetcher, user_agent
from monitor.jobs import (
    Alerter,
    ArchiveWriter,
    Editor,
    Indexer,
    Jobs,
    Keeper,
    Learner,
    OperatorNotes,
    Outbox,
    OutgoingWriter,
    Poller,
    Publisher,
    Redactor,
    Rematcher,
    Remover,
    TextRemover,
    Unsettled,
)
from monitor.jobs.archive_contents import ArchiveContents
from monitor.jobs.article_matcher import ArticleMatcher
from monitor.jobs.clock_witness import ClockWitness
from monitor.jobs.editor import Resembles
from monitor.jobs.feed_poll import FeedPoll
from monitor.jobs.letters import LetterWriter
from monitor.jobs.likeness import Likeness
from monitor.jobs.neighbours import beside_stories
from monitor.jobs.outages import Outages
from monitor.jobs.public_addresses import PublicAddresses, folders_of
from monitor.jobs.rendering import Renderer
from monitor.jobs.work_units import WorkUnits
from monitor.log import logger
from monitor.match import TopicIndex, fingerprint, own_wordings
from monitor.model.clock import Clock
from monitor.model.ids import ArticleId, StoryId
from monitor.model.perhaps import Resembling
from monitor.model.settings import DigestSettings, FeedSettings
from monitor.model.topic import Topic
from monitor.policy.watched import hurried
from monitor.progress import Progress
from monitor.reconcile import adopted
from monitor.store import Store
from monitor.url import stored_url
from monitor.workers import PagePool, ParserPool

log = logger(__name__)

Pools = tuple[ParserPool, PagePool]
"""The children that read feeds, and those that read pages."""


@contextmanager
def opened(
    settings: Settings,
    clock: Clock,
    *,
    chance: Callable[[], float] = random.random,
    is_matched: bool = True,
    progress: Progress | None = None,
    parsers: ParserPool | None = None,
    page_pool: PagePool | None = None,
) -> Iterator[Jobs]:
    """The jobs over a database that has the newest schema and knows the config's feeds, topics and digests.

    Work that a crashed process left unfinished is settled. The caller owns polling and delivery (`ownership`)
    while it uses the jobs. With `is_matched`, stored articles are matched against the current topics first: that
    may take minutes after a change, and the daemon does it where it can be interrupted. `parsers` and `page_pool` are
    used in place of child processes.
    """
    store = whole_store(settings.storage, clock, is_owner=True)
    with ExitStack() as stack:
        stack.callback(store.close)
        name_store(store, clock.now(), chance)
        pools = parsers or stack.enter_context(ParserPool()), page_pool or stack.enter_context(PagePool())
        adopt(settings, store, clock.now())
        jobs = build(settings, store, pools, clock, chance, progress or Progress())
        if is_matched:
            jobs.rematcher.run()
        jobs.publisher.archive_writer.run()
        jobs.outbox.recover()
        yield jobs


@contextmanager
def looked_at(settings: Settings, clock: Clock) -> Iterator[Jobs]:
    """The jobs for a command that only reads, but needs more than the store (`opened_store`)."""
    with opened_store(settings.storage, clock) as store, ParserPool() as parsers, PagePool() as page_pool:
        yield build(settings, store, (parsers, page_pool), clock, random.random, Progress())


def adopt(settings: Settings, store: Store, now: datetime) -> None:
    """Store the topics, digests and feeds of the config; those that left the config keep their rows.

    A draft without digests changes no digest: its digests are not written yet, or were lost, and a digest that is
    removed starts from scratch when it comes back. Feeds come last: if storing them fails, the running config still
    has all the feeds that it polls.
    """
    store.topics.carry_over({topic.name: topic.was for topic in settings.topics if topic.was})
    if settings.digests:
        store.editions.sync([digest.name for digest in settings.digests if digest.enabled], now)
    store.alerts.sync([topic.name for topic in settings.topics if topic.alert and topic.enabled])
    feeds = [replace(feed, url=stored_url(feed.url), was=stored_url(feed.was)) for feed in settings.feeds]
    store.feeds.sync(feeds, now, adopted(feeds, store.feeds.known()))


def build(
    settings: Settings,
    store: Store,
    pools: Pools,
    clock: Clock,
    chance: Callable[[], float],
    progress: Progress,
    unsettled: Unsettled | None = None,
    witness: ClockWitness | None = None,
) -> Jobs:
    """The jobs according to the settings. `unsettled`: outcomes that the previous outbox could not commit yet;
    `witness`: what the process knows of its clock.
    """
    witness = witness or ClockWitness(clock=clock)
    written = {stored_url(feed.url): feed for feed in settings.feeds}
    feeds = hurried(written, settings.topics, settings.polling)
    digests = tuple(digest for digest in settings.digests if digest.enabled)
    index = TopicIndex(settings.topics, settings.lists)
    enabled = [topic for topic in settings.topics if topic.enabled]
    fingerprints = {topic.name: fingerprint(topic, settings.lists) for topic in enabled}
    units = WorkUnits(clock=clock, progress=progress, store=store, fingerprints=fingerprints)
    parts = _Parts(clock=clock, progress=progress, store=store, feeds=feeds, digests=digests, index=index, units=units)
    parsers, page_pool = pools
    archive_writer = _archive_writer(settings, parts)
    outgoing = _outgoing(settings, parts)
    indexer = Indexer(progress=progress, store=store)
    addresses = _addresses(settings, parts)
    return Jobs(
        clock=clock,
        progress=progress,
        store=store,
        poller=_poller(settings, parts, parsers, chance, witness),
        page_reader=page_reader(settings, store, page_pool, clock, progress, feeds, _agent(settings)),
        publisher=_publisher(settings, parts, archive_writer, outgoing, addresses),
        alerter=_alerter(settings, parts),
        outbox=_outbox(settings, parts, unsettled),
        operator_notes=_operator_notes(settings, parts, addresses),
        keeper=_keeper(settings, parts, archive_writer, outgoing, indexer, witness),
        rematcher=Rematcher(
            clock=clock,
            progress=progress,
            store=store,
            index=index,
            units=units,
            written=own_wordings(enabled, settings.lists, settings.shipped),
            backfill=settings.storage.backfill,
        ),
        learner=Learner(clock=clock, store=store, likeness=_likeness(settings, parts)),
        indexer=indexer,
        remover=Remover(
            clock=clock,
            progress=progress,
            store=store,
            channel=settings.channel,
            archive_writer=archive_writer,
            outgoing=outgoing,
        ),
    )


def rebuilt(settings: Settings, old: Jobs) -> Jobs:
    """New jobs for the same process, after the config was reloaded."""
    poll = old.poller.feed_poll
    kept = old.outbox.unsettled, poll.witness
    return build(
        settings, old.store, (poll.parsers, old.page_reader.visit.pool), old.clock, poll.chance, old.progress, *kept
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What several jobs share."""

    clock: Clock
    progress: Progress
    store: Store
    feeds: Mapping[str, FeedSettings]
    digests: tuple[DigestSettings, ...]
    index: TopicIndex
    units: WorkUnits


def _poller(
    settings: Settings, parts: _Parts, parsers: ParserPool, chance: Callable[[], float], witness: ClockWitness
) -> Poller:
    matcher = ArticleMatcher(
        clock=parts.clock, progress=parts.progress, store=parts.store, index=parts.index, units=parts.units
    )
    return Poller(
        clock=parts.clock,
        store=parts.store,
        fetcher=Fetcher(settings.polling, parts.clock, user_agent=_agent(settings), progress=parts.progress),
        feeds=parts.feeds,
        polling=settings.polling,
        outages=Outages(clock=parts.clock, store=parts.store),
        feed_poll=FeedPoll(
            clock=parts.clock,
            chance=chance,
            store=parts.store,
            parsers=parsers,
            feeds=parts.feeds,
            polling=settings.polling,
            matcher=matcher,
            backfill=settings.storage.backfill,
            witness=witness,
        ),
    )


def _agent(settings: Settings) -> str:
    return user_agent(version("news-monitor"), settings.polling.contact)


def _publisher(
    settings: Settings,
    parts: _Parts,
    archive_writer: ArchiveWriter,
    outgoing: OutgoingWriter,
    addresses: PublicAddresses,
) -> Publisher:
    return Publisher(
        clock=parts.clock,
        progress=parts.progress,
        store=parts.store,
        channel=settings.channel,
        digests=parts.digests,
        editor=_editor(settings, parts, addresses),
        units=parts.units,
        archive_writer=archive_writer,
        outgoing=outgoing,
    )


def _alerter(settings: Settings, parts: _Parts) -> Alerter:
    folder = settings.storage.templates_dir
    return Alerter(
        clock=parts.clock,
        progress=parts.progress,
        store=parts.store,
        channel=settings.channel,
        topics=settings.topics,
        digests=parts.digests,
        feeds=parts.feeds,
        templates=templates(()),
        own_templates=templates((folder,)) if folder else None,
        unsubscribe_url=settings.mailing.unsubscribe_url,
        recipients=settings.recipients,
    )


def _outbox(settings: Settings, parts: _Parts, unsettled: Unsettled | None) -> Outbox:
    return Outbox(
        clock=parts.clock,
        progress=parts.progress,
        store=parts.store,
        channel=settings.channel,
        on_unknown=settings.mailing.on_unknown,
        unsettled=[] if unsettled is None else unsettled,
    )


def _keeper(
    settings: Settings,
    parts: _Parts,
    archive_writer: ArchiveWriter,
    outgoing: OutgoingWriter,
    indexer: Indexer,
    witness: ClockWitness,
) -> Keeper:
    redactor = Redactor(progress=parts.progress, store=parts.store, channel=settings.channel)
    return Keeper(
        clock=parts.clock,
        progress=parts.progress,
        store=parts.store,
        storage=settings.storage,
        digests=parts.digests,
        archive_writer=archive_writer,
        outgoing=outgoing,
        witness=witness,
        indexer=indexer,
        text_remover=TextRemover(clock=parts.clock, store=parts.store, redactor=redactor),
    )


def _operator_notes(settings: Settings, parts: _Parts, addresses: PublicAddresses) -> OperatorNotes:
    return OperatorNotes(
        clock=parts.clock,
        store=parts.store,
        channel=settings.channel,
        operator=settings.operator,
        digests=parts.digests,
        topics=settings.topics,
        templates=templates(()),
        addresses=addresses,
    )


def _editor(settings: Settings, parts: _Parts, addresses: PublicAddresses) -> Editor:
    renderer = Renderer(
        templates=templates(()),
        own_templates={digest.name: templates(tuple(own)) for digest, own in own_templates(settings)},
        addresses=addresses,
        has_operator=bool(settings.operator.to),
    )
    return Editor(
        clock=parts.clock,
        progress=parts.progress,
        store=parts.store,
        feeds=parts.feeds,
        topics=settings.topics,
        lists=settings.lists,
        index=parts.index,
        renderer=renderer,
        letters=LetterWriter(
            channel=settings.channel,
            unsubscribe_url=settings.mailing.unsubscribe_url,
            page_of=addresses.archive_page,
        ),
        resembles=_resembles(settings, parts),
        searches=settings.searches,
        recipients=settings.recipients,
    )


def _likeness(settings: Settings, parts: _Parts) -> Likeness:
    return Likeness(parts.store, settings.topics, settings.lists, parts.progress.sign_of_life)


def _resembles(settings: Settings, parts: _Parts) -> Resembles:
    likeness = _likeness(settings, parts)

    def resembles(
        asked: Sequence[Topic], news: Collection[ArticleId], stories: Mapping[ArticleId, StoryId], now: datetime
    ) -> dict[str, tuple[Resembling, ...]]:
        names = [topic.name for topic in asked]
        found = likeness.perhaps(names, ArticleId(min(news) - 1), max(news), now)
        fresh = {name: tuple(one for one in each if one.article.id in news) for name, each in found.items()}
        return beside_stories(parts.store, fresh, stories, parts.progress.sign_of_life)

    return resembles


def _archive_writer(settings: Settings, parts: _Parts) -> ArchiveWriter:
    return ArchiveWriter(
        clock=parts.clock,
        progress=parts.progress,
        store=parts.store,
        archive=_archive(settings),
        templates=templates(()),
        contents=ArchiveContents(
            store=parts.store,
            digests=parts.digests,
            topics=settings.topics,
            searches=settings.searches,
            has_feeds=settings.storage.outgoing,
        ),
    )


def _outgoing(settings: Settings, parts: _Parts) -> OutgoingWriter:
    return OutgoingWriter(
        clock=parts.clock,
        progress=parts.progress,
        store=parts.store,
        archive=_archive(settings),
        is_on=settings.storage.outgoing,
        topics=settings.topics,
        digests=parts.digests,
        searches=settings.searches,
    )


def _addresses(settings: Settings, parts: _Parts) -> PublicAddresses:
    folders = folders_of(settings.storage, parts.digests)
    return PublicAddresses(archive=_archive(settings), channel=settings.channel, folders=folders)


def _archive(settings: Settings) -> Archive:
    return Archive(folder=settings.storage.archive_folder, url=settings.storage.archive_url)
