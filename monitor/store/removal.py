"""Articles that their owner removes (`articles forget`): what editions say of them, and what is left.

A removal is several transactions: first the editions, one by one, then the articles. After a crash in between they are
still there, and whoever removes them again removes the rest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from monitor.model.delivery import DeliveryState
from monitor.model.fate import Removed
from monitor.model.feed_update import KnownArticle
from monitor.model.ids import ArticleId, DeliveryId, EditionId, FeedId, StoryId
from monitor.render.redaction import Words
from monitor.store.feed_rows import name_of
from monitor.store.group import Group, among, from_row
from monitor.store.retention import of_articles
from monitor.store.tables import (
    alert_recipients,
    alerts,
    articles,
    corrections,
    deliveries,
    editions,
    feeds,
    listings,
    missed_reports,
    perhaps_lines,
    removal_traces,
    removals,
    removed_listings,
    revisions,
    stories,
    tombstones,
)
from monitor.store.word_counts import forget_words

SHOWING = (listings, corrections, perhaps_lines)
"""The tables of what an edition shows."""

SHOWN_WITHIN = timedelta(days=31)
"""A roll-up and a correction name an article that they do not list; none does so later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """An article that is to go."""

    known: KnownArticle
    """By what it is recognised."""
    feed_id: FeedId
    """Its feed."""
    first_seen_at: datetime
    """When it was first seen (UTC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What is left of an article that goes."""

    tombstones: tuple[int, ...]
    """By these its feed does not bring it back."""
    addresses: tuple[int, ...]
    """By these, and the others, `why` knows it."""
    link: str
    """Its canonical address; "" if none. Cases of `missed` are known by it from then on."""


class RemovalStore(Group):
    """What is removed, and what was."""

    def of_feeds(self, feed_ids: Iterable[FeedId], since: datetime, until: datetime) -> tuple[ArticleId, ...]:
        """The articles of these feeds first seen from `since` on and before `until`."""
        between = articles.c.first_seen_at >= since, articles.c.first_seen_at < until
        query = select(articles.c.id).where(among(articles.c.feed_id, feed_ids), *between)
        return tuple(row.id for row in self._all(query.order_by(articles.c.id)))

    def going(self, ids: Sequence[ArticleId]) -> tuple[Going, ...]:
        """Those of these articles that are stored."""
        own = (articles.c[field.name] for field in fields(KnownArticle))
        query = select(*own, articles.c.feed_id, articles.c.first_seen_at).where(among(articles.c.id, ids))
        return tuple(
            Going(known=from_row(KnownArticle, row), feed_id=row.feed_id, first_seen_at=row.first_seen_at)
            for row in self._all(query.order_by(articles.c.id))
        )

    def words(self, ids: Iterable[ArticleId]) -> tuple[Words, ...]:
        """What these articles say, and said before edits."""
        ids = tuple(ids)
        now = select(articles.c.title, articles.c.text, articles.c.link).where(among(articles.c.id, ids))
        before = select(revisions.c.title, revisions.c.text, revisions.c.link).where(among(revisions.c.article_id, ids))
        return tuple(
            Words(title=row.title, text=row.text, link=row.link) for row in (*self._all(now), *self._all(before))
        )

    def showing(self, ids: Sequence[ArticleId], first: datetime, last: datetime) -> tuple[EditionId, ...]:
        """The editions that may say something of these articles, which were first seen between these moments."""
        shown = (
            editions.c.id.in_(select(table.c.edition_id).where(among(table.c.article_id, ids))) for table in SHOWING
        )
        made = and_(editions.c.made_at >= first, editions.c.made_at <= last + SHOWN_WITHIN)
        query = select(editions.c.id).where(or_(made, *shown)).order_by(editions.c.id)
        return tuple(row.id for row in self._all(query))

    def shown_in(self, ids: Sequence[ArticleId]) -> tuple[EditionId, ...]:
        """The editions that show these articles: those that may quote them."""
        shown = [
            editions.c.id.in_(select(table.c.edition_id).where(among(table.c.article_id, ids))) for table in SHOWING
        ]
        return tuple(row.id for row in self._all(select(editions.c.id).where(or_(*shown)).order_by(editions.c.id)))

    def others_in(self, edition_id: EditionId, ids: Iterable[ArticleId]) -> tuple[ArticleId, ...]:
        """The other articles that an edition shows."""
        found: set[ArticleId] = set()
        for table in SHOWING:
            found |= {
                row.article_id for row in self._all(select(table.c.article_id).where(table.c.edition_id == edition_id))
            }
        return tuple(sorted(found - set(ids)))

    def mailed(self, ids: Sequence[ArticleId]) -> tuple[int, int]:
        """How many editions show these articles, and how many of their messages were sent."""
        found = self.shown_in(ids)
        sent = select(func.count()).where(
            among(deliveries.c.edition_id, found), deliveries.c.state == DeliveryState.SENT
        )
        with self._database.read() as connection:
            return len(found), connection.scalar(sent) or 0

    def messages(self, edition_id: EditionId) -> tuple[tuple[DeliveryId, str], ...]:
        """The messages of an edition of which the bytes are kept, each with its recipient."""
        query = select(deliveries.c.id, deliveries.c.recipient).where(deliveries.c.edition_id == edition_id)
        kept = query.where(func.length(deliveries.c.body) > 0).order_by(deliveries.c.id)
        return tuple((row.id, row.recipient) for row in self._all(kept))

    def alert_messages(self, ids: Sequence[ArticleId]) -> tuple[tuple[DeliveryId, str], ...]:
        """The messages of alerts on these articles of which the bytes are kept, with their copies in other forms, each
        with its recipient.
        """
        own = (
            select(alert_recipients.c.delivery_id)
            .join_from(alert_recipients, alerts)
            .where(among(alerts.c.article_id, ids), alert_recipients.c.delivery_id.is_not(None))
        )
        chosen = or_(deliveries.c.id.in_(own), deliveries.c.repairs.in_(own))
        query = select(deliveries.c.id, deliveries.c.recipient).where(chosen, func.length(deliveries.c.body) > 0)
        return tuple((row.id, row.recipient) for row in self._all(query.order_by(deliveries.c.id)))

    def body(self, delivery_id: DeliveryId) -> bytes:
        """The bytes of a message."""
        with self._database.read() as connection:
            return bytes(
                connection.execute(select(deliveries.c.body).where(deliveries.c.id == delivery_id)).scalar_one()
            )

    def rewrite_page(self, edition_id: EditionId, page: str) -> None:
        """Replace the page of an edition; it is written to the archive again."""
        with self._database.write() as connection:
            overwrite(connection)
            changed = update(editions).where(editions.c.id == edition_id)
            connection.execute(changed.values(page=page, archived_at=None))

    def rewrite_message(self, delivery_id: DeliveryId, body: bytes) -> None:
        """Replace the bytes of a message; how it was delivered stays."""
        with self._database.write() as connection:
            overwrite(connection)
            connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(body=body))

    def forget(self, gone: Mapping[ArticleId, tuple[Going, Traces]], counts: Mapping[str, int], now: datetime) -> None:
        """Drop these articles with all that belongs to them, and keep their traces. `counts`: of each of their words,
        how many of them have it. What is deleted is overwritten.
        """
        if not gone:
            return
        ids = list(gone)
        with self._database.write() as connection:
            overwrite(connection)
            _hand_over_stories(connection, ids)
            _count_listings(connection, ids)
            forget_words(connection, counts)
            for column in of_articles():
                connection.execute(delete(column.table).where(among(column, ids)))
            connection.execute(delete(articles).where(among(articles.c.id, ids)))
            for article_id, (article, traces) in gone.items():
                _keep_traces(connection, article_id, article, traces, now)

    def removed(self, traces: Sequence[int] = (), article_id: ArticleId | None = None) -> tuple[Removed, ...]:
        """The articles with one of these traces, or of this number, that were removed; each address once."""
        with_trace = select(removal_traces.c.removal_id).where(removal_traces.c.trace.in_(traces))
        chosen = or_(removals.c.id.in_(with_trace), removals.c.article_id == article_id)
        query = select(removals, *feeds.c["outlet", "title", "url"]).join_from(removals, feeds).where(chosen)
        return tuple(
            Removed(feed=name_of(row), first_seen_at=row.first_seen_at, removed_at=row.removed_at)
            for row in self._all(query.order_by(removals.c.id))
        )


