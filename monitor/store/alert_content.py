"""What alerts show: articles with their matches. Apart from `alerts`, because commands that look need none of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, select

from monitor.model.edition_input import Candidate
from monitor.model.match import Origin
from monitor.store.article_rows import WHOLE, article_from_row
from monitor.store.boilerplate import boilerplate_of
from monitor.store.group import Group, among
from monitor.store.match_rows import match_from_row
from monitor.store.tables import alerts, articles, matches, topics


class AlertContentStore(Group):
    """The articles of alerts."""

    def of(self, ids: Iterable[int]) -> Mapping[int, tuple[Candidate, int]]:
        """Alert → what it shows, and how many publishers carried the story; those whose article or match is gone are
        not there.
        """
        query = (
            select(*WHOLE, matches, topics.c.name.label("topic"))
            .add_columns(alerts.c.id.label("alert_id"), alerts.c.story_id.label("of_story"), alerts.c.publishers)
            .select_from(alerts.join(topics))
            .join(articles, articles.c.id == alerts.c.article_id)
            .join(matches, and_(matches.c.article_id == articles.c.id, matches.c.topic_id == alerts.c.topic_id))
            .where(among(alerts.c.id, ids))
        )
        now = self._database.now()
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            shared = boilerplate_of(connection, {row.feed_id for row in rows})
        return {row.alert_id: (_content(row, shared, now), row.publishers) for row in rows}


def _content(row: Row[Any], shared: Mapping[Any, Any], now: datetime | None) -> Candidate:
    return Candidate(
        article=article_from_row(row, now),
        match=match_from_row(row),
        origin=Origin(row.origin),
        story_id=row.of_story,
        shared=shared.get(row.feed_id, ()),
    )
