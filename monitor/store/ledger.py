"""The state of feeds and the result of each poll, for commands. Reads only."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime, timedelta

from sqlalchemy import func, select

from monitor.model.article import Arrival
from monitor.model.feed_update import PollCounts
from monitor.model.ledger import BaselineArticle, FeedStanding, PollRecord
from monitor.store.baseline import at_first_poll, baseline_matches
from monitor.store.database import Database
from monitor.store.feeds import state_from_row
from monitor.store.holds import holds_by_feed
from monitor.store.rhythm import feed_name
from monitor.store.tables import articles, feeds, former_urls, polls

WEEK = timedelta(days=7)
COUNTS = tuple(each.name for each in fields(PollCounts))


class LedgerStore:
    """The feeds of the config and the polls of the last 90 days."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def standings(self, now: datetime) -> tuple[FeedStanding, ...]:
        """Every feed that is polled, in the order in which they were added."""
        fresh = (
            select(articles.c.feed_id, func.count().label("new"))
            .where(articles.c.first_seen_at > now - WEEK, articles.c.arrival != Arrival.BASELINE)
            .group_by(articles.c.feed_id)
        )
        former: defaultdict[int, list[str]] = defaultdict(list)
        with self._database.read() as connection:
            new = {row.feed_id: row.new for row in connection.execute(fresh)}
            for row in connection.execute(select(former_urls).order_by(former_urls.c.url)):
                former[row.feed_id].append(row.url)
            rows = connection.execute(select(feeds).where(feeds.c.is_configured).order_by(feeds.c.id)).all()
            held, there = holds_by_feed(connection, now), at_first_poll(connection)
        return tuple(
            FeedStanding(
                name=feed_name(row),
                outlet=row.outlet,
                state=state_from_row(row),
                new_in_7_days=new.get(row.id, 0),
                at_first_poll=there.get(row.id, 0),
                former_urls=tuple(former[row.id]),
                hold=held.get(row.id),
            )
            for row in rows
        )

    def baseline(self, names: Sequence[str], feed_ids: Collection[int]) -> tuple[BaselineArticle, ...]:
        """Matches of these topics that were in these feeds before their first poll, and were not news then."""
        with self._database.read() as connection:
            return baseline_matches(connection, names, feed_ids)

    def polls(self, feed_id: int, limit: int) -> tuple[PollRecord, ...]:
        """The latest polls of a feed, the newest first."""
        query = select(polls).where(polls.c.feed_id == feed_id).order_by(polls.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(
            PollRecord(
                polled_at=row.polled_at,
                status=row.status,
                reason=row.detail,
                counts=PollCounts(**{name: getattr(row, name) for name in COUNTS}),
                gap_since=row.gap_since,
                elapsed=timedelta(milliseconds=row.elapsed_ms),
            )
            for row in rows
        )