def overwrite(connection: Connection) -> None:
    """What this connection deletes from now on is overwritten with zeros. It costs little: it writes seldom else.
    PostgreSQL cannot do so: what it deletes goes when the server cleans up the table, by itself (docs/postgresql.md).
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def _hand_over_stories(connection: Connection, ids: Sequence[ArticleId]) -> None:
    """A story is called after its first article: where that goes, after the first of those that stay."""
    members = select(articles.c.story_id, func.min(articles.c.id).label("heir")).where(
        among(articles.c.story_id, ids), ~among(articles.c.id, ids)
    )
    for row in connection.execute(members.group_by(articles.c.story_id)).all():
        connection.execute(update(articles).where(articles.c.story_id == row.story_id).values(story_id=row.heir))
        connection.execute(update(alerts).where(alerts.c.story_id == row.story_id).values(story_id=row.heir))
        muted_at = connection.scalar(select(stories.c.muted_at).where(stories.c.id == row.story_id))
        if muted_at is not None:
            statement = upsert(stories).values(id=StoryId(row.heir), muted_at=muted_at)
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"muted_at": muted_at}))
    connection.execute(update(articles).where(among(articles.c.id, ids)).values(story_id=None))
    connection.execute(delete(stories).where(among(stories.c.id, ids)))


def _count_listings(connection: Connection, ids: Sequence[ArticleId]) -> None:
    counted = select(listings.c.edition_id, func.count().label("listings")).where(among(listings.c.article_id, ids))
    for row in connection.execute(counted.group_by(listings.c.edition_id)).all():
        statement = upsert(removed_listings).values(edition_id=row.edition_id, listings=row.listings)
        more = {"listings": removed_listings.c.listings + row.listings}
        connection.execute(statement.on_conflict_do_update(index_elements=["edition_id"], set_=more))


def _keep_traces(connection: Connection, article_id: ArticleId, article: Going, traces: Traces, now: datetime) -> None:
    left = [{"feed_id": article.feed_id, "trace": trace, "seen_at": now} for trace in traces.tombstones]
    buried = upsert(tombstones)
    seen = {"seen_at": buried.excluded.seen_at}
    if left:
        connection.execute(buried.on_conflict_do_update(index_elements=["feed_id", "trace"], set_=seen), left)
    values: dict[str, Any] = {"feed_id": article.feed_id, "first_seen_at": article.first_seen_at, "removed_at": now}
    statement = insert(removals).values(article_id=article_id, **values).returning(removals.c.id)
    removal: int = connection.execute(statement).scalar_one()
    all_ = dict.fromkeys((*traces.tombstones, *traces.addresses))
    if all_:
        connection.execute(insert(removal_traces), [{"trace": trace, "removal_id": removal} for trace in all_])
    subject = traces.link or f"article {article_id}"
    case = {"article_id": None, "subject": subject, "finding": "The article was removed by its owner."}
    connection.execute(update(missed_reports).where(missed_reports.c.article_id == article_id).values(case))
