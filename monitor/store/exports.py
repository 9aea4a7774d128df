"""Articles for `export`, page by page in the order in which they came, so that a million need no more memory than some.

Each page is a transaction of its own and looks at a bounded number of rows: an export keeps nobody from emptying the
write-ahead log. Pages go on by id, which an article keeps for ever: what changes meanwhile is there once, as it is when
its page is read, and what is removed before that is not.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, type_coerce

from monitor.model.exported import ExportedArticle, Wanted
from monitor.model.history import StoredMatch
from monitor.model.ids import ArticleId
from monitor.model.match import Origin
from monitor.policy.standing import feed_name
from monitor.store.article_rows import WHOLE, article_from_row
from monitor.store.group import Group, among
from monitor.store.match_rows import match_from_row
from monitor.store.matches import with_topics
from monitor.store.tables import articles, feeds, matches, topics
from monitor.store.tables.base import UtcDateTime
from monitor.url import shown_url

PAGE = 500
"""Articles a page: their texts are a few megabytes."""

LOOKED_AT = 5_000
"""Ids a transaction looks at, however few of them are asked for: some hundredths of a second."""

Page = tuple[ExportedArticle, ...]


class ExportStore(Group):
    """Stored articles with all that an export says of them."""

    def pages(self, wanted: Wanted) -> Iterator[Page]:
        """What is stored when this begins; what comes meanwhile is left to the next export."""
        above, last = self._bounds(wanted)
        while above < last:
            until = min(above + LOOKED_AT, last)
            with self._database.read() as connection:
                found = _page(connection, wanted, ArticleId(above), ArticleId(until), self._database.now())
            above = found[-1].article.id if len(found) == PAGE else until
            if found:
                yield found

    def _bounds(self, wanted: Wanted) -> tuple[int, int]:
        """Above which id and up to which one they are. No article is dated after it was first seen."""
        first = select(func.min(articles.c.id))
        if wanted.since is not None:
            first = first.where(articles.c.first_seen_at >= _start(wanted.since))
        with self._database.read() as connection:
            least = connection.scalar(first)
            most = connection.scalar(select(func.max(articles.c.id)))
        return (0, 0) if least is None else (least - 1, most or 0)


def page_query(wanted: Wanted, above: ArticleId, until: ArticleId) -> Select[Any]:
    """The first articles that are asked for of those with an id above the one and up to the other."""
    columns = feeds.c.outlet.label("feed_outlet"), feeds.c.title.label("feed_title"), feeds.c.url.label("feed_url")
    query = select(*WHOLE, *columns).join_from(articles, feeds, feeds.c.id == articles.c.feed_id)
    query = query.where(articles.c.id > above, articles.c.id <= until, *_conditions(wanted, above, until))
    return query.order_by(articles.c.id).limit(PAGE)


def _page(connection: Connection, wanted: Wanted, above: ArticleId, until: ArticleId, now: datetime | None) -> Page:
    rows = connection.execute(page_query(wanted, above, until)).all()
    found = _matches(connection, [row.id for row in rows])
    return tuple(
        ExportedArticle(
            article=article_from_row(row, now),
            matches=tuple(found[row.id]),
            story_id=row.story_id,
            feed=feed_name(row.feed_outlet, row.feed_title, row.feed_url),
            feed_url=shown_url(row.feed_url),
        )
        for row in rows
    )


def _matches(connection: Connection, ids: list[ArticleId]) -> dict[ArticleId, list[StoredMatch]]:
    found: defaultdict[ArticleId, list[StoredMatch]] = defaultdict(list)
    query = with_topics().where(among(matches.c.article_id, ids), matches.c.stale_since.is_(None))
    for row in connection.execute(query.order_by(topics.c.name)):
        stored = StoredMatch(match=match_from_row(row), origin=Origin(row.origin), matched_at=row.matched_at)
        found[row.article_id].append(stored)
    return found


def _conditions(wanted: Wanted, above: ArticleId, until: ArticleId) -> Iterator[ColumnElement[bool]]:
    if wanted.since is not None:
        yield _dated() >= _start(wanted.since)
    if wanted.until is not None and wanted.until < date.max:
        yield _dated() < _start(wanted.until + timedelta(days=1))
    if wanted.feeds is not None:
        yield among(articles.c.feed_id, wanted.feeds)
    if wanted.language:
        spoken = func.replace(func.lower(_language()), "_", "-")
        yield or_(spoken == wanted.language, func.substr(spoken, 1, len(wanted.language) + 1) == f"{wanted.language}-")
    if wanted.topic or wanted.is_matched:
        yield articles.c.id.in_(_matched(wanted.topic, above, until))


def _matched(topic: str, above: ArticleId, until: ArticleId) -> Select[Any]:
    """Between the same ids: so SQLite looks at these matches alone."""
    found = select(matches.c.article_id).where(matches.c.stale_since.is_(None))
    if topic:
        found = found.where(matches.c.topic_id == select(topics.c.id).where(topics.c.name == topic).scalar_subquery())
    return found.where(matches.c.article_id > above, matches.c.article_id <= until)


def _dated() -> ColumnElement[datetime]:
    """`Article.dated`."""
    seen = articles.c.first_seen_at
    return type_coerce(func.min(func.coalesce(articles.c.published_at, seen), seen), UtcDateTime())


def _language() -> ColumnElement[str]:
    """`Article.shown_language`."""
    return func.coalesce(func.nullif(articles.c.language, ""), articles.c.identified_language)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
