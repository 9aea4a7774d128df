"""Builds the job that reads pages behind articles."""

from collections.abc import Mapping

from monitor.config import Settings
from monitor.fetch import Fetcher
from monitor.jobs.page_hosts import PageHosts
from monitor.jobs.page_queue import PageQueue
from monitor.jobs.page_reader import PageReader
from monitor.jobs.page_visit import PageVisit
from monitor.model.clock import Clock
from monitor.model.settings import FeedSettings
from monitor.nearly import NearMisses
from monitor.policy.pages import page_manners
from monitor.progress import Progress
from monitor.store import Store
from monitor.workers import PagePool


def page_reader(
    settings: Settings,
    store: Store,
    pool: PagePool,
    clock: Clock,
    progress: Progress,
    feeds: Mapping[str, FeedSettings],
    agent: str,
) -> PageReader:
    """The job, with a fetcher of its own, whose pauses are those of pages. `feeds`: by their stored URL."""
    manners = page_manners(settings.polling)
    topics = [topic for topic in settings.topics if topic.enabled]
    return PageReader(
        clock=clock,
        progress=progress,
        store=store,
        fetcher=Fetcher(manners, clock, user_agent=agent, progress=progress),
        queue=PageQueue(clock=clock, store=store, feeds=feeds, near=NearMisses(topics, settings.lists)),
        visit=PageVisit(
            clock=clock,
            store=store,
            hosts=PageHosts(clock=clock, store=store, polling=manners),
            pool=pool,
            budget=settings.polling.pages_per_host,
            keep_pages=settings.storage.keep_pages,
        ),
        made_at=clock.monotonic(),
    )
