"""The feeds of one host that fail, and which of them are asked again because the host answers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from monitor.model.edition_input import FeedTrouble
from monitor.model.feed_update import FeedState
from monitor.model.ids import FeedId
from monitor.policy.hosts import Failing, is_incident
from monitor.policy.standing import trouble_of
from monitor.store.feed_rows import name_of, state_from_row
from monitor.store.group import Group
from monitor.store.tables import feeds
from monitor.url import shown_url


class HostStore(Group):
    """Feeds by their origin (scheme, host and port)."""

    def failing(self, origin: str) -> tuple[FeedState, ...]:
        """The feeds of the config that fail at this origin."""
        query = select(feeds).where(feeds.c.is_configured, feeds.c.origin == origin, feeds.c.failing_since.is_not(None))
        with self._database.read() as connection:
            return tuple(state_from_row(row) for row in connection.execute(query))

    def is_in_trouble(self, origin: str) -> bool:
        """Whether the failing feeds of this origin are one incident: none of them is paused for it."""
        polled = select(func.count()).select_from(feeds).where(feeds.c.is_configured, feeds.c.origin == origin)
        with self._database.read() as connection:
            total = connection.scalar(polled) or 0
            failing = connection.scalar(polled.where(feeds.c.failing_since.is_not(None))) or 0
        return is_incident(failing, total)

    def wake(self, at: Mapping[FeedId, datetime]) -> None:
        """Ask these feeds then, also those that were paused."""
        rows = [{"this": feed_id, "next_poll_at": moment, "paused_at": None} for feed_id, moment in at.items()]
        with self._database.write() as connection:
            connection.execute(update(feeds).where(feeds.c.id == bindparam("this")), rows)


def trouble_from_row(row: Row[Any]) -> FeedTrouble:
    """What people hear of a feed that fails."""
    return FeedTrouble(
        name=name_of(row),
        url=shown_url(row.url),
        reason=trouble_of(state_from_row(row)),
        since=row.failing_since,
    )


def failing_from_row(row: Row[Any], *, is_named: bool) -> Failing:
    return Failing(origin=origin_of_row(row), trouble=trouble_from_row(row), is_named=is_named)


def origin_of_row(row: Row[Any]) -> str:
    """Where a feed is read; rows of the first schemas have a host alone until they are polled."""
    return str(row.origin or row.host)


def polled_by_origin(rows: Sequence[Row[Any]]) -> Counter[str]:
    """How many of these feeds are at each origin."""
    return Counter(map(origin_of_row, rows))
