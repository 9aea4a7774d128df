"""What texts of each feed begin or end with: written by polls that bring new articles, read where texts are judged or
quoted.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import Connection, delete, insert, select

from monitor.model.boilerplate import Boilerplate, Side
from monitor.model.ids import FeedId
from monitor.store.group import Group, from_row
from monitor.store.tables import boilerplate

Shared = Mapping[FeedId, tuple[Boilerplate, ...]]


class BoilerplateStore(Group):
    """What is learned of the feeds; of each a few dozen rows at most (`boilerplate.learning`)."""

    def of_feed(self, feed_id: FeedId) -> tuple[Boilerplate, ...]:
        with self._database.read() as connection:
            return boilerplate_of(connection, [feed_id]).get(feed_id, ())

    def of_all(self) -> Shared:
        """By feed."""
        with self._database.read() as connection:
            return boilerplate_of(connection)


def boilerplate_of(connection: Connection, feed_ids: Collection[FeedId] | None = None) -> Shared:
    """By feed, what is learned of these (None: of all)."""
    found: defaultdict[FeedId, list[Boilerplate]] = defaultdict(list)
    query = select(boilerplate).order_by(boilerplate.c.feed_id, boilerplate.c.side, boilerplate.c.words)
    if feed_ids is not None:
        query = query.where(boilerplate.c.feed_id.in_(feed_ids))
    for row in connection.execute(query):
        found[row.feed_id].append(from_row(Boilerplate, row, side=Side(row.side)))
    return {feed_id: tuple(each) for feed_id, each in found.items()}


def save_boilerplate(connection: Connection, feed_id: FeedId, known: Sequence[Boilerplate]) -> None:
    """These and no others from now on."""
    connection.execute(delete(boilerplate).where(boilerplate.c.feed_id == feed_id))
    if known:
        connection.execute(insert(boilerplate), [{"feed_id": feed_id, **asdict(each)} for each in known])
