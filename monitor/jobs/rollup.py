"""store, workbench → the input of a roll-up. It marks nothing as listed, and decides nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.digest.rollup import DAYS, WEEK
from monitor.digest.trend import day_bounds
from monitor.log import logger
from monitor.model.ids import ArticleId, StoryId
from monitor.model.rollup import SearchWeek, Tuning, WeekFacts
from monitor.model.settings import SearchSettings
from monitor.model.topic import Topic
from monitor.policy.news import MONTH
from monitor.store import Store
from monitor.store.search_index import UnusableIndex
from monitor.workbench import entry_of, misses, trials

log = logger(__name__)

Lists = Mapping[str, Sequence[str]]

DEAD_AFTER = timedelta(days=30)
MOST_TRIED, MOST_MISSED = 1_000_000, 100_000
"""Articles × topics, for the terms of a month and the near misses of a week: each takes a minute on a slow machine
(50 µs and 440 µs for one article and topic, measured). Beyond that they are left out, so that the mail is on time.
"""


def rollup_facts(
    store: Store,
    topics: Sequence[Topic],
    lists: Lists,
    stories: Mapping[ArticleId, StoryId],
    bounds: tuple[datetime, ...],
    searches: Sequence[SearchSettings] = (),
) -> WeekFacts:
    """The input of the roll-up for the week that ends with `bounds`."""
    names = [topic.name for topic in topics if topic.enabled]
    return WeekFacts(
        bounds=bounds,
        matches=store.matches.between(names, stories, bounds[0], bounds[-1]),
        daily=store.matches.stories_a_day(names, bounds),
        tuning=_tuning(store, lists, [topic for topic in topics if topic.enabled], bounds),
        coverage=store.feeds.coverage(bounds[WEEK], bounds[-1]),
        idle=store.feeds.idle(bounds[-1]),
        audits=store.audits.latest(),
        missed=store.missed.counts(bounds[-1]),
        searches=_searches(store, searches, bounds[WEEK]),
        unmatched=store.feed_value.unmatched(MONTH, bounds[-1]),
    )


def _searches(store: Store, searches: Sequence[SearchSettings], since: datetime) -> tuple[SearchWeek, ...]:
    if not searches:
        return ()
    is_whole = store.searching.built().is_whole
    return tuple(SearchWeek(name=each.name, new=_new(store, each, since) if is_whole else None) for each in searches)


def _new(store: Store, search: SearchSettings, since: datetime) -> int | None:
    """None if the index is damaged: an edition does not wait until it is built again."""
    try:
        return store.searching.count(store.searching.sought(search), since)
    except UnusableIndex as error:
        log.warning("a saved search was not counted", search=search.name, reason=str(error))
        return None


def rollup_bounds(moment: datetime, zone: str) -> tuple[datetime, ...]:
    """The bounds of the fourteen local days that end at `moment`."""
    return day_bounds(moment, ZoneInfo(zone), DAYS)


def _tuning(store: Store, lists: Lists, topics: Sequence[Topic], bounds: Sequence[datetime]) -> dict[str, Tuning]:
    """The findings of the workbench; none for a topic without a full month of articles."""
    articles, end = store.articles, bounds[-1]
    shared = store.boilerplate.of_all()
    page_of = store.pages.reader(end - DEAD_AFTER)
    month = (entry_of(article, shared, page_of(article.id)) for article in articles.since(end - DEAD_AFTER))
    is_tried = articles.count(end - DEAD_AFTER) * len(topics) <= MOST_TRIED
    tried = trials(month, topics, lists, samples=0) if is_tried else ()
    dead = {trial.topic: trial.dead_terms for trial in tried}
    is_counted = articles.count(bounds[WEEK]) * len(topics) <= MOST_MISSED
    since = articles.since(bounds[WEEK]) if is_counted else ()
    week = [entry_of(article, shared, page_of(article.id)) for article in since] if is_counted else None
    return {
        topic.name: Tuning(
            dead_terms=dead.get(topic.name, ()),
            near_misses=None if week is None else sum(g.articles for g in misses(week, topic, lists, samples=0).groups),
        )
        for topic in topics
    }
