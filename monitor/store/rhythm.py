"""How much comes how often: stories a day on each topic, and when feeds that are quiet brought something.

Counts only; what is usual and what is not is decided by `digest`.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Connection, exists, func, select

from monitor.model.article import Arrival
from monitor.model.edition_input import FeedSightings
from monitor.model.fetch import FetchProblem
from monitor.model.match import Tier
from monitor.store.feeds import feed_name
from monitor.store.tables import articles, feeds, matches, polls, topics

HAPPENED = (articles.c.is_mailable, articles.c.arrival != Arrival.LATE)
"""What is late or was there before the first poll did not happen on the day it was first seen. That is a fact of the
article, whenever its match was found.
"""

QUIET_FOR = timedelta(days=2)
LOOKED_BACK = timedelta(days=60)


def stories_a_day(
    connection: Connection, names: Sequence[str], stories: Mapping[int, int], bounds: Sequence[datetime]
) -> dict[str, tuple[int | None, ...]]:
    """For each topic, its stories (mere mentions aside) by the day their articles were first seen; `bounds` has
    the end of each day, and the beginning of the first in front.

    None: a day on which no feed answered, or before the topic was looked for. `stories` maps articles that
    are being grouped right now.
    """
    if not bounds:
        return {}
    heard = [_is_heard(connection, since, until) for since, until in pairwise(bounds)]
    query = select(topics.c.name, topics.c.matched_since).where(topics.c.name.in_(names))
    known_since = {row.name: row.matched_since or bounds[0] for row in connection.execute(query)}
    told = _stories_by_day(connection, names, stories, bounds)
    return {
        name: tuple(
            len(told[name, day]) if heard[day] and bounds[day] >= since else None for day in range(len(bounds) - 1)
        )
        for name, since in known_since.items()
    }


def _is_heard(connection: Connection, since: datetime, until: datetime) -> bool:
    answered = polls.c.status.not_in(list(FetchProblem))
    query = select(exists().where(polls.c.polled_at > since, polls.c.polled_at <= until, answered))
    return bool(connection.scalar(query))


def _stories_by_day(
    connection: Connection, names: Sequence[str], stories: Mapping[int, int], bounds: Sequence[datetime]
) -> defaultdict[tuple[str, int], set[int]]:
    query = (
        select(topics.c.name, articles.c.id, articles.c.story_id, articles.c.first_seen_at)
        .select_from(matches.join(topics).join(articles))
        .where(
            topics.c.name.in_(names),
            *HAPPENED,
            matches.c.stale_since.is_(None),
            matches.c.tier != Tier.PASSING,
            articles.c.first_seen_at > bounds[0],
            articles.c.first_seen_at <= bounds[-1],
        )
    )
    told: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for row in connection.execute(query):
        day = bisect_left(bounds, row.first_seen_at) - 1
        told[row.name, day].add(stories.get(row.id) or row.story_id or row.id)
    return told


def sightings(connection: Connection, now: datetime) -> tuple[FeedSightings, ...]:
    """Of each feed that answers and has been quiet for two days: when it brought new articles, within two months."""
    quiet = (
        select(articles.c.feed_id)
        .where(articles.c.first_seen_at > now - LOOKED_BACK)
        .group_by(articles.c.feed_id)
        .having(func.max(articles.c.first_seen_at) <= now - QUIET_FOR)
    )
    answering = (feeds.c.is_configured, feeds.c.failing_since.is_(None), feeds.c.id.in_(quiet))
    query = (
        select(feeds, articles.c.first_seen_at)
        .join_from(feeds, articles)
        .where(*answering, articles.c.first_seen_at > now - LOOKED_BACK)
        .order_by(feeds.c.id, articles.c.first_seen_at)
        .distinct()
    )
    found: dict[tuple[str, str], list[datetime]] = {}
    for row in connection.execute(query):
        found.setdefault((feed_name(row), row.url), []).append(row.first_seen_at)
    return tuple(FeedSightings(name=name, url=url, seen_at=tuple(times)) for (name, url), times in found.items())
