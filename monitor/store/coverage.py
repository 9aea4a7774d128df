"""The coverage of an edition: the state of the feeds since the previous edition. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from monitor.model.edition_input import (
    Coverage,
    FeedGap,
    FeedMove,
    FeedTrouble,
    HighWater,
    LeftOut,
    Outage,
    PreviousEdition,
)
from monitor.policy.hosts import as_incidents, hosts_in_trouble
from monitor.policy.silence import idle_since
from monitor.policy.suspension import needs_attention
from monitor.store.feed_rows import name_of, state_from_row
from monitor.store.hosts import failing_from_row, origin_of_row, polled_by_origin, trouble_from_row
from monitor.store.tables import articles, feeds, outages, polls
from monitor.url import shown_url

EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What coverage is about: from when on, and which articles and polls are in it."""

    moment: datetime
    articles: ColumnElement[bool]
    polls: ColumnElement[bool]


def since_moment(moment: datetime) -> Since:
    return Since(moment=moment, articles=articles.c.first_seen_at > moment, polls=polls.c.polled_at > moment)


def since_edition(previous: PreviousEdition | None, knew: HighWater, knows: HighWater) -> Since:
    """What the previous edition of a digest, if there is one, did not know, and the next one does."""
    return Since(
        moment=previous.made_at if previous else EVER,
        articles=and_(articles.c.id > knew.articles, articles.c.id <= knows.articles),
        polls=and_(polls.c.id > knew.polls, polls.c.id <= knows.polls),
    )


def coverage_since(connection: Connection, since: Since, now: datetime) -> Coverage:
    """What happened in that time, and the feeds that need attention now."""
    polled = connection.execute(select(feeds).where(feeds.c.is_configured).order_by(feeds.c.id)).all()
    failing = [
        failing_from_row(row, is_named=needs_attention(state_from_row(row), now))
        for row in polled
        if row.failing_since is not None
    ]
    read = select(func.count()).select_from(articles).where(since.articles)
    return Coverage(
        since=since.moment if since.moment > EVER else None,
        feeds=len(polled),
        feeds_ok=sum(row.failing_since is None and row.succeeded_at is not None for row in polled),
        articles_read=connection.scalar(read) or 0,
        failing=tuple(as_incidents(failing, polled_by_origin(polled))),
        gaps=tuple(_gaps(connection, since, are_closed=False)),
        closed_gaps=tuple(_gaps(connection, since, are_closed=True)),
        left_out=tuple(_left_out(connection, since)),
        moved=tuple(_move(row) for row in polled if row.moved_at is not None and row.moved_at > since.moment),
        outages=tuple(_outages(connection, since.moment)),
    )


def idle_feeds(connection: Connection, now: datetime) -> tuple[FeedTrouble, ...]:
    """Feeds that have failed or brought nothing for so long that they could be removed. None is removed for an incident
    of its host.
    """
    latest = func.max(articles.c.first_seen_at).label("latest")
    query = select(feeds, latest).outerjoin(articles, articles.c.feed_id == feeds.c.id).where(feeds.c.is_configured)
    found = []
    rows = connection.execute(query.group_by(feeds.c.id).order_by(feeds.c.id)).all()
    failing = [failing_from_row(row, is_named=False) for row in rows if row.failing_since is not None]
    troubled = hosts_in_trouble(failing, polled_by_origin(rows))
    for row in rows:
        if row.failing_since is not None and origin_of_row(row) in troubled:
            continue
        since = idle_since(row.failing_since, row.latest or row.baseline_at, now)
        if since is not None:
            found.append(trouble_from_row(row) if row.failing_since is not None else _nothing_new(row, since))
    return tuple(found)


def _gaps(connection: Connection, since: Since, *, are_closed: bool) -> Iterator[FeedGap]:
    query = (
        select(
            feeds,
            func.count().label("times"),
            func.min(polls.c.gap_since).label("first"),
            func.max(polls.c.polled_at).label("last"),
            func.sum(polls.c.recovered).label("recovered"),
        )
        .join_from(polls, feeds)
        .where(
            feeds.c.is_configured, since.polls, polls.c.gap_since.is_not(None), polls.c.is_gap_closed.is_(are_closed)
        )
        .group_by(feeds.c.id)
        .order_by(feeds.c.id)
    )
    for row in connection.execute(query):
        yield FeedGap(
            name=name_of(row),
            url=shown_url(row.url),
            times=row.times,
            since=row.first,
            until=row.last,
            recovered=row.recovered,
        )


def _left_out(connection: Connection, since: Since) -> Iterator[LeftOut]:
    """The most at any one poll: the same old items are left out again each time."""
    most = func.max(polls.c.left_out).label("most")
    query = (
        select(feeds, most)
        .join_from(polls, feeds)
        .where(feeds.c.is_configured, since.polls, polls.c.left_out > 0)
        .group_by(feeds.c.id)
        .order_by(feeds.c.id)
    )
    for row in connection.execute(query):
        yield LeftOut(name=name_of(row), url=shown_url(row.url), articles=row.most)


def _outages(connection: Connection, since: datetime) -> Iterator[Outage]:
    ended = outages.c.ended_at
    query = select(outages).where(or_(ended.is_(None), ended > since)).order_by(outages.c.id)
    for row in connection.execute(query):
        yield Outage(since=row.began_at, until=row.ended_at)


def _move(row: Row[Any]) -> FeedMove:
    return FeedMove(name=name_of(row), url=shown_url(row.url), to=shown_url(row.moved_to))


def _nothing_new(row: Row[Any], since: datetime) -> FeedTrouble:
    return FeedTrouble(name=name_of(row), url=shown_url(row.url), reason="nothing new", since=since)
