"""What the feeds of the archive folder are made of: the name of this installation, and what editions named when."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select

from monitor.model.edition import UNSEEN
from monitor.model.generation import Generation
from monitor.model.ids import ArticleId, StoryId
from monitor.model.outgoing import Installation, Naming
from monitor.model.past import ListedArticle
from monitor.store.articles import ArticleStore
from monitor.store.database import portions
from monitor.store.group import Group, among, from_row
from monitor.store.tables import (
    articles,
    corrections,
    digests,
    editions,
    generations,
    installation,
    listings,
    matches,
    topics,
)

STORY = func.coalesce(articles.c.story_id, articles.c.id)
IS_NAMED = listings.c.form.not_in(UNSEEN)
MOST_WORDS = 6
"""The words by which an article matches, that a feed names."""


class OutgoingStore(Group):
    """What outgoing feeds say."""

    def name(self, token: str, now: datetime) -> None:
        """Name this installation, unless it has a name. Only for the owner."""
        with self._database.write() as connection:
            if connection.scalar(select(installation.c.id)) is None:
                connection.execute(insert(installation).values(token=token, began_at=now))

    def installation(self) -> Installation | None:
        """The name of this installation; None before it has one."""
        columns = (generations.c.token, generations.c.began_at, generations.c.last_edition)
        with self._database.read() as connection:
            row = connection.execute(select(installation.c.token, installation.c.began_at)).first()
            restores = connection.execute(select(*columns).order_by(generations.c.id)).all()
        since = tuple(from_row(Generation, each) for each in restores)
        return None if row is None else Installation(token=row.token, began_at=row.began_at, generations=since)

    def topic_ids(self, names: Collection[str]) -> dict[str, int]:
        """Topic → its row id, of those that are stored."""
        return {row.name: row.id for row in self._all(select(topics.c.name, topics.c.id)) if row.name in names}

    def namings(self, topic_ids: Collection[int], since: datetime, most: int) -> dict[int, tuple[Naming, ...]]:
        """For each topic all that editions named of so many stories: of those of which an edition since then named an
        article or a correction, the last ones.
        """
        with self._database.read() as connection:
            chosen = _chosen(connection, topic_ids, since, most)
            stories = {story for own in chosen.values() for story in own}
            rows = [row for row in connection.execute(_named(stories)) if row.story_id in chosen.get(row.topic_id, ())]
            corrected = _corrected(connection, {row.article_id for row in rows})
            words = _words(connection, {row.article_id for row in rows})
        firsts: dict[tuple[int, ArticleId], Row[Any]] = {}
        for row in rows:
            firsts.setdefault((row.topic_id, row.article_id), row)
        found: defaultdict[int, list[Naming]] = defaultdict(list)
        for (topic_id, article_id), row in firsts.items():
            given = {"corrected_at": corrected.get(article_id), "found": words.get((topic_id, article_id), ())}
            found[topic_id].append(from_row(Naming, row, **given))
        return {topic_id: tuple(own) for topic_id, own in found.items()}

    def listed(self, article_ids: Collection[ArticleId]) -> dict[ArticleId, ListedArticle]:
        """These articles, as many as there may be, with the headlines that they had before."""
        store, found = ArticleStore(self._database), dict[ArticleId, ListedArticle]()
        for some in portions(sorted(article_ids)):
            found |= store.with_former_titles(some)
        return found


def _chosen(
    connection: Connection, topic_ids: Collection[int], since: datetime, most: int
) -> dict[int, frozenset[StoryId]]:
    """Topic → the stories that it named last. The listings of the editions since then are read by their index."""
    recent = [*connection.scalars(select(editions.c.id).where(editions.c.made_at >= since))]
    last = func.max(listings.c.edition_id).label("last")
    named = select(listings.c.topic_id, STORY.label("story"), last).join_from(listings, articles)
    named = named.where(among(listings.c.edition_id, recent), IS_NAMED).group_by(listings.c.topic_id, STORY)
    again = func.max(corrections.c.edition_id).label("last")
    said = (
        select(listings.c.topic_id, STORY.label("story"), again)
        .select_from(corrections.join(articles).join(listings, listings.c.article_id == corrections.c.article_id))
        .where(among(corrections.c.edition_id, recent), IS_NAMED)
        .group_by(listings.c.topic_id, STORY)
    )
    newest: dict[tuple[int, StoryId], int] = {}
    for query in (named, said):
        for row in connection.execute(query):
            key = row.topic_id, row.story
            newest[key] = max(newest.get(key, 0), row.last)
    ranked: defaultdict[int, list[StoryId]] = defaultdict(list)
    for topic_id, story in sorted(newest, key=lambda key: (newest[key], key), reverse=True):
        if topic_id in topic_ids and len(ranked[topic_id]) < most:
            ranked[topic_id].append(story)
    return {topic_id: frozenset(own) for topic_id, own in ranked.items()}


def _named(stories: Collection[StoryId]) -> Any:
    """Each listing of the articles of these stories, the first edition first."""
    is_member = among(articles.c.story_id, stories) | and_(articles.c.story_id.is_(None), among(articles.c.id, stories))
    return (
        select(
            listings.c.topic_id,
            STORY.label("story_id"),
            listings.c.article_id,
            editions.c.made_at.label("said_at"),
            digests.c.name.label("digest"),
            editions.c.slot,
        )
        .select_from(articles)
        .join(listings, listings.c.article_id == articles.c.id)
        .join(editions, editions.c.id == listings.c.edition_id)
        .join(digests, digests.c.id == editions.c.digest_id)
        .where(is_member, IS_NAMED)
        .order_by(editions.c.made_at, editions.c.id)
    )


def _corrected(connection: Connection, article_ids: Collection[ArticleId]) -> dict[ArticleId, datetime]:
    """When an edition last said that they were corrected."""
    query = (
        select(corrections.c.article_id, editions.c.made_at)
        .join(editions)
        .where(among(corrections.c.article_id, article_ids))
        .order_by(editions.c.made_at)
    )
    return {row.article_id: row.made_at for row in connection.execute(query)}


def _words(connection: Connection, article_ids: Collection[ArticleId]) -> dict[tuple[int, ArticleId], tuple[str, ...]]:
    """(topic, article) → the words by which it matches, each once; those on the page behind it say so."""
    query = select(matches.c.topic_id, matches.c.article_id, matches.c.evidence)
    return {
        (row.topic_id, row.article_id): tuple(dict.fromkeys(map(_found, row.evidence)))[:MOST_WORDS]
        for row in connection.execute(query.where(among(matches.c.article_id, article_ids)))
    }


def _found(hit: Mapping[str, str]) -> str:
    return f"on the page: {hit['found']}" if hit["field"] == "page" else hit["found"]
