"""What the scorer reads of articles, matches and judgements, and the best likeness of past days, which is a memo."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Date, Select, delete, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from monitor.model.article import Article
from monitor.model.ids import ArticleId
from monitor.store.article_rows import WHOLE, article_from_row
from monitor.store.database import portions
from monitor.store.group import Group
from monitor.store.matches import HAPPENED
from monitor.store.tables import articles, judgements, likeness_days, matches, topics
from monitor.store.topics import topic_ids

READ_CHARACTERS = 1_000
"""More of a text is not read for its words (`nearly.words`)."""

PORTION = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An article that a topic matches, or that was judged. `judged_at`: None for a match."""

    article_id: ArticleId
    revisions: int
    is_relevant: bool = True
    judged_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFacts:
    """How many articles came on a UTC day as news, the highest id, and how many edits they had."""

    articles: int
    last_id: int
    revisions: int


class LikenessStore(Group):
    """Of articles, only those that came as news."""

    def days(self, since: date, until_article: int) -> dict[date, DayFacts]:
        day = func.date(articles.c.first_seen_at, type_=Date)
        query: Select[Any, Any, Any, Any] = (
            select(
                day.label("day"),
                func.count().label("articles"),
                func.max(articles.c.id).label("last_id"),
                func.sum(articles.c.revisions).label("revisions"),
            )
            .where(*HAPPENED, articles.c.first_seen_at >= _begin(since), articles.c.id <= until_article)
            .group_by(day)
        )
        return {
            row.day: DayFacts(articles=row.articles, last_id=row.last_id, revisions=row.revisions)
            for row in self._all(query)
        }

    def of_day(self, day: date, until_article: int) -> Iterator[tuple[ArticleId, str, str]]:
        """Id, title and the beginning of the text of the articles of a day, in order of their ids."""
        columns = (articles.c.id, articles.c.title, func.substr(articles.c.text, 1, READ_CHARACTERS).label("text"))
        query = (
            select(*columns)
            .where(*HAPPENED, articles.c.first_seen_at >= _begin(day))
            .where(articles.c.first_seen_at < _begin(day + timedelta(days=1)), articles.c.id <= until_article)
            .order_by(articles.c.id)
            .limit(PORTION)
        )
        last = 0
        while rows := self._all(query.where(articles.c.id > last)):
            yield from ((row.id, row.title, row.text) for row in rows)
            last = rows[-1].id

    def texts(self, ids: Sequence[ArticleId]) -> dict[ArticleId, tuple[str, str]]:
        """Title and the beginning of the text of these articles."""
        found: dict[ArticleId, tuple[str, str]] = {}
        for some in portions(ids):
            text = func.substr(articles.c.text, 1, READ_CHARACTERS).label("text")
            query = select(articles.c.id, articles.c.title, text).where(articles.c.id.in_(some))
            found |= {row.id: (row.title, row.text) for row in self._all(query)}
        return found

    def whole(self, ids: Sequence[ArticleId]) -> dict[ArticleId, Article]:
        now = self._database.now()
        return {
            row.id: article_from_row(row, now)
            for some in portions(ids)
            for row in self._all(select(*WHOLE).where(articles.c.id.in_(some)))
        }

    def matched(self, name: str) -> tuple[Example, ...]:
        """What a topic matches, in order of ids; not what it no longer matches."""
        query = (
            select(matches.c.article_id, articles.c.revisions)
            .select_from(matches.join(topics).join(articles))
            .where(topics.c.name == name, matches.c.stale_since.is_(None))
            .order_by(matches.c.article_id)
        )
        return tuple(Example(article_id=row.article_id, revisions=row.revisions) for row in self._all(query))

    def judged(self, name: str) -> tuple[Example, ...]:
        """What people said about a topic, in the order in which they said it."""
        query = (
            select(judgements.c.article_id, judgements.c.is_relevant, judgements.c.judged_at, articles.c.revisions)
            .select_from(judgements.join(topics).join(articles))
            .where(topics.c.name == name)
            .order_by(judgements.c.judged_at, judgements.c.article_id)
        )
        return tuple(
            Example(
                article_id=row.article_id,
                revisions=row.revisions,
                is_relevant=row.is_relevant,
                judged_at=row.judged_at,
            )
            for row in self._all(query)
        )

    def best(self, name: str) -> dict[date, tuple[str, float]]:
        """By day, what its best likeness was calculated from, and the likeness."""
        query = select(likeness_days).join(topics).where(topics.c.name == name)
        return {row.day: (row.basis, row.best) for row in self._all(query)}

    def remember(self, day: date, found: Mapping[str, tuple[str, float]], kept_since: date) -> None:
        """Keep the best likenesses of a day, by topic, and drop days before `kept_since`."""
        with self._database.write() as connection:
            connection.execute(delete(likeness_days).where(likeness_days.c.day < kept_since))
            ids = topic_ids(connection, found)
            rows = [
                {"topic_id": ids[name], "day": day, "basis": basis, "best": best}
                for name, (basis, best) in found.items()
            ]
            if rows:
                row = upsert(likeness_days)
                new = {"basis": row.excluded.basis, "best": row.excluded.best}
                connection.execute(row.on_conflict_do_update(index_elements=["topic_id", "day"], set_=new), rows)

    def forget(self) -> None:
        """Drop all that is remembered; it is calculated again."""
        with self._database.write() as connection:
            connection.execute(delete(likeness_days))


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
