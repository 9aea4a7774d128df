"""Topics: under which wording each was last matched, and what changes when the wording does."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, exists, select, update

from monitor.model.article import Article
from monitor.model.edition_input import Origin
from monitor.model.match import Match
from monitor.model.topic import ChangedTopics
from monitor.store.articles import save_matches, topic_ids
from monitor.store.database import Database
from monitor.store.tables import listings, matches, topics


class TopicStore:
    """A topic is its name; its fingerprint is "" while it is not looked for.

    `fingerprints` say what topics mean, `written` what their owner wrote (`match.own_wordings`), both by name.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

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

    def settle(self, fingerprints: Mapping[str, str], written: Mapping[str, str], since: datetime) -> None:
        """Remember that stored articles are matched under these wordings, and that no other topic is looked for.

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

    def rematch(
        self, article: Article, found: Sequence[Match], gone: Iterable[str], origin: Origin, now: datetime
    ) -> None:
        """Store what an article matches under new wordings, new matches with this origin; drop what it no longer does.

        A match that some edition listed stays: it was reported, and must not be reported again. From now on it is
        stale.
        """
        is_listed = exists().where(
            and_(listings.c.topic_id == matches.c.topic_id, listings.c.article_id == matches.c.article_id)
        )
        with self._database.write() as connection:
            save_matches(connection, {article.id: (found, origin)}, now)
            ids = select(topics.c.id).where(topics.c.name.in_(list(gone)))
            is_gone = (matches.c.article_id == article.id, matches.c.topic_id.in_(ids))
            connection.execute(delete(matches).where(*is_gone, ~is_listed))
            connection.execute(update(matches).where(*is_gone, matches.c.stale_since.is_(None)).values(stale_since=now))


def _changed(connection: Connection, fingerprints: Mapping[str, str], written: Mapping[str, str]) -> ChangedTopics:
    known = {row.name: row for row in connection.execute(select(topics))}
    changed = {name for name, each in fingerprints.items() if name not in known or known[name].fingerprint != each}
    reworded = frozenset(name for name in changed if _is_reworded(known.get(name), written[name]))
    return ChangedTopics(reworded=reworded, reinterpreted=frozenset(changed) - reworded)


def _is_reworded(known: Row[Any] | None, written: str) -> bool:
    """Whether its owner changed it, or it is new. Where an earlier version of the program did not store what was
    written, the change is held to be the program's (decision 46).
    """
    return known is None or not known.fingerprint or known.written not in (None, written)
