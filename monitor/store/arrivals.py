"""When articles came, by feed: how many are new, how many were there at the first poll, and when feeds that are quiet
brought something. What is usual and what is not is decided by `digest` and `policy.silence`.
"""

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, select

from monitor.model.article import Arrival
from monitor.model.ids import FeedId
from monitor.model.silence import FeedSightings
from monitor.policy.clock import latest_credible
from monitor.policy.news import recent
from monitor.policy.silence import may_be_silent, norm_since
from monitor.store.feed_rows import name_of
from monitor.store.tables import articles, feeds


def sightings(connection: Connection, now: datetime) -> tuple[FeedSightings, ...]:
    """Of each feed that answers and has been quiet for long enough to ask: when it brought new articles, up to then."""
    seen = seen_by_feed(connection, now)
    query = select(feeds).where(feeds.c.failing_since.is_(None), feeds.c.id.in_(seen)).order_by(feeds.c.id)
    return tuple(
        FeedSightings(name=name_of(row), url=row.url, seen_at=seen[row.id]) for row in connection.execute(query)
    )


def seen_by_feed(connection: Connection, now: datetime) -> dict[FeedId, tuple[datetime, ...]]:
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
        for row in connection.execute(
            select(*feeds.c["id", "off_until"], latest.label("latest")).where(feeds.c.is_configured)
        )
        if row.latest is not None and may_be_silent(max(row.latest, row.off_until or row.latest), now)
    }
    if not last:
        return {}
    query = (
        select(articles.c.feed_id, articles.c.first_seen_at)
        .where(articles.c.feed_id.in_(last), articles.c.first_seen_at > norm_since(min(last.values())), is_seen)
        .order_by(articles.c.feed_id, articles.c.first_seen_at)
        .distinct()
    )
    found: defaultdict[FeedId, list[datetime]] = defaultdict(list)
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


def new_by_feed(connection: Connection, span: timedelta, now: datetime) -> dict[FeedId, int]:
    """By feed, how many of its articles were new in that time."""
    return _by_feed(connection, is_new(span, now))


def at_first_poll(connection: Connection) -> dict[FeedId, int]:
    """By feed, how many of its stored articles were there at its first poll."""
    return _by_feed(connection, articles.c.arrival == Arrival.BASELINE)


def _by_feed(connection: Connection, condition: ColumnElement[bool]) -> dict[FeedId, int]:
    query = select(articles.c.feed_id, func.count().label("articles")).where(condition).group_by(articles.c.feed_id)
    return {row.feed_id: row.articles for row in connection.execute(query)}
