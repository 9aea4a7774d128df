"""store, workbench → what a roll-up is made of. It consumes nothing, and decides nothing either."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.digest.rollup import DAYS, WEEK
from monitor.digest.trend import day_bounds
from monitor.jobs.stages import Stages
from monitor.model.rollup import Tuning, WeekFacts
from monitor.model.topic import Topic
from monitor.workbench import entry_of, misses, trials

DEAD_AFTER = timedelta(days=30)
MOST_TRIED, MOST_MISSED = 1_000_000, 100_000
"""Articles × topics, for the terms of a month and the near misses of a week: each takes a minute on a slow machine
(50 µs and 440 µs for one article and topic, measured). Beyond that nothing is said of them, and the mail comes in time.
"""


def rollup_facts(
    stages: Stages, topics: Sequence[Topic], stories: Mapping[int, int], bounds: tuple[datetime, ...]
) -> WeekFacts:
    """What the roll-up of the week that ends with `bounds` is made of."""
    past, names = stages.store.past, [topic.name for topic in topics if topic.enabled]
    return WeekFacts(
        bounds=bounds,
        matches=past.matches(names, stories, bounds[0], bounds[-1]),
        daily=past.stories_a_day(names, bounds),
        tuning=_tuning(stages, [topic for topic in topics if topic.enabled], bounds),
        coverage=past.coverage(bounds[WEEK], bounds[-1]),
        idle=past.idle_feeds(bounds[-1]),
    )


def rollup_bounds(moment: datetime, zone: str) -> tuple[datetime, ...]:
    """Those of the fourteen local days that end at `moment`."""
    return day_bounds(moment, ZoneInfo(zone), DAYS)


def _tuning(stages: Stages, topics: Sequence[Topic], bounds: Sequence[datetime]) -> dict[str, Tuning]:
    """What the workbench finds; nothing of a topic for which there is no month of articles to be sure of."""
    lists, history, end = stages.lists, stages.store.history, bounds[-1]
    shared = stages.store.boilerplate.of_all()
    month = (entry_of(article, shared) for article in history.since(end - DEAD_AFTER))
    is_tried = history.count(end - DEAD_AFTER) * len(topics) <= MOST_TRIED
    tried = trials(month, topics, lists, samples=0) if is_tried else ()
    dead = {trial.topic: trial.dead_terms for trial in tried}
    is_counted = history.count(bounds[WEEK]) * len(topics) <= MOST_MISSED
    week = [entry_of(article, shared) for article in history.since(bounds[WEEK])] if is_counted else None
    return {
        topic.name: Tuning(
            dead_terms=dead.get(topic.name, ()),
            near_misses=None if week is None else sum(g.articles for g in misses(week, topic, lists, samples=0).groups),
        )
        for topic in topics
    }
