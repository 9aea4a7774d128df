"""Builds the jobs of the flow from the settings (`makers`). The clock and chance enter here."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from monitor.archive import has_index
from monitor.config import Settings
from monitor.daemon.makers import Makers
from monitor.daemon.membership import leading
from monitor.daemon.store_name import name_store
from monitor.daemon.store_only import opened_store
from monitor.daemon.upgrade import whole_store
from monitor.jobs import Jobs
from monitor.jobs.clock_witness import ClockWitness
from monitor.jobs.membership import ALONE, Membership
from monitor.model.clock import Clock
from monitor.model.feed import StoredFeed
from monitor.model.ids import FeedId
from monitor.model.settings import FeedSettings
from monitor.progress import Progress
from monitor.store import Store
from monitor.url import stored_url

if TYPE_CHECKING:
    from monitor.workers import PagePool, ParserPool

Pools = tuple[Callable[[], "ParserPool"], Callable[[], "PagePool"]]


@contextmanager
def opened(
    settings: Settings,
    clock: Clock,
    *,
    chance: Callable[[], float] = random.random,
    is_matched: bool = True,
    is_lasting: bool = False,
    progress: Progress | None = None,
    parsers: "ParserPool | None" = None,
    page_pool: "PagePool | None" = None,
) -> Iterator[Jobs]:
    """The jobs over a database that has the newest schema and knows the config's feeds, topics and digests.

    Work that a crashed process left unfinished is settled. The caller owns polling and delivery (`ownership`)
    while it uses the jobs. With `is_matched`, stored articles are matched against the current topics first: that
    may take minutes after a change, and the daemon does it where it can be interrupted. What lasts for months says so,
    and has all jobs at once (`is_lasting`). `parsers` and `page_pool` are used in place of child processes.
    """
    store = whole_store(settings.storage, clock, is_owner=True)
    with ExitStack() as stack:
        stack.callback(store.close)
        name_store(store, clock.now(), chance)
        pools = pools_of(stack, parsers, page_pool)
        membership = stack.enter_context(leading(store, settings, clock))
        adopt(settings, store, clock.now())
        jobs = build(settings, store, pools, clock, chance, progress or Progress(), membership)
        if is_lasting:
            jobs.all_made()
        if is_matched:
            jobs.rematcher.run()
            membership.publish()
        is_bare = store.editions.has_any() and not has_index(settings.storage.archive_folder)
        if is_bare or store.editions.unarchived(1):
            jobs.publisher.archive_writer.run()
        if store.deliveries.unknown():
            jobs.outbox.recover()
        yield jobs


@contextmanager
def looked_at(settings: Settings, clock: Clock) -> Iterator[Jobs]:
    """The jobs for a command that only reads, but needs more than the store (`opened_store`)."""
    with opened_store(settings.storage, clock) as store, ExitStack() as stack:
        yield build(settings, store, pools_of(stack), clock, random.random, Progress())


def pools_of(stack: ExitStack, parsers: "ParserPool | None" = None, page_pool: "PagePool | None" = None) -> Pools:
    """Pools of child processes, made when something is to be read, and closed with `stack`; or those that are given."""

    @cache
    def for_feeds() -> "ParserPool":
        from monitor.workers import ParserPool

        return parsers or stack.enter_context(ParserPool())

    @cache
    def for_pages() -> "PagePool":
        from monitor.workers import PagePool

        return page_pool or stack.enter_context(PagePool())

    return for_feeds, for_pages


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
    store.feeds.sync(feeds, now, _moved(feeds, store.feeds.known()))


def _moved(feeds: Sequence[FeedSettings], stored: Sequence[StoredFeed]) -> Mapping[str, FeedId]:
    """The URLs with which stored feeds go on, by their ids."""
    if {feed.url for feed in feeds} <= {row.url for row in stored}:
        return {}  # as nearly always
    from monitor.reconcile import adopted

    return adopted(feeds, stored)


def build(
    settings: Settings,
    store: Store,
    pools: Pools,
    clock: Clock,
    chance: Callable[[], float],
    progress: Progress,
    membership: Membership = ALONE,
) -> Jobs:
    """The jobs according to the settings. `pools`: the children that read feeds, and those that read pages; each is
    asked for once something is to be read. `membership`: in what part, where several processes poll and deliver.
    """
    makers = Makers(
        settings=settings,
        store=store,
        parsers=pools[0],
        page_pool=pools[1],
        clock=clock,
        chance=chance,
        progress=progress,
        witness=ClockWitness(clock=clock),
        membership=membership,
    )
    return Jobs(clock, progress, store, makers.by_name(), membership)


def rebuilt(settings: Settings, old: Jobs) -> Jobs:
    """New jobs for the same process, after the config was reloaded. They go on with the parsers, with what the process
    knows of its clock, and with outcomes that the old outbox could not commit yet.
    """
    poll = old.poller.feed_poll
    makers = Makers(
        settings=settings,
        store=old.store,
        parsers=lambda: poll.parsers,
        page_pool=lambda: old.page_reader.visit.pool,
        clock=old.clock,
        chance=poll.chance,
        progress=old.progress,
        unsettled=old.outbox.unsettled,
        witness=poll.witness,
        membership=old.membership,
    )
    return Jobs(old.clock, old.progress, old.store, makers.by_name(), old.membership).all_made()
