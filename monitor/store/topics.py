"""Topics: under which wording each was last matched, and what changes when the wording does."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, exists, select, update

from monitor.model.article import Article
from monitor.model.edition_input import Origin
from monitor.model.match import Match
from monitor.store.articles import save_matches, topic_ids
from monitor.store.database import Database
from monitor.store.tables import listings, matches, topics


class TopicStore:
    """A topic is its name; its fingerprint is "" while it is not looked for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def carry_over(self, renamed: Mapping[str, str]) -> None:
        """Give topics (new name → old name) the history of their old name, where they have none of their own."""
        with self._database.write() as connection:
            names = set(connection.scalars(select(topics.c.name)))
            for new, old in renamed.items():
                if old in names and new not in names:
                    connection.execute(update(topics).where(topics.c.name == old).values(name=new))

    def changed(self, fingerprints: Mapping[str, str]) -> frozenset[str]:
        """Those of these topics that were last matched under another wording, or never."""
        with self._database.read() as connection:
            known = {row.name: row.fingerprint for row in connection.execute(select(topics))}
        return frozenset(name for name, fingerprint in fingerprints.items() if known.get(name) != fingerprint)

    def settle(self, fingerprints: Mapping[str, str], since: datetime) -> None:
        """Remember that stored articles are matched under these wordings, and that no other topic is looked for.

        Those that are new under them are so only for articles that came after `since`.
        """
        with self._database.write() as connection:
            ids = topic_ids(connection, fingerprints)
            connection.execute(update(topics).where(topics.c.name.not_in(list(fingerprints))).values(fingerprint=""))
            rows = [{"this": ids[name], "wording": wording} for name, wording in fingerprints.items()]
            if rows:
                is_new = (topics.c.id == bindparam("this"), topics.c.fingerprint != bindparam("wording"))
                new = update(topics).where(*is_new).values(fingerprint=bindparam("wording"), matched_since=since)
                connection.execute(new, rows)

    def rematch(self, article: Article, found: Sequence[Match], gone: Iterable[str], now: datetime) -> None:
        """Store what an article matches under new wordings, as backfill, and drop what it no longer does.

        A match that some edition listed stays: it was told, and "once" rests on it.
        """
        is_listed = exists().where(
            and_(listings.c.topic_id == matches.c.topic_id, listings.c.article_id == matches.c.article_id)
        )
        with self._database.write() as connection:
            origin = Origin.BACKFILL if article.is_mailable else Origin.BASELINE
            save_matches(connection, {article.id: (found, origin)}, now)
            ids = select(topics.c.id).where(topics.c.name.in_(list(gone)))
            connection.execute(
                delete(matches).where(matches.c.article_id == article.id, matches.c.topic_id.in_(ids), ~is_listed)
            )
