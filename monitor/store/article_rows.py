"""Rows of articles: as the rest of the program knows them, inserted and changed."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from monitor.model.article import Arrival, Article
from monitor.model.feed_update import ChangedArticle, FeedUpdate, RenamedArticle
from monitor.model.ids import ArticleId, FeedId
from monitor.policy.retention import noted_again_before
from monitor.store.group import from_row
from monitor.store.tables import articles, outlets, revisions, tombstones


def article_from_row(row: Row[Any]) -> Article:
    return from_row(Article, row, arrival=Arrival(row.arrival), categories=tuple(row.categories))


def insert_articles(connection: Connection, update_: FeedUpdate) -> dict[str, ArticleId]:
    """The ids of the new articles, by their keys."""
    if not update_.new:
        return {}
    rows = [{"feed_id": update_.state.id, **asdict(article)} for article in update_.new]
    inserted = connection.execute(insert(articles).returning(articles.c.key, articles.c.id), rows)
    seen = {each.outlet.casefold(): each.first_seen_at for each in update_.new if each.outlet}
    if seen:
        names = [{"name": name, "first_seen_at": moment} for name, moment in sorted(seen.items())]
        connection.execute(upsert(outlets).on_conflict_do_nothing(), names)
    return {row.key: row.id for row in inserted}


def keep_revision(connection: Connection, changed: ChangedArticle, now: datetime) -> None:
    """Keep what an article said before an edit."""
    old = select(articles.c.id, articles.c.link, articles.c.title, articles.c.text).where(articles.c.id == changed.id)
    row = connection.execute(old).one()
    connection.execute(
        insert(revisions).values(article_id=row.id, replaced_at=now, link=row.link, title=row.title, text=row.text)
    )


def save_article(connection: Connection, changed: ChangedArticle | RenamedArticle) -> None:
    """Write what changed of a stored article."""
    values = asdict(changed)
    connection.execute(update(articles).where(articles.c.id == values.pop("id")).values(values))


def save_sighting(connection: Connection, feed_id: FeedId, traces: Sequence[int], now: datetime) -> None:
    """Note that a feed still has items whose articles are gone (rule I10)."""
    known = tombstones.c.trace.in_(traces), tombstones.c.seen_at < noted_again_before(now)
    connection.execute(update(tombstones).where(tombstones.c.feed_id == feed_id, *known).values(seen_at=now))
