"""What a feed has shown lately, to see whether it has changed hands. Reads only."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from monitor.model.ids import FeedId
from monitor.policy.takeover import HISTORY, LATEST, Shown
from monitor.store.database import Database
from monitor.store.tables import articles
from monitor.url import registrable_domain

TEXT_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownText:
    """An article of the feed; `words` is its headline and the beginning of its text."""

    shown: Shown
    words: str


def latest_and_past(database: Database, feed_id: FeedId) -> tuple[tuple[ShownText, ...], tuple[ShownText, ...]]:
    """The latest articles of a feed, and those before the poll that brought the first of these; newest first."""
    text = func.substr(articles.c.text, 1, TEXT_CHARACTERS).label("start")
    columns = (articles.c.link, articles.c.language, articles.c.title, text, articles.c.first_seen_at)
    query: Select[Any] = select(*columns).where(articles.c.feed_id == feed_id).order_by(articles.c.id.desc())
    with database.read() as connection:
        latest = connection.execute(query.limit(LATEST)).all()
        if len(latest) < LATEST:
            return (), ()
        before = query.where(articles.c.first_seen_at < min(row.first_seen_at for row in latest))
        past = connection.execute(before.limit(HISTORY)).all()
    return tuple(_shown(row) for row in latest), tuple(_shown(row) for row in past)


def _shown(row: Any) -> ShownText:
    return ShownText(
        shown=Shown(domain=registrable_domain(row.link) if row.link else "", language=row.language),
        words=f"{row.title} {row.start}",
    )
