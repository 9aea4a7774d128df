"""The record of each poll: what it brought, and how the server answered."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, exists, insert, select, update

from monitor.model.feed_update import FeedUpdate, IdlePoll, PollCounts
from monitor.model.fetch import FetchProblem
from monitor.model.ids import FeedId
from monitor.model.ledger import PollRecord
from monitor.store.feed_rows import changed_columns, fresh_start, placed, row_from_state
from monitor.store.group import Group, from_row, names_of
from monitor.store.holds import save_hold
from monitor.store.tables import feeds, polls

THIS_FEED = update(feeds).where(feeds.c.id == bindparam("this"))


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

    def idle(self, brought_nothing: Sequence[IdlePoll], now: datetime) -> None:
        """Commit polls that brought nothing, all in one transaction; of their feeds only what has changed."""
        with self._database.write() as connection:
            ids = [each.update.state.id for each in brought_nothing]
            where = select(feeds.c.id, feeds.c.url).where(feeds.c.id.in_(ids))
            urls = {row.id: row.url for row in connection.execute(where)}
            if any(urls.get(each.before.id) != each.before.url for each in brought_nothing):
                for each in brought_nothing:
                    save_poll(connection, each.update, now)
                return
            by_columns: defaultdict[frozenset[str], list[dict[str, Any]]] = defaultdict(list)
            for each in brought_nothing:
                changes = changed_columns(each.before, each.update.state)
                by_columns[frozenset(changes)].append({"this": each.before.id, **changes})
            for rows in by_columns.values():
                connection.execute(THIS_FEED, rows)
            connection.execute(insert(polls), [_row(each.update, now) for each in brought_nothing])

    def forget(self, before: datetime) -> int:
        """Drop records of polls older than this. Returns how many rows were dropped."""
        with self._database.write() as connection:
            return connection.execute(polls.delete().where(polls.c.polled_at < before)).rowcount


def save_poll(connection: Connection, update_: FeedUpdate, now: datetime) -> None:
    """Record what one poll brought, and the feed as it left it (rules P5, D12). A feed with another URL by now is
    asked there at once, as if it had not been polled.
    """
    state = update_.state
    values, url = row_from_state(state), connection.scalar(select(feeds.c.url).where(feeds.c.id == state.id))
    if url is not None and url != state.url:
        values |= {**placed(url), **fresh_start(now)}
    connection.execute(THIS_FEED, {"this": state.id, **values})
    if update_.hold is not None:
        save_hold(connection, update_.hold, now)
    connection.execute(insert(polls), _row(update_, now))


def _row(update: FeedUpdate, now: datetime) -> dict[str, Any]:
    return {
        "feed_id": update.state.id,
        "polled_at": now,
        "status": update.status,
        "detail": update.state.problem_detail or update.warning,
        "elapsed_ms": int(update.elapsed.total_seconds() * 1000),
        "gap_since": update.gap_since,
        "is_gap_closed": update.is_gap_closed,
        "reached": update.reached,
        **{name: getattr(update.counts, name) for name in names_of(PollCounts)},
    }


def is_answered(connection: Connection, since: datetime, until: datetime) -> bool:
    """Whether any feed answered in that time."""
    answered = polls.c.status.not_in(list(FetchProblem))
    query = select(exists().where(polls.c.polled_at > since, polls.c.polled_at <= until, answered))
    return bool(connection.scalar(query))
