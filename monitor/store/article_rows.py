"""Rows of articles: as the rest of the program knows them, inserted and changed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, case, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from monitor.model.article import Arrival, Article
from monitor.model.feed_update import ChangedArticle, FeedUpdate, RenamedArticle
from monitor.model.ids import ArticleId, FeedId
from monitor.policy.licences import is_over
from monitor.policy.retention import noted_again_before
from monitor.reconcile.licences import licensed, without_text
from monitor.store.database import portions
from monitor.store.group import from_row, values_of
from monitor.store.tables import articles, feeds, outlets, revisions, tombstones

LICENCE = case((feeds.c.is_quotable.is_(False), 0), else_=feeds.c.keep_text).label("kept_seconds")
"""How long a feed allows to keep texts, as `kept_of` reads it."""

_licensing = feeds.alias("licensing")
KEPT_SECONDS = (
    select(case((_licensing.c.is_quotable.is_(False), 0), else_=_licensing.c.keep_text))
    .where(_licensing.c.id == articles.c.feed_id)
    .correlate(articles)
    .scalar_subquery()
    .label("kept_seconds")
)
"""How long the feed of an article allows to keep its text, in the config or not: 0 not at all, NULL for ever."""

WHOLE = (articles, KEPT_SECONDS)
"""The columns of which `article_from_row` makes an article."""


def kept_of(seconds: int | None) -> timedelta | None:
    """How long a text may be kept, by LICENCE or KEPT_SECONDS; None for ever."""
    return None if seconds is None else timedelta(seconds=seconds)


def article_from_row(row: Row[Any], now: datetime | None) -> Article:
    """The article as it may be shown: one whose licence is over has no text, as if that was removed already. Rows
    become articles here and nowhere else, so that no reader can forget it. `now` is the time of the database.
    """
    article = from_row(Article, row, arrival=Arrival(row.arrival), categories=tuple(row.categories))
    if not article.text or not is_over(article.first_seen_at, kept_of(row.kept_seconds), now):
        return article
    return without_text(article, now or article.first_seen_at)


def as_licensed(connection: Connection, update_: FeedUpdate, now: datetime) -> FeedUpdate:
    """The update without texts that the licence of the feed does not allow to keep, as it is now."""
    this = feeds.c.id == update_.state.id
    feed = connection.execute(select(LICENCE, feeds.c.texts_removed_to).where(this)).one()
    ids = [each.id for each in (*update_.changed, *update_.reread)]
    dates = {} if feed.kept_seconds is None else came_at(connection, ids)
    return licensed(update_, kept_of(feed.kept_seconds), dates, ArticleId(feed.texts_removed_to), now)


def came_at(connection: Connection, ids: Sequence[ArticleId]) -> dict[ArticleId, datetime]:
    """When each of these articles was first seen."""
    found: dict[ArticleId, datetime] = {}
    for chosen in portions(ids):
        query = select(articles.c.id, articles.c.first_seen_at).where(articles.c.id.in_(chosen))
        found |= {row.id: row.first_seen_at for row in connection.execute(query)}
    return found


def insert_articles(connection: Connection, update_: FeedUpdate) -> dict[str, ArticleId]:
    """The ids of the new articles, by their keys."""
    if not update_.new:
        return {}
    rows = [{"feed_id": update_.state.id, **values_of(article)} for article in update_.new]
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
    values = values_of(changed)
    connection.execute(update(articles).where(articles.c.id == values.pop("id")).values(values))


def save_sighting(connection: Connection, feed_id: FeedId, traces: Sequence[int], now: datetime) -> None:
    """Note that a feed still has items whose articles are gone (rule I10)."""
    known = tombstones.c.trace.in_(traces), tombstones.c.seen_at < noted_again_before(now)
    connection.execute(update(tombstones).where(tombstones.c.feed_id == feed_id, *known).values(seen_at=now))
