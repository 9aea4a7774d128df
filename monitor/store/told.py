"""What a digest has told: its stories, with which articles, and under which topic. Reads only."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, ScalarSelect, and_, func, select

from monitor.model.article import Article
from monitor.model.edition import Form
from monitor.model.material import StoryFacts
from monitor.store.articles import article_from_row
from monitor.store.tables import articles, digests, editions, listings, matches, topics
from monitor.store.tables import stories as muted_stories

IN_FULL = (Form.STORY, Form.ALSO)


@dataclass(frozen=True, slots=True)
class _Telling:
    """The edition that last told a story in full."""

    made_at: datetime
    last_match: int


def id_of_digest(digest: str) -> ScalarSelect[int]:
    return select(digests.c.id).where(digests.c.name == digest).scalar_subquery()


def _among(column: Column[Any], ids: Iterable[int]) -> ColumnElement[bool]:
    """Whether the column has one of these. As one value: SQLite takes some ten thousands of them apart, and a digest
    that is given a topic of years may have more.
    """
    return column.in_(select(func.json_each(json.dumps([*ids])).table_valued("value").c.value))


def stories_told(
    connection: Connection, digest: str, story_ids: set[int], stories: Mapping[int, int], now: datetime
) -> dict[int, StoryFacts]:
    """These stories with all their articles, and what this digest has told of each. `stories` maps articles that are
    being grouped right now. A time of telling to come is that of a clock that was ahead: it was before now.
    """
    joining = [article_id for article_id, story_id in stories.items() if story_id in story_ids]
    is_member = _among(articles.c.story_id, story_ids) | _among(articles.c.id, joining)
    query = select(articles).where(is_member).order_by(articles.c.first_seen_at, articles.c.id)
    told = _told(connection, digest, story_ids)
    is_muted = and_(_among(muted_stories.c.id, story_ids), muted_stories.c.muted_at.is_not(None))
    muted = set(connection.scalars(select(muted_stories.c.id).where(is_muted)))
    listed = _listed(connection, digest, story_ids)
    members: dict[int, list[Article]] = {}
    for row in connection.execute(query):
        members.setdefault(stories.get(row.id) or row.story_id, []).append(article_from_row(row))
    matched = _first_matches(connection, is_member) if told else {}
    return {
        story_id: _facts(story_id, each, told.get(story_id), matched, listed, now, is_muted=story_id in muted)
        for story_id, each in members.items()
    }


def _facts(
    story_id: int,
    members: Sequence[Article],
    telling: _Telling | None,
    matched: Mapping[int, int],
    listed: frozenset[int],
    now: datetime,
    *,
    is_muted: bool,
) -> StoryFacts:
    """`matched` has each article's first match; one without any, its topic being gone, was there before."""
    listed &= {article.id for article in members}
    had = frozenset[int]()
    if telling is not None:  # one that was stored while the edition was made may be listed all the same
        had = listed | {article.id for article in members if matched.get(article.id, 0) <= telling.last_match}
    return StoryFacts(
        id=story_id,
        first_seen_at=members[0].first_seen_at,
        articles=tuple(members),
        told_at=min(telling.made_at, now) if telling else None,
        told_with=had,
        listed=listed,
        is_muted=is_muted,
    )


def _listed(connection: Connection, digest: str, story_ids: set[int]) -> frozenset[int]:
    """The articles of these stories that this digest has printed, in full or in a line."""
    query = (
        select(listings.c.article_id)
        .join(articles)
        .where(
            listings.c.digest_id == id_of_digest(digest),
            listings.c.form != Form.MUTED,
            _among(articles.c.story_id, story_ids),
        )
    )
    return frozenset(connection.scalars(query))


def _told(connection: Connection, digest: str, story_ids: set[int]) -> dict[int, _Telling]:
    last = (
        select(articles.c.story_id, func.max(listings.c.edition_id).label("edition_id"))
        .select_from(listings.join(articles))
        .where(
            listings.c.digest_id == id_of_digest(digest),
            listings.c.form.in_(IN_FULL),
            _among(articles.c.story_id, story_ids),
        )
        .group_by(articles.c.story_id)
        .subquery()
    )
    query = select(last.c.story_id, editions.c.made_at, editions.c.last_match).join_from(
        last, editions, editions.c.id == last.c.edition_id
    )
    return {row.story_id: _Telling(row.made_at, row.last_match) for row in connection.execute(query)}


def _first_matches(connection: Connection, is_member: ColumnElement[bool]) -> dict[int, int]:
    """Article → its first match, with which it came into its story."""
    first = func.min(matches.c.id).label("match_id")
    query = select(matches.c.article_id, first).join(articles).where(is_member)
    return {row.article_id: row.match_id for row in connection.execute(query.group_by(matches.c.article_id))}


def told_under(connection: Connection, digest: str, article_ids: set[int]) -> dict[int, str]:
    """Article → the topic that told it: in full before in one line, and that before a pointer to another topic."""
    told_best = (listings.c.form.in_(IN_FULL), listings.c.form != Form.POINTER)
    query = (
        select(listings.c.article_id, topics.c.name)
        .join(topics)
        .where(
            listings.c.digest_id == id_of_digest(digest),
            _among(listings.c.article_id, article_ids),
            listings.c.form != Form.MUTED,
        )
        .order_by(*told_best, listings.c.edition_id.desc(), topics.c.name.desc())
    )
    return {row.article_id: row.name for row in connection.execute(query)}
