"""Topics: under which wording each was last matched, and what changes when the wording does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from monitor.model.rule_change import RuleChange
from monitor.model.topic import ChangedTopics
from monitor.store.group import Group
from monitor.store.tables import changes_begun, rule_changes, topics


class TopicStore(Group):
    """A topic is its name; its fingerprint is "" while it is not looked for.

    `fingerprints` say what topics mean, `written` what their owner wrote (`match.own_wordings`), both by name.
    """

    def carry_over(self, renamed: Mapping[str, str]) -> None:
        """Give topics (new name → old name) the history of their old name, where they have none of their own."""
        with self._database.write() as connection:
            names = set(connection.scalars(select(topics.c.name)))
            for new, old in renamed.items():
                if old in names and new not in names:
                    connection.execute(update(topics).where(topics.c.name == old).values(name=new))

    def changed(self, fingerprints: Mapping[str, str], written: Mapping[str, str]) -> ChangedTopics:
        """Those of these topics that were last matched under another wording, or never."""
        with self._database.read() as connection:
            return _changed(connection, fingerprints, written)

    def settle(
        self,
        fingerprints: Mapping[str, str],
        written: Mapping[str, str],
        since: datetime,
        changes: Sequence[RuleChange] = (),
    ) -> None:
        """Remember that stored articles are matched under these wordings, what that changed, and that no other topic is
        looked for.

        Those that their owner reworded are so only for articles that came after `since`; those that only mean
        something else keep their past.
        """
        with self._database.write() as connection:
            changed = _changed(connection, fingerprints, written)
            ids = topic_ids(connection, fingerprints)
            others = topics.c.name.not_in(list(fingerprints))
            connection.execute(update(topics).where(others).values(fingerprint="", written=None))
            of_this = update(topics).where(topics.c.id == bindparam("this"))
            rows = [
                {"this": ids[name], "fingerprint": fingerprint, "written": written[name]}
                for name, fingerprint in fingerprints.items()
            ]
            if rows:
                connection.execute(of_this, rows)
            if changed.reworded:
                anew = [{"this": ids[name]} for name in sorted(changed.reworded)]
                connection.execute(of_this.values(matched_since=since), anew)
            connection.execute(delete(changes_begun))
            if changes:
                connection.execute(insert(rule_changes), [_row(ids[each.topic], each) for each in changes])

    def wordings(self) -> Mapping[str, str]:
        """By name, the fingerprint each topic was last matched under; "" for one that is no longer looked for."""
        return {row.name: row.fingerprint for row in self._all(select(topics))}


def _row(topic_id: int, change: RuleChange) -> dict[str, Any]:
    hours = max(1, round(change.window / timedelta(hours=1)))
    return {"topic_id": topic_id, "changed_at": change.changed_at, "hours": hours, **asdict(change.effect)}


def _changed(connection: Connection, fingerprints: Mapping[str, str], written: Mapping[str, str]) -> ChangedTopics:
    """Among them a topic whose change was begun and taken back: some of its matches are of the wording in between."""
    known = {row.name: row for row in connection.execute(select(topics))}
    begun = set(connection.scalars(select(changes_begun.c.topic_id)))
    settled = {name: row.fingerprint for name, row in known.items() if row.id not in begun}
    changed = {name for name, each in fingerprints.items() if settled.get(name) != each}
    reworded = frozenset(name for name in changed if _is_reworded(known.get(name), written[name]))
    return ChangedTopics(reworded=reworded, reinterpreted=frozenset(changed) - reworded)


def _is_reworded(known: Row[Any] | None, written: str) -> bool:
    """Whether its owner changed it, or it is new. Where an earlier version of the program did not store what was
    written, the change is held to be the program's (decision 46).
    """
    return known is None or not known.fingerprint or known.written not in (None, written)


def topic_ids(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """The row id of each topic; a topic that is new gets its row."""
    wanted = sorted(set(names))
    if not wanted:
        return {}
    query = select(topics.c.name, topics.c.id).where(topics.c.name.in_(wanted))
    known = {row.name: row.id for row in connection.execute(query)}
    if new := [{"name": name} for name in wanted if name not in known]:
        connection.execute(insert(topics), new)
        known = {row.name: row.id for row in connection.execute(query)}
    return known
