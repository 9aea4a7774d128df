"""Audits: what was estimated to be missed by a topic."""

from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import func, insert, select

from monitor.model.audit import Audit
from monitor.store.group import Group, from_row
from monitor.store.tables import audits, topics
from monitor.store.topics import topic_ids


class AuditStore(Group):
    """Results by topic; all of them are kept."""

    def add(self, topic: str, audit: Audit) -> None:
        with self._database.write() as connection:
            connection.execute(insert(audits).values(topic_id=topic_ids(connection, [topic])[topic], **asdict(audit)))

    def latest(self) -> Mapping[str, Audit]:
        """By topic that has one, the last one."""
        last = select(func.max(audits.c.id)).group_by(audits.c.topic_id)
        query = select(topics.c.name, audits).select_from(audits.join(topics)).where(audits.c.id.in_(last))
        return {row.name: from_row(Audit, row) for row in self._all(query)}
