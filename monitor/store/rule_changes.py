"""What changes of topics did to their matches: what these were before, and what an edition has to say of it.

A change is over, and its row is written, when the wordings are settled (`TopicStore.settle`), in one transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select

from monitor.model.ids import ArticleId
from monitor.model.rule_change import Effect, RuleChange
from monitor.policy.news import news_since
from monitor.store.edition_input import HAS_READERS
from monitor.store.editions import id_of_digest
from monitor.store.group import Group, among, from_row
from monitor.store.matches import current_matches
from monitor.store.tables import articles, changes_begun, digests, editions, rule_changes, topics
from monitor.store.topics import topic_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A topic as it was before a change of it."""

    is_new: bool
    """Whether it was never looked for."""
    matched: frozenset[ArticleId]
    """The articles of the window that it matched."""
    last_article: int
    """The last article that was stored then; 0 if there was none."""


class RuleChangeStore(Group):
    """Changes of topics by their owner."""

    def begin(self, names: Collection[str], since: datetime) -> Mapping[str, Begun]:
        """What each of these topics matched, among articles first seen since then, when its change began. It is kept
        until the wordings are settled: if matching again is stopped, the next run compares with the same.
        """
        with self._database.write() as connection:
            ids = topic_ids(connection, names)
            begun = set(connection.scalars(select(changes_begun.c.topic_id)))
            _insert(connection, {name: each for name, each in ids.items() if each not in begun}, since)
            query = select(changes_begun).where(changes_begun.c.topic_id.in_(list(ids.values())))
            rows = {row.topic_id: row for row in connection.execute(query)}
            there = select(articles.c.id).where(articles.c.first_seen_at >= since)
            return {
                name: Begun(
                    is_new=rows[each].is_new,
                    matched=frozenset(connection.scalars(there.where(among(articles.c.id, rows[each].matched)))),
                    last_article=rows[each].last_article,
                )
                for name, each in ids.items()
            }

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
            return tuple(
                RuleChange(
                    topic=row.topic,
                    changed_at=row.changed_at,
                    window=timedelta(hours=row.hours),
                    effect=from_row(Effect, row),
                )
                for row in connection.execute(query)
            )


def _insert(connection: Connection, ids: Mapping[str, int], since: datetime) -> None:
    if not ids:
        return
    last_article = connection.scalar(select(func.max(articles.c.id))) or 0
    matched = current_matches(connection, ids.keys(), since)
    never = select(topics.c.name).where(topics.c.fingerprint == "", topics.c.matched_since.is_(None))
    new = set(connection.scalars(never))
    rows = [
        {
            "topic_id": each,
            "is_new": name in new and not matched[name],
            "matched": sorted(matched[name]),
            "last_article": last_article,
        }
        for name, each in ids.items()
    ]
    connection.execute(insert(changes_begun), rows)
