"""Stories: the articles to group, which story each is of, what people see of a story, and which are muted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from monitor.model.article import Article
from monitor.model.edition_input import HighWater
from monitor.model.ids import ArticleId, StoryId
from monitor.model.stored_page import PageState
from monitor.model.story import MutedStory, StoryArticle, StoryMember, StoryRecord
from monitor.model.voices import Publishers
from monitor.store.article_rows import WHOLE, article_from_row
from monitor.store.group import Group, from_row
from monitor.store.tables import articles, matches, pages, stories, topics
from monitor.voices import voices_of

PAGE_START = 500
"""The characters of a page that are handed to grouping, which reads fewer."""


class StoryStore(Group):
    """A story is its first article's id. `joining`, everywhere: articles that no edition has grouped yet → story."""

    def since(
        self,
        moment: datetime,
        joining: Mapping[ArticleId, StoryId],
        publishers: Publishers = Publishers(),  # noqa: B008 (frozen)
    ) -> tuple[StoryRecord, ...]:
        """The stories with an article first seen since then, the latest first."""
        recent = select(articles.c.story_id).where(articles.c.first_seen_at >= moment, articles.c.story_id.is_not(None))
        found = self._records(articles.c.story_id.in_(recent), joining, publishers)
        fresh = (record for record in found if record.last_seen_at >= moment)
        return tuple(sorted(fresh, key=lambda record: (record.last_seen_at, record.id), reverse=True))

    def one(
        self,
        story_id: StoryId,
        joining: Mapping[ArticleId, StoryId],
        publishers: Publishers = Publishers(),  # noqa: B008 (frozen)
    ) -> StoryRecord | None:
        found = self._records(articles.c.story_id == story_id, joining, publishers)
        return next((record for record in found if record.id == story_id), None)

    def mute(self, story_id: StoryId, now: datetime) -> None:
        """Mute the story: its articles are listed as muted from now on. Muting it again keeps the first time."""
        with self._database.write() as connection:
            row = upsert(stories).values(id=story_id, muted_at=now)
            since = {"muted_at": stories.c.muted_at}
            connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=since))

    def unmute(self, story_id: StoryId) -> None:
        with self._database.write() as connection:
            connection.execute(stories.delete().where(stories.c.id == story_id))

    def muted(self) -> tuple[MutedStory, ...]:
        """The stories that are muted, the latest first. The headline of one whose first article has gone is ""."""
        query = (
            select(stories.c.id, stories.c.muted_at, func.coalesce(articles.c.title, "").label("title"))
            .join_from(stories, articles, articles.c.id == stories.c.id, isouter=True)
            .where(stories.c.muted_at.is_not(None))
            .order_by(stories.c.muted_at.desc())
        )
        return tuple(from_row(MutedStory, row) for row in self._all(query))

    def latest(self, count: int) -> tuple[tuple[int, str], ...]:
        """Number and headline of the stories that began last."""
        query = select(articles.c.id, articles.c.title).where(articles.c.story_id == articles.c.id)
        return tuple((row.id, row.title) for row in self._all(query.order_by(articles.c.id.desc()).limit(count)))

    def ungrouped(self, knows: HighWater | None = None) -> tuple[StoryArticle, ...]:
        """Articles that match and belong to no story yet, in order of (first seen, id); by the matches that are known
        to an edition that is being made (None: by all).
        """
        matched = select(matches.c.article_id)
        if knows is not None:
            matched = matched.where(matches.c.id <= knows.matches)
        return self._to_group(articles.c.story_id.is_(None), articles.c.id.in_(matched))

    def grouped_between(self, since: datetime, until: datetime) -> tuple[StoryArticle, ...]:
        """Articles of stories, first seen from then to then, in order of (first seen, id)."""
        return self._to_group(articles.c.story_id.is_not(None), articles.c.first_seen_at.between(since, until))

    def keep(self, stories: Mapping[ArticleId, StoryId]) -> None:
        """Article → story, for as long as both are stored."""
        rows = [{"article": each, "story": story_id} for each, story_id in stories.items()]
        with self._database.write() as connection:
            connection.execute(
                update(articles).where(articles.c.id == bindparam("article")).values(story_id=bindparam("story")), rows
            )

    def _records(
        self, chosen: ColumnElement[bool], joining: Mapping[ArticleId, StoryId], publishers: Publishers
    ) -> tuple[StoryRecord, ...]:
        query = (
            select(*WHOLE, topics.c.name.label("topic"))
            .select_from(articles.outerjoin(matches, matches.c.article_id == articles.c.id).outerjoin(topics))
            .where(chosen | articles.c.id.in_(list(joining)))
            .order_by(articles.c.first_seen_at, articles.c.id, topics.c.name)
        )
        now = self._database.now()
        members: dict[StoryId, dict[ArticleId, tuple[Article, list[str]]]] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                story = members.setdefault(joining.get(row.id) or row.story_id, {})
                story.setdefault(row.id, (article_from_row(row, now), []))[1].extend(filter(None, [row.topic]))
            muted = {row.id: row.muted_at for row in connection.execute(select(stories))}
        return tuple(_record(story_id, each, muted.get(story_id), publishers) for story_id, each in members.items())

    def _to_group(self, *conditions: Any) -> tuple[StoryArticle, ...]:
        is_read = (pages.c.article_id == articles.c.id) & (pages.c.state == PageState.READ)
        query = (
            select(articles, pages.c.text.label("page"))
            .select_from(articles.outerjoin(pages, is_read))
            .where(*conditions)
            .order_by(articles.c.first_seen_at, articles.c.id)
        )
        proofs = select(matches.c.article_id, matches.c.evidence).join(articles).where(*conditions)
        found: defaultdict[ArticleId, set[str]] = defaultdict(set)
        with self._database.read() as connection:
            for proof in connection.execute(proofs):
                found[proof.article_id].update(each["found"] for each in proof.evidence)
            return tuple(_story_article(row, found[row.id]) for row in connection.execute(query))


def _record(
    story_id: StoryId,
    members: Mapping[ArticleId, tuple[Article, list[str]]],
    muted_at: datetime | None,
    publishers: Publishers,
) -> StoryRecord:
    shown = tuple(_member(article, names) for article, names in members.values())
    return StoryRecord(
        id=story_id,
        title=shown[0].title,
        first_seen_at=shown[0].first_seen_at,
        last_seen_at=shown[-1].first_seen_at,
        topics=tuple(sorted({topic for member in shown for topic in member.topics})),
        outlets=tuple({member.outlet.casefold(): member.outlet for member in shown}.values()),
        voices=voices_of((article for article, _ in members.values()), publishers),
        articles=shown,
        muted_at=muted_at,
    )


def _member(article: Article, names: list[str]) -> StoryMember:
    return StoryMember(
        id=article.id,
        title=article.title,
        link=article.link,
        outlet=article.outlet,
        language=article.shown_language,
        via=article.via,
        first_seen_at=article.first_seen_at,
        topics=tuple(names),
        is_paid=article.is_paid,
    )


def _story_article(row: Row[Any], found: Iterable[str]) -> StoryArticle:
    return from_row(StoryArticle, row, found=tuple(sorted(found)), page_start=(row.page or "")[:PAGE_START])
