"""The state of feeds and the result of each poll, for commands. Reads only."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from monitor.model.article import Arrival
from monitor.model.feed_update import PollCounts
from monitor.model.ledger import BaselineArticle, FeedStanding, PollRecord
from monitor.policy.news import WEEK
from monitor.store.database import Database
from monitor.store.feeds import name_of, state_from_row
from monitor.store.holds import holds_by_feed
from monitor.store.rhythm import is_new, seen_by_feed
from monitor.store.tables import articles, feeds, former_urls, polls

COUNTS = tuple(each.name for each in fields(PollCounts))


class LedgerStore:
    """The feeds of the config and the polls of the last 90 days."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def standings(self, now: datetime) -> tuple[FeedStanding, ...]:
        """Every feed that is polled, in the order in which they were added."""
        count = select(articles.c.feed_id, func.count().label("new"))
        fresh = count.where(is_new(WEEK, now)).group_by(articles.c.feed_id)
        former: defaultdict[int, list[str]] = defaultdict(list)
        with self._database.read() as connection:
            new = {row.feed_id: row.new for row in connection.execute(fresh)}
            for row in connection.execute(select(former_urls).order_by(former_urls.c.url)):
                former[row.feed_id].append(row.url)
            rows = connection.execute(select(feeds).where(feeds.c.is_configured).order_by(feeds.c.id)).all()
            held, there = holds_by_feed(connection, now), _at_first_poll(connection)
            seen = seen_by_feed(connection, now)
        return tuple(
            FeedStanding(
                name=name_of(row),
                outlet=row.outlet,
                state=state_from_row(row),
                new_in_7_days=new.get(row.id, 0),
                at_first_poll=there.get(row.id, 0),
                former_urls=tuple(former[row.id]),
                hold=held.get(row.id),
                seen_at=seen.get(row.id, ()),
            )
            for row in rows
        )

    def baseline(self, names: Sequence[str], feed_ids: Collection[int]) -> tuple[BaselineArticle, ...]:
        """What matches these topics, was in these feeds before their first poll, and was no news then."""
        from monitor.store.baseline import baseline_matches  # noqa: PLC0415 (imports all that an article is)

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
                is_gap_closed=row.is_gap_closed,
                elapsed=timedelta(milliseconds=row.elapsed_ms),
            )
            for row in rows
        )


def _at_first_poll(connection: Connection) -> dict[int, int]:
    """By feed, how many of its stored articles were there at its first poll."""
    was_there = articles.c.arrival == Arrival.BASELINE
    query = select(articles.c.feed_id, func.count().label("articles")).where(was_there).group_by(articles.c.feed_id)
    return {row.feed_id: row.articles for row in connection.execute(query)}
