"""What texts of each feed begin or end with: written by polls that bring new articles, read where texts are judged or
quoted.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from monitor.model.boilerplate import Boilerplate, Side, Specimen
from monitor.store.database import Database, portions
from monitor.store.tables import articles, boilerplate

Shared = Mapping[int, tuple[Boilerplate, ...]]


class BoilerplateStore:
    """What is learned of the feeds; of each a few dozen rows at most (`boilerplate.learning`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_feed(self, feed_id: int) -> tuple[Boilerplate, ...]:
        with self._database.read() as connection:
            return boilerplate_of(connection, [feed_id]).get(feed_id, ())

    def of_all(self) -> Shared:
        """By feed."""
        with self._database.read() as connection:
            return boilerplate_of(connection)

    def recent(self, feed_id: int, limit: int) -> tuple[Specimen, ...]:
        """The latest articles of a feed, the newest first."""
        query = (
            select(articles.c.title, articles.c.text, articles.c.first_seen_at)
            .where(articles.c.feed_id == feed_id)
            .order_by(articles.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple(
                Specimen(title=row.title, text=row.text, seen_at=row.first_seen_at) for row in connection.execute(query)
            )

    def came_at(self, article_ids: Sequence[int]) -> Mapping[int, datetime]:
        """When each of these articles was first seen."""
        found: dict[int, datetime] = {}
        with self._database.read() as connection:
            for chosen in portions(article_ids):
                query = select(articles.c.id, articles.c.first_seen_at).where(articles.c.id.in_(chosen))
                found |= {row.id: row.first_seen_at for row in connection.execute(query)}
        return found


def boilerplate_of(connection: Connection, feed_ids: Collection[int] | None = None) -> Shared:
    """By feed, what is learned of these (None: of all)."""
    found: defaultdict[int, list[Boilerplate]] = defaultdict(list)
    query = select(boilerplate).order_by(boilerplate.c.feed_id, boilerplate.c.side, boilerplate.c.words)
    if feed_ids is not None:
        query = query.where(boilerplate.c.feed_id.in_(feed_ids))
    for row in connection.execute(query):
        found[row.feed_id].append(_from_row(row))
    return {feed_id: tuple(each) for feed_id, each in found.items()}


def save_boilerplate(connection: Connection, feed_id: int, known: Sequence[Boilerplate]) -> None:
    """These and no others from now on."""
    connection.execute(delete(boilerplate).where(boilerplate.c.feed_id == feed_id))
    if known:
        connection.execute(insert(boilerplate), [_row(feed_id, each) for each in known])


def _row(feed_id: int, each: Boilerplate) -> dict[str, Any]:
    return {
        "feed_id": feed_id,
        "side": each.side,
        "words": each.words,
        "sample": each.sample,
        "items": each.items,
        "of_items": each.of_items,
        "days": each.days,
        "first_seen_at": each.first_seen_at,
        "last_seen_at": each.last_seen_at,
        "left_out_since": each.left_out_since,
    }


def _from_row(row: Row[Any]) -> Boilerplate:
    return Boilerplate(
        side=Side(row.side),
        words=row.words,
        sample=row.sample,
        items=row.items,
        of_items=row.of_items,
        days=row.days,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        left_out_since=row.left_out_since,
    )
