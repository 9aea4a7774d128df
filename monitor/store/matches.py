"""Matches: which topic matches which article, with the proof, and how many there are a day."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, exists, func, null, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from monitor.model.article import Article
from monitor.model.history import StoredMatch, TopicActivity
from monitor.model.ids import ArticleId, StoryId
from monitor.model.match import Match, Origin, Tier
from monitor.model.rollup import WeekMatch
from monitor.policy.news import MONTH, NOT_OF_THE_DAY, WEEK
from monitor.store.arrivals import is_new
from monitor.store.article_rows import WHOLE, article_from_row
from monitor.store.database import portions
from monitor.store.group import Group, from_row, values_of
from monitor.store.match_rows import match_from_row
from monitor.store.polls import is_answered
from monitor.store.tables import articles, listings, matches, stories, topics
from monitor.store.topics import topic_ids

HAPPENED = (articles.c.is_mailable, articles.c.arrival.not_in(NOT_OF_THE_DAY))
"""See `policy.news`: a fact of the article, whenever its match was found."""


class MatchStore(Group):
    """Topic × article."""

    def topics_of(self, article_ids: Sequence[ArticleId]) -> Mapping[ArticleId, frozenset[str]]:
        """The names of the topics that match each of these articles; no entry if there is none."""
        found: defaultdict[ArticleId, set[str]] = defaultdict(set)
        with self._database.read() as connection:
            for chosen in portions(article_ids):
                query = select(matches.c.article_id, topics.c.name).select_from(matches.join(topics))
                for row in connection.execute(query.where(matches.c.article_id.in_(chosen))):
                    found[row.article_id].add(row.name)
        return {article_id: frozenset(names) for article_id, names in found.items()}

    def since(self, since: datetime) -> tuple[tuple[Article, Match], ...]:
        """The matches found after `since`, in order of (matched, article, topic)."""
        query = (
            select(*WHOLE, matches, topics.c.name.label("topic"))
            .select_from(matches.join(articles).join(topics))
            .where(matches.c.matched_at > since)
            .order_by(matches.c.matched_at, articles.c.id, topics.c.name)
        )
        now = self._database.now()
        return tuple((article_from_row(row, now), match_from_row(row)) for row in self._all(query))

    def current(self, names: Collection[str], since: datetime) -> Mapping[str, frozenset[ArticleId]]:
        """By topic, the articles first seen since then that it matches under its wording; of all these topics."""
        with self._database.read() as connection:
            return current_matches(connection, names, since)

    def one(self, topic: str, article_id: ArticleId) -> StoredMatch | None:
        """The match of this topic with this article; None if it does not match."""
        query = with_topics().where(matches.c.article_id == article_id, topics.c.name == topic)
        for row in self._all(query):
            return StoredMatch(match=match_from_row(row), origin=Origin(row.origin), matched_at=row.matched_at)
        return None

    def between(
        self, names: Sequence[str], joining: Mapping[ArticleId, StoryId], since: datetime, until: datetime
    ) -> tuple[WeekMatch, ...]:
        """What topics match among articles first seen in that time; not what was there before a feed's first
        poll, nor what a topic no longer matches. `joining` maps articles that are being grouped right now.
        """
        query = (
            select(*WHOLE, matches.c.tier, topics.c.name, stories.c.muted_at)
            .select_from(matches.join(topics).join(articles))
            .outerjoin(stories, stories.c.id == articles.c.story_id)
            .where(topics.c.name.in_(names), matches.c.stale_since.is_(None))
            .where(or_(matches.c.origin != Origin.BASELINE, articles.c.is_mailable))
            .where(articles.c.first_seen_at > since, articles.c.first_seen_at <= until)
            .order_by(articles.c.first_seen_at, articles.c.id, topics.c.name)
        )
        now = self._database.now()
        with self._database.read() as connection:
            return tuple(
                WeekMatch(
                    topic=row.name,
                    tier=Tier(row.tier),
                    story_id=joining.get(row.id) or row.story_id or row.id,
                    article=article_from_row(row, now),
                    is_muted=row.muted_at is not None,
                )
                for row in connection.execute(query)
            )

    def stories_a_day(self, names: Sequence[str], bounds: Sequence[datetime]) -> dict[str, tuple[int | None, ...]]:
        """For each topic its stories by day, as editions count them."""
        with self._database.read() as connection:
            return stories_a_day(connection, names, {}, bounds)

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
        return {row.name: from_row(TopicActivity, row) for row in self._all(query)}

    def rematch(
        self, article: Article, found: Sequence[Match], gone: Iterable[str], origin: Origin, now: datetime
    ) -> None:
        """Store what an article matches under new wordings, new matches with this origin; drop what it no longer does.

        A match that some edition listed stays: it was reported, and must not be reported again. From now on it is
        stale, and of no wording, so that it is found again if the topic is changed back.
        """
        is_listed = exists().where(
            and_(listings.c.topic_id == matches.c.topic_id, listings.c.article_id == matches.c.article_id)
        )
        with self._database.write() as connection:
            save_matches(connection, {article.id: (found, origin)}, now)
            ids = select(topics.c.id).where(topics.c.name.in_(list(gone)))
            is_gone = (matches.c.article_id == article.id, matches.c.topic_id.in_(ids))
            connection.execute(delete(matches).where(*is_gone, ~is_listed))
            is_current = matches.c.stale_since.is_(None)
            connection.execute(update(matches).where(*is_gone, is_current).values(stale_since=now, fingerprint=""))


def current_matches(connection: Connection, names: Collection[str], since: datetime) -> dict[str, frozenset[ArticleId]]:
    query = (
        select(topics.c.name, matches.c.article_id)
        .select_from(matches.join(topics).join(articles))
        .where(topics.c.name.in_(names), matches.c.stale_since.is_(None), articles.c.first_seen_at >= since)
    )
    found: dict[str, set[ArticleId]] = {name: set() for name in names}
    for row in connection.execute(query) if names else ():
        found[row.name].add(row.article_id)
    return {name: frozenset(ids) for name, ids in found.items()}


def with_topics() -> Select[Any]:
    """Matches with the names of their topics (`match_from_row`)."""
    return select(matches, topics.c.name.label("topic")).select_from(matches.join(topics))


def save_matches(
    connection: Connection, found: Mapping[ArticleId, tuple[Sequence[Match], Origin]], now: datetime
) -> None:
    """Insert matches by article; a known match keeps its origin and gets the current evidence.

    All in one statement: a document may have thousands.
    """
    ids = topic_ids(connection, (match.topic for each, _ in found.values() for match in each))
    rows = [
        {
            "topic_id": ids[match.topic],
            "article_id": article_id,
            "origin": origin,
            "matched_at": now,
            "rule": match.rule,
            "tier": match.tier,
            "evidence": [values_of(proof) for proof in match.evidence],
            "fingerprint": match.fingerprint,
        }
        for article_id, (each, origin) in found.items()
        for match in each
    ]
    if rows:
        statement = upsert(matches)
        proof: dict[str, Any] = {name: statement.excluded[name] for name in ("rule", "tier", "evidence", "fingerprint")}
        proof["stale_since"] = null()
        anew = statement.on_conflict_do_update(index_elements=["topic_id", "article_id"], set_=proof)
        connection.execute(anew, rows)


def stories_a_day(
    connection: Connection, names: Sequence[str], stories: Mapping[ArticleId, StoryId], bounds: Sequence[datetime]
) -> dict[str, tuple[int | None, ...]]:
    """For each topic, its stories (mere mentions aside) by the day their articles were first seen; `bounds` has
    the end of each day, and the beginning of the first in front.

    None: a day on which no feed answered, or before the topic was looked for. `stories` maps articles that
    are being grouped right now.
    """
    if not bounds:
        return {}
    heard = [is_answered(connection, since, until) for since, until in pairwise(bounds)]
    query = select(topics.c.name, topics.c.matched_since).where(topics.c.name.in_(names))
    known_since = {row.name: row.matched_since or bounds[0] for row in connection.execute(query)}
    found = _stories_by_day(connection, names, stories, bounds)
    return {
        name: tuple(
            len(found[name, day]) if heard[day] and bounds[day] >= since else None for day in range(len(bounds) - 1)
        )
        for name, since in known_since.items()
    }


def _stories_by_day(
    connection: Connection, names: Sequence[str], stories: Mapping[ArticleId, StoryId], bounds: Sequence[datetime]
) -> defaultdict[tuple[str, int], set[StoryId]]:
    query = (
        select(topics.c.name, articles.c.id, articles.c.story_id, articles.c.first_seen_at)
        .select_from(matches.join(topics).join(articles))
        .where(
            topics.c.name.in_(names),
            *HAPPENED,
            matches.c.stale_since.is_(None),
            matches.c.tier.not_in([each for each in Tier if each.is_mention]),
            articles.c.first_seen_at > bounds[0],
            articles.c.first_seen_at <= bounds[-1],
        )
    )
    found: defaultdict[tuple[str, int], set[StoryId]] = defaultdict(set)
    for row in connection.execute(query):
        day = bisect_left(bounds, row.first_seen_at) - 1
        found[row.name, day].add(stories.get(row.id) or row.story_id or row.id)
    return found
