"""Stories as people look at them: what is in each, and which are muted. Grouping writes the rest (`editions`)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.sqlite import insert as upsert

from monitor.model.article import Article
from monitor.model.story import StoryMember, StoryRecord
from monitor.model.voices import Publishers
from monitor.store.articles import article_from_row
from monitor.store.database import Database
from monitor.store.tables import articles, matches, stories, topics
from monitor.voices import voices_of


class StoryStore:
    """A story is its first article's id. `joining`, everywhere: articles that no edition has grouped yet → story."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(
        self,
        moment: datetime,
        joining: Mapping[int, int],
        publishers: Publishers = Publishers(),  # noqa: B008 (frozen)
    ) -> tuple[StoryRecord, ...]:
        """The stories with an article first seen since then, the latest first."""
        recent = select(articles.c.story_id).where(articles.c.first_seen_at >= moment, articles.c.story_id.is_not(None))
        found = self._records(articles.c.story_id.in_(recent), joining, publishers)
        fresh = (record for record in found if record.last_seen_at >= moment)
        return tuple(sorted(fresh, key=lambda record: (record.last_seen_at, record.id), reverse=True))

    def one(
        self,
        story_id: int,
        joining: Mapping[int, int],
        publishers: Publishers = Publishers(),  # noqa: B008 (frozen)
    ) -> StoryRecord | None:
        found = self._records(articles.c.story_id == story_id, joining, publishers)
        return next((record for record in found if record.id == story_id), None)

    def mute(self, story_id: int, now: datetime) -> None:
        """Mute the story: its articles are listed as muted from now on. Muting it again keeps the first time."""
        with self._database.write() as connection:
            row = upsert(stories).values(id=story_id, muted_at=now)
            since = {"muted_at": stories.c.muted_at}
            connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=since))

    def unmute(self, story_id: int) -> None:
        with self._database.write() as connection:
            connection.execute(stories.delete().where(stories.c.id == story_id))

    def _records(
        self, chosen: ColumnElement[bool], joining: Mapping[int, int], publishers: Publishers
    ) -> tuple[StoryRecord, ...]:
        query = (
            select(articles, topics.c.name.label("topic"))
            .select_from(articles.outerjoin(matches, matches.c.article_id == articles.c.id).outerjoin(topics))
            .where(chosen | articles.c.id.in_(list(joining)))
            .order_by(articles.c.first_seen_at, articles.c.id, topics.c.name)
        )
        members: dict[int, dict[int, tuple[Article, list[str]]]] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                story = members.setdefault(joining.get(row.id) or row.story_id, {})
                story.setdefault(row.id, (article_from_row(row), []))[1].extend(filter(None, [row.topic]))
            muted = {row.id: row.muted_at for row in connection.execute(select(stories))}
        return tuple(_record(story_id, each, muted.get(story_id), publishers) for story_id, each in members.items())


def _record(
    story_id: int,
    members: Mapping[int, tuple[Article, list[str]]],
    muted_at: datetime | None,
    publishers: Publishers,
) -> StoryRecord:
    told = tuple(_member(article, names) for article, names in members.values())
    return StoryRecord(
        id=story_id,
        title=told[0].title,
        first_seen_at=told[0].first_seen_at,
        last_seen_at=told[-1].first_seen_at,
        topics=tuple(sorted({topic for member in told for topic in member.topics})),
        outlets=tuple({member.outlet.casefold(): member.outlet for member in told}.values()),
        voices=voices_of((article for article, _ in members.values()), publishers),
        articles=told,
        muted_at=muted_at,
    )


def _member(article: Article, names: list[str]) -> StoryMember:
    return StoryMember(
        id=article.id,
        title=article.title,
        link=article.link,
        outlet=article.outlet,
        first_seen_at=article.first_seen_at,
        topics=tuple(names),
    )
