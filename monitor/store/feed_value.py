"""What feeds brought in some days that matches a topic, in which stories, and how often they were asked."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from monitor.model.feed_value import AskedFeed, ValueFacts
from monitor.model.ids import ArticleId, FeedId, StoryId
from monitor.policy.news import recent
from monitor.store.arrivals import is_new
from monitor.store.feed_rows import name_of
from monitor.store.group import Group, among
from monitor.store.tables import articles, feeds, matches, polls
from monitor.url import shown_url


class FeedValueStore(Group):
    """The value of feeds."""

    def facts(
        self, span: timedelta, now: datetime, joining: Mapping[ArticleId, StoryId], off: Collection[str] = ()
    ) -> ValueFacts:
        """Of the articles that were new in this time. `joining`: articles that no edition has grouped yet → story.
        `off`: URLs of feeds that are not polled and valued all the same.
        """
        matching: dict[ArticleId, tuple[FeedId, StoryId]] = {}
        with self._database.read() as connection:
            for row in connection.execute(_matching(span, now)):
                matching[row.id] = row.feed_id, joining.get(row.id) or row.story_id or row.id
            return ValueFacts(
                since=now - span,
                feeds=_asked(connection, now - span, off),
                matching=matching,
                members=_members(connection, matching, joining),
            )

    def unmatched(self, span: timedelta, now: datetime) -> dict[str, str]:
        """Shown URL → name of the feeds that are polled, have been known for all of this time, and brought nothing
        in it that matches a topic; by row id.
        """
        known = (feeds.c.is_configured, feeds.c.paused_at.is_(None), feeds.c.baseline_at <= now - span)
        with self._database.read() as connection:
            valued = {row.feed_id for row in connection.execute(_matching(span, now))}
            rows = connection.execute(select(feeds).where(*known).order_by(feeds.c.id))
            return {shown_url(row.url): name_of(row) for row in rows if row.id not in valued}


def _matching(span: timedelta, now: datetime) -> Select[Any]:
    """The new articles with a match. Which those are is looked up in indexes before any article is read: what an
    article says of itself stands behind its text.
    """
    since, until = recent(span, now)
    seen = select(articles.c.id).where(articles.c.first_seen_at > since, articles.c.first_seen_at <= until)
    matched = select(matches.c.article_id).where(matches.c.article_id.in_(seen), matches.c.stale_since.is_(None))
    return select(articles.c.id, articles.c.feed_id, articles.c.story_id).where(
        articles.c.id.in_(matched), is_new(span, now)
    )


def _members(
    connection: Connection,
    matching: Mapping[ArticleId, tuple[FeedId, StoryId]],
    joining: Mapping[ArticleId, StoryId],
) -> dict[StoryId, list[tuple[ArticleId, FeedId]]]:
    """All articles of the stories of these articles."""
    wanted = {story for _, story in matching.values()}
    found: defaultdict[StoryId, list[tuple[ArticleId, FeedId]]] = defaultdict(list)
    columns = select(articles.c.id, articles.c.feed_id, articles.c.story_id)
    for row in connection.execute(columns.where(among(articles.c.story_id, wanted))):
        found[row.story_id].append((row.id, row.feed_id))
    coming = [article for article, story in joining.items() if story in wanted]
    for row in connection.execute(columns.where(among(articles.c.id, coming), articles.c.story_id.is_(None))):
        found[joining[row.id]].append((row.id, row.feed_id))
    for article, (feed, story) in matching.items():
        if story not in found:  # grouped by nobody yet
            found[story].append((article, feed))
    return dict(found)


def _asked(connection: Connection, since: datetime, off: Collection[str]) -> tuple[AskedFeed, ...]:
    """The feeds with their polls since then. Polls are counted in the index of their feed, from the first one on."""
    first = select(polls.c.id).where(polls.c.polled_at > since).order_by(polls.c.polled_at, polls.c.id).limit(1)
    is_since = polls.c.id >= first.scalar_subquery()
    count = select(func.count()).where(polls.c.feed_id == feeds.c.id, is_since).scalar_subquery()
    is_valued = or_(feeds.c.is_configured, feeds.c.url.in_(off))
    query = select(feeds, count.label("polls")).where(is_valued).order_by(feeds.c.id)
    return tuple(
        AskedFeed(
            id=row.id,
            name=name_of(row),
            url=shown_url(row.url),
            known_since=row.baseline_at,
            polls=row.polls,
        )
        for row in connection.execute(query)
    )
