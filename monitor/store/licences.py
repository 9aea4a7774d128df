"""Texts that the licences of their feeds do not allow to keep any longer: which these are, and what is left of them.

What a licence allows stands in the row of its feed, so that it counts for feeds that were paused or removed as well.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, or_, select, update

from monitor.copies import runs_of
from monitor.model.feed_update import FeedUpdate
from monitor.model.ids import ArticleId, FeedId
from monitor.policy.licences import is_over
from monitor.store.article_rows import as_licensed
from monitor.store.group import Group, among
from monitor.store.removal import SHOWING, overwrite
from monitor.store.tables import articles, feeds, revisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Articles of one feed, in the order of their ids, of which the licence has ended."""

    feed_id: FeedId
    """The feed."""
    until: ArticleId
    """The last of those that were looked at: whatever came before is done."""
    ids: tuple[ArticleId, ...]
    """Those that have a text, or had one before an edit."""


_IS_LIMITED = or_(feeds.c.keep_text.is_not(None), feeds.c.is_quotable.is_(False))
_WAS_FULL = select(revisions.c.id).where(revisions.c.article_id == articles.c.id, revisions.c.text != "").exists()
_IS_FULL = or_(articles.c.text != "", _WAS_FULL)


class LicenceStore(Group):
    """What licences end."""

    def allowed(self, update_: FeedUpdate, now: datetime) -> FeedUpdate:
        """The update without texts that the licence of the feed does not allow to keep."""
        with self._database.read() as connection:
            return as_licensed(connection, update_, now)

    def limited(self) -> tuple[FeedId, ...]:
        """The feeds whose licences end, in the config or not."""
        return tuple(row.id for row in self._all(select(feeds.c.id).where(_IS_LIMITED).order_by(feeds.c.id)))

    def ended(self, feed_id: FeedId, now: datetime, limit: int) -> Ended | None:
        """The next articles of a feed of which the licence has ended, at most so many; None if there are none, and if
        the feed has no licence that ends any more.
        """
        found = self._all(select(feeds).where(feeds.c.id == feed_id, _IS_LIMITED))
        if not found:
            return None
        (feed,) = found
        rows = self._over(feed, now, limit)
        if not rows:
            return None
        ids = tuple(row.id for row in rows if row.is_full)
        return Ended(feed_id=feed.id, until=rows[-1].id, ids=ids)

    def _over(self, feed: Row[Any], now: datetime, limit: int) -> Sequence[Row[Any]]:
        """The next articles of the feed, up to the first that may still be kept."""
        query = select(articles.c.id, articles.c.first_seen_at, _IS_FULL.label("is_full"))
        query = query.where(articles.c.feed_id == feed.id, articles.c.id > feed.texts_removed_to)
        rows = self._all(query.order_by(articles.c.id).limit(limit))
        place = next((n for n, row in enumerate(rows) if not is_over(row.first_seen_at, _kept(feed), now)), len(rows))
        return rows[:place]

    def quoted(self, now: datetime, most: int) -> tuple[ArticleId, ...]:
        """Articles with a text of which the licence has ended and that an edition shows, at most so many: where `ended`
        comes to them last, because thousands come before, their quotes would stand in the archive for days.
        """
        found: list[ArticleId] = []
        for feed in self._all(select(feeds).where(_IS_LIMITED).order_by(feeds.c.id)):
            kept = _kept(feed)
            last = select(articles.c.id).where(articles.c.first_seen_at <= now - kept)
            last = last.order_by(articles.c.first_seen_at.desc()).limit(1)  # few are tried that may still be kept
            query = select(articles.c.id, articles.c.first_seen_at).where(
                articles.c.feed_id == feed.id,
                articles.c.id > feed.texts_removed_to,
                articles.c.id <= last.scalar_subquery(),
                or_(*(select(1).where(each.c.article_id == articles.c.id).exists() for each in SHOWING)),
                _IS_FULL,
            )
            rows = self._all(query.order_by(articles.c.id).limit(most - len(found)))
            found += [row.id for row in rows if is_over(row.first_seen_at, kept, now)]
        return tuple(found)

    def ending(self, ids: Iterable[ArticleId]) -> tuple[ArticleId, ...]:
        """Those of these articles that have a text, or had one before an edit, of which the licence ends some day."""
        query = select(articles.c.id).join_from(articles, feeds).where(among(articles.c.id, ids), _IS_LIMITED, _IS_FULL)
        return tuple(row.id for row in self._all(query.order_by(articles.c.id)))

    def empty(self, ids: Iterable[ArticleId], now: datetime) -> None:
        """Remove the texts of these articles, of earlier versions as well; they are overwritten."""
        with self._database.write() as connection:
            overwrite(connection)
            _empty(connection, ids, now)

    def remove_texts(self, ended: Ended, now: datetime) -> None:
        """Remove the texts, of earlier versions as well; they are overwritten. Matches stay: they quote no sentence.
        Nothing is removed if the owner has taken the licence out since.
        """
        with self._database.write() as connection:
            if not connection.execute(select(feeds.c.id).where(feeds.c.id == ended.feed_id, _IS_LIMITED)).all():
                return
            overwrite(connection)
            _empty(connection, ended.ids, now)
            this = feeds.c.id == ended.feed_id
            connection.execute(update(feeds).where(this).values(texts_removed_to=ended.until))


def _kept(feed: Row[Any]) -> timedelta:
    """How long a feed whose licence ends allows to keep texts."""
    return timedelta(seconds=feed.keep_text or 0) if feed.is_quotable else timedelta()


def _empty(connection: Connection, ids: Iterable[ArticleId], now: datetime) -> None:
    full = select(articles.c.id, articles.c.text).where(among(articles.c.id, ids), articles.c.text != "")
    rows = [{"this": row.id, "runs": runs_of(row.text)} for row in connection.execute(full)]
    if rows:
        gone = {"text": "", "text_removed_at": now, "text_runs": bindparam("runs")}
        connection.execute(update(articles).where(articles.c.id == bindparam("this")).values(**gone), rows)
    connection.execute(update(revisions).where(among(revisions.c.article_id, ids)).values(text=""))
