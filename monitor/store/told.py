"""What a digest has reported: its stories, with which articles, and under which topic. Reads only."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, ScalarSelect, and_, func, select

from monitor.model.article import Article
from monitor.model.edition import Form
from monitor.model.edition_input import StoryFacts
from monitor.store.articles import article_from_row
from monitor.store.tables import articles, digests, editions, listings, topics
from monitor.store.tables import stories as muted_stories

IN_FULL = (Form.STORY, Form.ALSO)


def id_of_digest(digest: str) -> ScalarSelect[int]:
    return select(digests.c.id).where(digests.c.name == digest).scalar_subquery()


def among(column: Column[Any], ids: Iterable[int]) -> ColumnElement[bool]:
    """Whether the column has one of these. As one value: SQLite takes some ten thousands of them apart, and a digest
    that is given a topic of years may have more.
    """
    return column.in_(select(func.json_each(json.dumps([*ids])).table_valued("value").c.value))


def stories_told(
    connection: Connection, digest: str, story_ids: set[int], stories: Mapping[int, int], now: datetime
) -> dict[int, StoryFacts]:
    """These stories with all their articles, and what this digest has reported of each. `stories` maps articles that
    are being grouped right now. A `told_at` in the future means that the clock was ahead; it counts as now.
    """
    joining = [article_id for article_id, story_id in stories.items() if story_id in story_ids]
    is_member = among(articles.c.story_id, story_ids) | among(articles.c.id, joining)
    query = select(articles).where(is_member).order_by(articles.c.first_seen_at, articles.c.id)
    told = _told(connection, digest, story_ids)
    is_muted = and_(among(muted_stories.c.id, story_ids), muted_stories.c.muted_at.is_not(None))
    muted = set(connection.scalars(select(muted_stories.c.id).where(is_muted)))
    listed = _listed(connection, digest, story_ids)
    members: dict[int, list[Article]] = {}
    for row in connection.execute(query):
        members.setdefault(stories.get(row.id) or row.story_id, []).append(article_from_row(row))
    return {
        story_id: StoryFacts(
            id=story_id,
            first_seen_at=each[0].first_seen_at,
            articles=tuple(each),
            told_at=min(told[story_id], now) if story_id in told else None,
            listed=listed & {article.id for article in each},
            is_muted=story_id in muted,
        )
        for story_id, each in members.items()
    }


def _listed(connection: Connection, digest: str, story_ids: set[int]) -> frozenset[int]:
    """The articles of these stories that this digest has printed, in full or in a line."""
    query = (
        select(listings.c.article_id)
        .join(articles)
        .where(
            listings.c.digest_id == id_of_digest(digest),
            listings.c.form != Form.MUTED,
            among(articles.c.story_id, story_ids),
        )
    )
    return frozenset(connection.scalars(query))


def _told(connection: Connection, digest: str, story_ids: set[int]) -> dict[int, datetime]:
    """When the edition that last told it in full was made."""
    last = (
        select(articles.c.story_id, func.max(listings.c.edition_id).label("edition_id"))
        .select_from(listings.join(articles))
        .where(
            listings.c.digest_id == id_of_digest(digest),
            listings.c.form.in_(IN_FULL),
            among(articles.c.story_id, story_ids),
        )
        .group_by(articles.c.story_id)
        .subquery()
    )
    query = select(last.c.story_id, editions.c.made_at).join_from(last, editions, editions.c.id == last.c.edition_id)
    return {row.story_id: row.made_at for row in connection.execute(query)}


def told_under(connection: Connection, digest: str, article_ids: set[int]) -> dict[int, str]:
    """Article → the topic that told it: in full before in one line, and that before a pointer to another topic."""
    told_best = (listings.c.form.in_(IN_FULL), listings.c.form != Form.POINTER)
    query = (
        select(listings.c.article_id, topics.c.name)
        .join(topics)
        .where(
            listings.c.digest_id == id_of_digest(digest),
            among(listings.c.article_id, article_ids),
            listings.c.form != Form.MUTED,
        )
        .order_by(*told_best, listings.c.edition_id.desc(), topics.c.name.desc())
    )
    return {row.article_id: row.name for row in connection.execute(query)}
