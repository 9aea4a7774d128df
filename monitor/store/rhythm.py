"""How much comes how often: stories a day on each topic, and when feeds that are quiet brought something.

Counts only; what is usual and what is not is decided by `digest`.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import ColumnElement, Connection, and_, exists, select

from monitor.model.article import Arrival
from monitor.model.fetch import FetchProblem
from monitor.model.match import Tier
from monitor.model.silence import FeedSightings
from monitor.policy.clock import latest_credible
from monitor.policy.news import NOT_OF_THE_DAY, recent
from monitor.policy.silence import may_be_silent, norm_since
from monitor.store.feeds import name_of
from monitor.store.tables import articles, feeds, matches, polls, topics

HAPPENED = (articles.c.is_mailable, articles.c.arrival.not_in(NOT_OF_THE_DAY))
"""See `policy.news`: a fact of the article, whenever its match was found."""


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
    """Of each feed that answers and has been quiet for long enough to ask: when it brought new articles, up to then."""
    seen = seen_by_feed(connection, now)
    query = select(feeds).where(feeds.c.failing_since.is_(None), feeds.c.id.in_(seen)).order_by(feeds.c.id)
    return tuple(
        FeedSightings(name=name_of(row), url=row.url, seen_at=seen[row.id]) for row in connection.execute(query)
    )


def seen_by_feed(connection: Connection, now: datetime) -> dict[int, tuple[datetime, ...]]:
    """By feed of the config that may be silent: when it brought new articles, in what counts as its norm."""
    is_seen = articles.c.first_seen_at <= latest_credible(now)
    latest = (
        select(articles.c.first_seen_at)
        .where(articles.c.feed_id == feeds.c.id, is_seen)
        .order_by(articles.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    last = {
        row.id: row.latest
        for row in connection.execute(select(feeds.c.id, latest.label("latest")).where(feeds.c.is_configured))
        if row.latest is not None and may_be_silent(row.latest, now)
    }
    if not last:
        return {}
    query = (
        select(articles.c.feed_id, articles.c.first_seen_at)
        .where(articles.c.feed_id.in_(last), articles.c.first_seen_at > norm_since(min(last.values())), is_seen)
        .order_by(articles.c.feed_id, articles.c.first_seen_at)
        .distinct()
    )
    found: defaultdict[int, list[datetime]] = defaultdict(list)
    for row in connection.execute(query):
        if row.first_seen_at > norm_since(last[row.feed_id]):
            found[row.feed_id].append(row.first_seen_at)
    return {feed_id: tuple(moments) for feed_id, moments in found.items()}


def is_new(span: timedelta, now: datetime) -> ColumnElement[bool]:
    """Of an article: whether it was new in that time, as `recent` says."""
    since, until = recent(span, now)
    return and_(
        articles.c.first_seen_at > since, articles.c.first_seen_at <= until, articles.c.arrival != Arrival.BASELINE
    )
