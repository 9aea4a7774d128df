"""Articles and messages that go, and what is left of them. Which articles do go is decided in `jobs`."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, delete, func, select, true, update
from sqlalchemy.dialects.sqlite import insert as upsert

from monitor.model.delivery import DeliveryState
from monitor.model.feed_update import KnownArticle
from monitor.model.ids import ArticleId, FeedId
from monitor.model.match import Origin
from monitor.policy.retention import forgotten_before
from monitor.store.database import Database
from monitor.store.tables import articles, deliveries, digests, editions, matches, metadata, removal_traces, tombstones


class RetentionStore:
    """Old articles, tombstones and old messages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def has_taken(self, feed_id: FeedId) -> bool:
        """Whether anything of this feed is gone."""
        with self._database.read() as connection:
            query = select(tombstones.c.trace).where(tombstones.c.feed_id == feed_id).limit(1)
            return connection.scalar(query) is not None

    def old(self, before: datetime, *, beyond: int, limit: int) -> tuple[tuple[FeedId, KnownArticle], ...]:
        """Articles first seen before then that no edition is waiting for and no story begins with, and their feeds'
        ids, in the order of their own, which are greater than `beyond`.
        """
        columns = (articles.c[each.name] for each in fields(KnownArticle))
        with self._database.read() as connection:
            query = (
                select(articles.c.feed_id, *columns)
                .where(*_is_old(connection, before), articles.c.id > beyond)
                .order_by(articles.c.id)
                .limit(limit)
            )
            rows = [row._asdict() for row in connection.execute(query)]
        return tuple((row.pop("feed_id"), KnownArticle(**row)) for row in rows)

    def first_seen_at(self, article_id: ArticleId) -> datetime:
        """When an article that is there was first seen."""
        with self._database.read() as connection:
            query = select(articles.c.first_seen_at).where(articles.c.id == article_id)
            found: datetime = connection.execute(query).scalar_one()
            return found

    def bury(self, gone: Mapping[ArticleId, tuple[FeedId, tuple[int, ...]]], now: datetime) -> None:
        """Drop these articles with all that belongs to them; of each, its feed and the traces it leaves."""
        if not gone:
            return
        left = [{"feed_id": feed, "trace": trace, "seen_at": now} for feed, traces in gone.values() for trace in traces]
        with self._database.write() as connection:
            for column in of_articles():
                connection.execute(delete(column.table).where(column.in_(gone)))
            connection.execute(delete(articles).where(articles.c.id.in_(gone)))
            statement = upsert(tombstones)
            seen = {"seen_at": statement.excluded.seen_at}
            connection.execute(statement.on_conflict_do_update(index_elements=["feed_id", "trace"], set_=seen), left)

    def forget_tombstones(self) -> int:
        """Drop tombstones whose item has not been in the feed for a long time, but for those of articles that somebody
        removed. Returns how many were dropped.
        """
        latest = select(tombstones.c.feed_id, func.max(tombstones.c.seen_at).label("at")).group_by(tombstones.c.feed_id)
        with self._database.write() as connection:
            found = connection.execute(latest).all()
            return sum(
                connection.execute(
                    delete(tombstones).where(
                        tombstones.c.feed_id == row.feed_id,
                        tombstones.c.seen_at < forgotten_before(row.at),
                        tombstones.c.trace.not_in(select(removal_traces.c.trace)),
                    )
                ).rowcount
                for row in found
            )

    def empty_sent(self, before: datetime, *, limit: int) -> int:
        """Drop the bytes of messages that arrived before `before`. Returns how many messages."""
        is_full = func.length(deliveries.c.body) > 0
        query = select(deliveries.c.id).where(
            deliveries.c.state == DeliveryState.SENT, deliveries.c.finished_at < before, is_full
        )
        with self._database.write() as connection:
            gone = deliveries.c.id.in_(query.limit(limit).scalar_subquery())
            return connection.execute(update(deliveries).where(gone).values(body=b"")).rowcount


def _is_old(connection: Connection, before: datetime) -> tuple[ColumnElement[bool], ...]:
    members = articles.alias("members")
    is_first_of_others = select(members.c.id).where(members.c.story_id == articles.c.id, members.c.id != articles.c.id)
    return articles.c.first_seen_at < before, ~is_first_of_others.exists(), _is_settled(connection)


def _is_settled(connection: Connection) -> ColumnElement[bool]:
    """No match has come since the latest edition of any digest: what that did not list, none will."""
    latest = select(func.max(editions.c.last_match)).where(editions.c.digest_id == digests.c.id).scalar_subquery()
    known = connection.scalars(select(latest).where(digests.c.is_configured)).all()
    if not known:
        return true()
    waiting = select(matches.c.id).where(
        matches.c.article_id == articles.c.id,
        matches.c.origin != Origin.BASELINE,
        matches.c.id > min(last or 0 for last in known),
    )
    return ~waiting.exists()


def of_articles() -> Iterator[Column[Any]]:
    """Every column by which something belongs to an article; an article itself belongs to a story."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if table is not articles and any(key.column is articles.c.id for key in column.foreign_keys):
                yield column
