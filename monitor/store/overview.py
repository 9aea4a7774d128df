"""What the store knows of how things are, at one moment and in one transaction."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from monitor.model.delivery import DeliveryState
from monitor.model.overview import FailingFeed, HeldFeeds, Overview
from monitor.policy.hosts import Failing, as_incidents
from monitor.policy.news import WEEK
from monitor.policy.retry import LOST, UNSENT
from monitor.store.database import Database
from monitor.store.feeds import name_of
from monitor.store.holds import holds_by_feed
from monitor.store.hosts import failing_from_row, polled_by_origin
from monitor.store.tables import articles, deliveries, editions, feeds


class OverviewStore:
    """Reads only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def overview(self, now: datetime) -> Overview:
        with self._database.read() as connection:
            polled = connection.execute(
                select(func.count(), func.max(feeds.c.polled_at), func.max(feeds.c.succeeded_at)).where(
                    feeds.c.is_configured
                )
            ).one()
            unsent = connection.execute(
                select(func.count(), func.min(deliveries.c.queued_at)).where(deliveries.c.state.in_(UNSENT))
            ).one()
            failing = _failing(connection)
            return Overview(
                feeds=polled[0],
                polled_at=polled[1],
                succeeded_at=polled[2],
                failing=tuple(feed for feed, _ in failing),
                troubles=tuple(as_incidents([each for _, each in failing], _polled(connection))),
                articles=_count(connection, select(func.count()).select_from(articles)),
                unsent=unsent[0],
                oldest_unsent_at=unsent[1],
                given_up=_count(connection, _given_up(now - WEEK)),
                held=_held(connection, now),
                editions=_count(connection, select(func.count()).select_from(editions)),
            )

    def good_edition_since(self, moment: datetime) -> int | None:
        """The newest scheduled edition whose every message was accepted, or that had none, finished since then.

        Made no more than a week before: it is asked every few seconds, and must not read the mail of years.
        """
        finished = func.max(func.coalesce(deliveries.c.finished_at, editions.c.made_at))
        unsent = func.count().filter(deliveries.c.state != DeliveryState.SENT)
        query = (
            select(editions.c.id)
            .select_from(editions.outerjoin(deliveries))
            .where(editions.c.kind == "scheduled", editions.c.made_at > moment - WEEK)
            .group_by(editions.c.id)
            .having(unsent == 0, finished > moment)
            .order_by(editions.c.id.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            return connection.scalar(query)


def _failing(connection: Connection) -> tuple[tuple[FailingFeed, Failing], ...]:
    """The failing feeds, each by itself and as one of its host."""
    query = select(feeds).where(feeds.c.is_configured, feeds.c.failures > 0).order_by(feeds.c.failing_since, feeds.c.id)
    return tuple(
        (
            FailingFeed(url=row.url, name=name_of(row), since=row.failing_since, reason=row.problem_detail),
            failing_from_row(row, is_named=True),
        )
        for row in connection.execute(query)
    )


def _polled(connection: Connection) -> Counter[str]:
    return polled_by_origin(connection.execute(select(feeds).where(feeds.c.is_configured)).all())


def _held(connection: Connection, now: datetime) -> tuple[HeldFeeds, ...]:
    """The holds that keep feeds waiting, the longest first."""
    waiting = Counter(holds_by_feed(connection, now).values())
    found = [HeldFeeds(hold=hold, feeds=count) for hold, count in waiting.items()]
    return tuple(sorted(found, key=lambda each: (each.hold.until, each.hold.asked_by), reverse=True))


def _given_up(since: datetime) -> Select[Any]:
    """Held messages wait for the owner. A lost message counts until its recipient has a copy, or was notified of it."""
    later = deliveries.alias("later")
    makes_good = or_(later.c.id == deliveries.c.named_in, later.c.repairs == deliveries.c.id)
    is_over = select(later.c.id).where(makes_good, later.c.state == DeliveryState.SENT).exists()
    is_lost = and_(deliveries.c.state.in_(LOST), deliveries.c.repairs.is_(None), ~is_over)
    return (
        select(func.count())
        .select_from(deliveries)
        .where(deliveries.c.finished_at > since, or_(deliveries.c.state == DeliveryState.HELD, is_lost))
    )


def _count(connection: Connection, query: Select[Any]) -> int:
    return connection.scalar(query) or 0
