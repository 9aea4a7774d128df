"""The record of each poll: what it brought, and how the server answered."""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, insert, select

from monitor.model.feed_update import FeedUpdate, PollCounts
from monitor.model.fetch import FetchProblem
from monitor.model.ids import FeedId
from monitor.model.ledger import PollRecord
from monitor.store.group import Group, from_row
from monitor.store.tables import polls


class PollStore(Group):
    """The polls of the last 90 days."""

    def of_feed(self, feed_id: FeedId, limit: int) -> tuple[PollRecord, ...]:
        """The latest polls of a feed, the newest first."""
        query = select(polls).where(polls.c.feed_id == feed_id).order_by(polls.c.id.desc()).limit(limit)
        return tuple(
            from_row(
                PollRecord,
                row,
                reason=row.detail,
                counts=from_row(PollCounts, row),
                elapsed=timedelta(milliseconds=row.elapsed_ms),
            )
            for row in self._all(query)
        )

    def forget(self, before: datetime) -> int:
        """Drop records of polls older than this. Returns how many rows were dropped."""
        with self._database.write() as connection:
            return connection.execute(polls.delete().where(polls.c.polled_at < before)).rowcount


def insert_poll(connection: Connection, update: FeedUpdate, now: datetime) -> None:
    """Record what one poll brought (rules P5, D12)."""
    row = {
        "feed_id": update.state.id,
        "polled_at": now,
        "status": update.status,
        "detail": update.state.problem_detail or update.warning,
        "elapsed_ms": int(update.elapsed.total_seconds() * 1000),
        "gap_since": update.gap_since,
        "is_gap_closed": update.is_gap_closed,
        "reached": update.reached,
    }
    connection.execute(insert(polls), {**row, **asdict(update.counts)})


def is_answered(connection: Connection, since: datetime, until: datetime) -> bool:
    """Whether any feed answered in that time."""
    answered = polls.c.status.not_in(list(FetchProblem))
    query = select(exists().where(polls.c.polled_at > since, polls.c.polled_at <= until, answered))
    return bool(connection.scalar(query))
