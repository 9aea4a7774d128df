"""Outages of our own: the attempts that show one, what is taken back of them, and when one began and ended (P12)."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, case, func, insert, select, update

from monitor.model.edition_input import Outage
from monitor.model.feed_update import Attempt, Reached
from monitor.model.ids import FeedId
from monitor.policy.outage import MOST_TAKEN_BACK, says_something
from monitor.store.group import Group
from monitor.store.tables import feeds, outages, polls


class OutageStore(Group):
    """The outages; at most one is open at a time."""

    def current(self) -> Outage | None:
        """The outage that is going on, if any."""
        query = select(outages).where(outages.c.ended_at.is_(None)).order_by(outages.c.id).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else Outage(since=row.began_at, until=None, probed_at=row.probed_at)

    def attempts(self, reached: Reached | None, most: int = MOST_TAKEN_BACK) -> tuple[Attempt, ...]:
        """The latest attempts in a row that reached no server and say something of the network, so many at most, the
        oldest first. `reached`: the latest one that did.
        """
        query = (
            select(polls.c.feed_id, feeds.c.host, polls.c.polled_at, polls.c.elapsed_ms)
            .join_from(polls, feeds)
            .where(polls.c.reached.is_(False), polls.c.id > (reached.poll_id if reached else 0), feeds.c.is_configured)
            .order_by(polls.c.id.desc())
            .limit(most)
        )
        if reached:
            query = query.where(feeds.c.failing_since >= reached.at)
        rows = self._all(query)
        return tuple(
            Attempt(feed_id=row.feed_id, host=row.host, at=row.polled_at)
            for row in reversed(rows)
            if reached is None or says_something(row.polled_at, row.elapsed_ms, reached.at)
        )

    def last_reached(self) -> Reached | None:
        """The latest poll that reached a server; None if none has."""
        highest = select(func.max(polls.c.id)).where(polls.c.reached.is_(True)).scalar_subquery()
        with self._database.read() as connection:
            row = connection.execute(select(polls.c.id, polls.c.polled_at).where(polls.c.id == highest)).first()
        return Reached(poll_id=row.id, at=row.polled_at) if row else None

    def begin(self, attempts: Iterable[Attempt], now: datetime) -> None:
        """An outage since the first of these attempts; none of them counts as a failure of its feed."""
        attempts = tuple(attempts)
        with self._database.write() as connection:
            connection.execute(insert(outages).values(began_at=attempts[0].at, probed_at=now))
            for feed_id, times in Counter(each.feed_id for each in attempts).items():
                _forgive(connection, feed_id, times, now)

    def forgive(self, feed_id: FeedId, now: datetime) -> None:
        """Take back one more failure of this feed; it is due again as soon as the outage is over."""
        with self._database.write() as connection:
            _forgive(connection, feed_id, 1, now)

    def probe(self, now: datetime) -> None:
        """Note that a feed is asked now to see whether the outage is over."""
        with self._database.write() as connection:
            connection.execute(update(outages).where(outages.c.ended_at.is_(None)).values(probed_at=now))

    def end(self, now: datetime) -> None:
        with self._database.write() as connection:
            connection.execute(update(outages).where(outages.c.ended_at.is_(None)).values(ended_at=now))


def _forgive(connection: Connection, feed_id: FeedId, times: int, now: datetime) -> None:
    left = feeds.c.failures - times
    connection.execute(
        update(feeds)
        .where(feeds.c.id == feed_id)
        .values(
            failures=func.max(left, 0),
            failing_since=case((left > 0, feeds.c.failing_since)),
            problem=case((left > 0, feeds.c.problem)),
            problem_detail=case((left > 0, feeds.c.problem_detail), else_=""),
            next_poll_at=now,
        )
    )
