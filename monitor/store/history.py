"""What is stored, for those who look back: articles in the order they came, and what was decided about them.

Reads only. A long history is read in batches, each a transaction of its own, so that it neither fills the
memory nor keeps the write-ahead log from being emptied while a daemon works beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, tuple_

from monitor.model.article import Article
from monitor.model.edition_input import Origin
from monitor.model.history import StoredMatch, TopicActivity
from monitor.model.match import Match
from monitor.policy.news import MONTH, WEEK
from monitor.store.articles import article_from_row, match_from_row
from monitor.store.boilerplate import Shared, boilerplate_of
from monitor.store.database import Database
from monitor.store.rhythm import is_new
from monitor.store.tables import articles, matches, topics
from monitor.url import canonical_url, host_of

BATCH_ARTICLES = 500
"""Few enough for one statement to name their ids, and for the texts of a batch to be a few megabytes."""

Decided = tuple[Article, tuple[Match, ...]]


class HistoryStore:
    """Everything that was ever stored, as the workbench asks for it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, moment: datetime) -> Iterator[Article]:
        """Articles first seen from `moment` on, in order of (first seen, id)."""
        for rows in self._batches(moment):
            yield from map(article_from_row, rows)

    def shared(self) -> Shared:
        """By feed, what its texts begin or end with: an article is judged by what was known when it came."""
        with self._database.read() as connection:
            return boilerplate_of(connection)

    def count(self, moment: datetime) -> int:
        """How many articles `since` gives."""
        with self._database.read() as connection:
            found = select(func.count()).select_from(articles).where(articles.c.first_seen_at >= moment)
            return connection.scalar(found) or 0

    def decided_since(self, moment: datetime) -> Iterator[Decided]:
        """The same, each with its stored matches, in the order of their topics' names."""
        for rows in self._batches(moment):
            found: dict[int, list[Match]] = {row.id: [] for row in rows}
            query = _with_topics().where(matches.c.article_id.in_(found)).order_by(topics.c.name)
            for row in self._all(query):
                found[row.article_id].append(match_from_row(row))
            yield from ((article_from_row(row), tuple(found[row.id])) for row in rows)

    def article(self, article_id: int) -> Article | None:
        return next(map(article_from_row, self._all(select(articles).where(articles.c.id == article_id))), None)

    def decided(self, article_id: int) -> Decided | None:
        """An article with its stored matches, in the order of their topics' names."""
        article = self.article(article_id)
        query = _with_topics().where(matches.c.article_id == article_id).order_by(topics.c.name)
        return None if article is None else (article, tuple(map(match_from_row, self._all(query))))

    def at(self, url: str) -> tuple[Article, ...]:
        """The articles whose link leads to the same address (rule I1), oldest first: several feeds may carry one."""
        address = canonical_url(url)
        if not address:
            return ()
        on_its_host = articles.c.link.contains(host_of(url), autoescape=True)
        rows = self._all(select(articles).where(on_its_host).order_by(articles.c.id))
        return tuple(article_from_row(row) for row in rows if canonical_url(row.link) == address)

    def match_of(self, topic: str, article_id: int) -> StoredMatch | None:
        query = _with_topics().where(matches.c.article_id == article_id, topics.c.name == topic)
        for row in self._all(query):
            return StoredMatch(match=match_from_row(row), origin=Origin(row.origin), matched_at=row.matched_at)
        return None

    def wordings(self) -> Mapping[str, str]:
        """By name, the fingerprint each topic was last matched under; "" for one that is no longer looked for."""
        return {row.name: row.fingerprint for row in self._all(select(topics))}

    def activity(self, now: datetime) -> Mapping[str, TopicActivity]:
        """By name, for each topic with a stored match. Of the last days only what was new then is counted."""
        query = (
            select(
                topics.c.name,
                func.count().label("matches"),
                func.count().filter(is_new(WEEK, now)).label("last_7_days"),
                func.count().filter(is_new(MONTH, now)).label("last_30_days"),
                func.max(matches.c.matched_at).label("last_match_at"),
            )
            .select_from(matches.join(topics).join(articles))
            .group_by(topics.c.name)
        )
        return {
            row.name: TopicActivity(
                matches=row.matches,
                last_7_days=row.last_7_days,
                last_30_days=row.last_30_days,
                last_match_at=row.last_match_at,
            )
            for row in self._all(query)
        }

    def _batches(self, moment: datetime) -> Iterator[Sequence[Row[Any]]]:
        order = (articles.c.first_seen_at, articles.c.id)
        query = select(articles).order_by(*order).limit(BATCH_ARTICLES)
        last: tuple[datetime, int] = (moment, 0)
        while rows := self._all(query.where(tuple_(*order) > last)):
            yield rows
            last = (rows[-1].first_seen_at, rows[-1].id)

    def _all(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with self._database.read() as connection:
            return connection.execute(query).all()


def _with_topics() -> Select[Any]:
    return select(matches, topics.c.name.label("topic")).select_from(matches.join(topics))
