"""What was in the feeds before their first poll. Reads only.

Which of it an edition speaks of is decided by ids: what the edition before it knew was said by that one, or by an
earlier one. So it is said once, whatever was restarted, and a feed that comes back or moves has none a second time.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, select

from monitor.model.article import Arrival
from monitor.model.edition_input import BaselineFacts, BaselineMatch, HighWater
from monitor.model.ids import ArticleId, FeedId
from monitor.model.ledger import BaselineArticle
from monitor.model.match import Origin
from monitor.store.article_rows import WHOLE, article_from_row
from monitor.store.feed_rows import name_of
from monitor.store.tables import articles, feeds, matches, topics

WAS_THERE = articles.c.arrival == Arrival.BASELINE


def baseline_between(
    connection: Connection, names: Sequence[str], knew: HighWater, knows: HighWater, since: datetime
) -> BaselineFacts:
    """What an edition on these topics says about feeds whose first poll is after `since` and after what the previous
    edition `knew`.
    """
    chosen = (
        WAS_THERE,
        articles.c.id > knew.articles,
        articles.c.id <= knows.articles,
        articles.c.first_seen_at > since,
    )
    counted = select(feeds, func.count().label("articles")).join_from(articles, feeds).where(*chosen)
    found = connection.execute(counted.group_by(feeds.c.id).order_by(feeds.c.id)).all()
    if not found:
        return BaselineFacts()
    others = exists().where(articles.c.feed_id.not_in([row.id for row in found]), articles.c.id <= knows.articles)
    return BaselineFacts(
        feeds=tuple(name_of(row) for row in found),
        is_all=not connection.scalar(select(others)),
        articles=sum(row.articles for row in found),
        matches=_matches(connection, names, knows, chosen),
    )


def _matches(
    connection: Connection, names: Sequence[str], knows: HighWater, chosen: Sequence[ColumnElement[bool]]
) -> tuple[BaselineMatch, ...]:
    query = (
        select(articles.c.id, articles.c.is_mailable, topics.c.name)
        .select_from(matches.join(articles).join(topics))
        .where(*chosen, topics.c.name.in_(names), matches.c.id <= knows.matches)
        .order_by(articles.c.id, topics.c.name)
    )
    return tuple(
        BaselineMatch(article_id=row.id, topic=row.name, is_fresh=row.is_mailable) for row in connection.execute(query)
    )


def baseline_matches(
    connection: Connection, names: Sequence[str], feed_ids: Collection[FeedId], now: datetime | None
) -> tuple[BaselineArticle, ...]:
    """Matches of these topics that were in these feeds before their first poll, and were not news then. The feed that
    was added last comes first, and of each the newest article.
    """
    query = (
        select(*WHOLE, topics.c.name.label("topic"))
        .select_from(matches.join(articles).join(topics))
        .where(WAS_THERE, articles.c.is_mailable.is_(False), matches.c.origin == Origin.BASELINE)
        .where(topics.c.name.in_(names), articles.c.feed_id.in_(feed_ids))
    )
    of_feed = {row.id: name_of(row) for row in connection.execute(select(feeds).where(feeds.c.id.in_(feed_ids)))}
    rows: dict[ArticleId, Any] = {}
    matching: defaultdict[ArticleId, list[str]] = defaultdict(list)
    for row in connection.execute(query.order_by(articles.c.id, topics.c.name)):
        rows[row.id] = row
        matching[row.id].append(row.topic)
    found = [
        BaselineArticle(feed=of_feed[row.feed_id], article=article_from_row(row, now), topics=tuple(matching[row.id]))
        for row in rows.values()
    ]
    return tuple(sorted(found, key=lambda each: (each.article.feed_id, each.article.dated), reverse=True))
