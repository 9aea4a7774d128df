"""Judgements: what a person said about whether articles belong to topics."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert

from monitor.model.ids import ArticleId
from monitor.store.group import Group
from monitor.store.tables import judgements, topics
from monitor.store.topics import topic_ids


class JudgementStore(Group):
    """Topic × article. A later judgement of the same article takes the place of the earlier one."""

    def of(self, topic: str) -> Mapping[ArticleId, bool]:
        """By article, whether it belongs to the topic, for those that were judged."""
        query = select(judgements.c.article_id, judgements.c.is_relevant).select_from(judgements.join(topics))
        return {ArticleId(row.article_id): row.is_relevant for row in self._all(query.where(topics.c.name == topic))}

    def add(self, topic: str, judged: Mapping[ArticleId, bool], *, source: str, now: datetime) -> None:
        """`source`: where the person was asked."""
        with self._database.write() as connection:
            topic_id = topic_ids(connection, [topic])[topic]
            rows = [
                {"topic_id": topic_id, "article_id": article, "is_relevant": is_relevant}
                for article, is_relevant in judged.items()
            ]
            if rows:
                statement = upsert(judgements).values(judged_at=now, source=source)
                said = {name: statement.excluded[name] for name in ("is_relevant", "judged_at", "source")}
                keys = ["topic_id", "article_id"]
                connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=said), rows)
