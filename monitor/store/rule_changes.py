"""What changes of topics did to their matches: what these were before, and what an edition has to say of it.

A change is over, and its row is written, when the wordings are settled (`TopicStore.settle`), in one transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select

from monitor.model.rule_change import BeforeChange, Effect, RuleChange
from monitor.policy.news import news_since
from monitor.store.edition_input import HAS_READERS
from monitor.store.editions import id_of_digest
from monitor.store.group import Group, among, from_row
from monitor.store.matches import current_matches
from monitor.store.tables import articles, changes_begun, digests, editions, rule_changes, topics
from monitor.store.topics import topic_ids


class RuleChangeStore(Group):
    """Changes of topics by their owner."""

    def before(self, names: Collection[str], since: datetime) -> Mapping[str, BeforeChange]:
        """What each of these topics matches under its settled wording, among articles first seen since then."""
        with self._database.read() as connection:
            return {**_begun(connection, names, since), **_settled(connection, names, since)}

    def begin(self, names: Collection[str], since: datetime) -> Mapping[str, BeforeChange]:
        """The same, kept until the wordings are settled: if matching again is stopped, the next run compares with what
        was before the first.
        """
        with self._database.write() as connection:
            ids = topic_ids(connection, names)
            new = _settled(connection, names, since)
            rows = [
                {"topic_id": ids[name], **asdict(each), "matched": sorted(each.matched)} for name, each in new.items()
            ]
            if rows:
                connection.execute(insert(changes_begun), rows)
            return _begun(connection, names, since)

    def unsaid(
        self, digest: str, names: Sequence[str], until: int, *, since_mailed: bool = False
    ) -> tuple[RuleChange, ...]:
        """The changes of these topics that no edition of the digest knew, up to the one with the id `until`, oldest
        first; nothing from before the digest began. `since_mailed`: that no mailed edition of it knew.
        """
        read = (HAS_READERS,) if since_mailed else ()
        last = (
            select(editions.c.last_rule_change)
            .where(editions.c.digest_id == id_of_digest(digest), *read)
            .order_by(editions.c.id.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            began = news_since(connection.scalar(select(digests.c.configured_at).where(digests.c.name == digest)))
            query = (
                select(rule_changes, topics.c.name.label("topic"))
                .join_from(rule_changes, topics)
                .where(topics.c.name.in_(names), rule_changes.c.changed_at > began)
                .where(rule_changes.c.id > (connection.scalar(last) or 0), rule_changes.c.id <= until)
                .order_by(rule_changes.c.id)
            )
            return tuple(map(_change, connection.execute(query)))

    def since(self, moment: datetime) -> tuple[RuleChange, ...]:
        """The changes of all topics since then, oldest first."""
        query = select(rule_changes, topics.c.name.label("topic")).join_from(rule_changes, topics)
        return tuple(map(_change, self._all(query.where(rule_changes.c.changed_at >= moment).order_by("id"))))


def _change(row: Row[Any]) -> RuleChange:
    effect = from_row(Effect, row)
    return RuleChange(topic=row.topic, changed_at=row.changed_at, window=timedelta(hours=row.hours), effect=effect)


def _begun(connection: Connection, names: Collection[str], since: datetime) -> dict[str, BeforeChange]:
    """Those whose change was begun, with what is left in the window of what they matched then."""
    there = select(articles.c.id).where(articles.c.first_seen_at >= since)
    query = select(changes_begun, topics.c.name).join_from(changes_begun, topics).where(topics.c.name.in_(names))
    return {
        row.name: BeforeChange(
            is_new=row.is_new,
            matched=frozenset(connection.scalars(there.where(among(articles.c.id, row.matched)))),
            last_article=row.last_article,
        )
        for row in connection.execute(query).all()
    }


def _settled(connection: Connection, names: Collection[str], since: datetime) -> dict[str, BeforeChange]:
    """The others, as they are now."""
    begun = set(connection.scalars(select(topics.c.name).join_from(changes_begun, topics)))
    was_looked_for = or_(topics.c.fingerprint != "", topics.c.matched_since.is_not(None))
    known = set(connection.scalars(select(topics.c.name).where(was_looked_for)))
    last_article = connection.scalar(select(func.max(articles.c.id))) or 0
    matched = current_matches(connection, set(names) - begun, since)
    return {
        name: BeforeChange(is_new=name not in known and not found, matched=found, last_article=last_article)
        for name, found in matched.items()
    }
