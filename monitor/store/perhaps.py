"""What "Perhaps also" may show in the next edition of a digest, and what it has shown. Writes are in `new_editions`."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, or_, select, union

from monitor.model.article import Arrival
from monitor.model.edition_input import HighWater, Resemblances
from monitor.model.ids import ArticleId, StoryId
from monitor.model.perhaps import Resembling
from monitor.store.edition_input import HAS_CONTENT, HAS_READERS, known_by, news_begins
from monitor.store.editions import id_of_digest
from monitor.store.group import Group, among
from monitor.store.tables import articles, judgements, listings, perhaps_lines, stories, topics
from monitor.text import normalised_title


class PerhapsStore(Group):
    """Lines about articles that resemble a topic without matching it."""

    def news(self, digest: str, knows: HighWater, *, skips: bool = False) -> frozenset[ArticleId]:
        """The articles that came since the previous edition of the digest and are news of the day. `skips`: since the
        previous one that had readers or something to say, because the lines of an edition that is not mailed wait.
        """
        read = (or_(HAS_READERS, HAS_CONTENT),) if skips else ()
        with self._database.read() as connection:
            knew = known_by(connection, digest, *read)
            query = select(articles.c.id).where(
                articles.c.id > knew.articles,
                articles.c.id <= knows.articles,
                articles.c.first_seen_at > news_begins(connection, digest),
                articles.c.is_mailable,
                articles.c.arrival != Arrival.LATE,
            )
            return frozenset(connection.scalars(query))

    def with_past(
        self, digest: str, resembling: Mapping[str, tuple[Resembling, ...]], names: Sequence[str]
    ) -> Resemblances:
        """These articles, and which of them the digest must not show below these topics."""
        ids = {each.article.id for found in resembling.values() for each in found}
        beside = {each.beside for found in resembling.values() for each in found if each.beside is not None}
        with self._database.read() as connection:
            return Resemblances(
                found=resembling,
                settled=_settled(connection, digest, ids),
                titles=_titles(connection, digest, names),
                muted=_muted(connection, beside),
            )


def _settled(connection: Connection, digest: str, ids: Collection[ArticleId]) -> dict[str, frozenset[ArticleId]]:
    """Topic → those of these articles that the digest has shown below it in any form, or of which a person said that
    they do not belong to it.
    """
    shown = [
        select(table.c.topic_id, table.c.article_id).where(
            table.c.digest_id == id_of_digest(digest), among(table.c.article_id, ids)
        )
        for table in (listings, perhaps_lines)
    ]
    refused = select(judgements.c.topic_id, judgements.c.article_id).where(
        judgements.c.is_relevant.is_(False), among(judgements.c.article_id, ids)
    )
    settled = union(*shown, refused).subquery()
    found: defaultdict[str, set[ArticleId]] = defaultdict(set)
    for row in connection.execute(select(topics.c.name, settled.c.article_id).join_from(settled, topics)):
        found[row.name].add(row.article_id)
    return {topic: frozenset(each) for topic, each in found.items()}


def _titles(connection: Connection, digest: str, names: Sequence[str]) -> dict[str, frozenset[str]]:
    """Topic → the normalised headlines of all lines that the digest has shown below it."""
    query = (
        select(topics.c.name, articles.c.title)
        .select_from(perhaps_lines.join(topics).join(articles))
        .where(perhaps_lines.c.digest_id == id_of_digest(digest), topics.c.name.in_(names))
    )
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in connection.execute(query):
        found[row.name].add(normalised_title(row.title))
    return {topic: frozenset(each) for topic, each in found.items()}


def _muted(connection: Connection, story_ids: Collection[StoryId]) -> frozenset[StoryId]:
    query = select(stories.c.id).where(among(stories.c.id, story_ids), stories.c.muted_at.is_not(None))
    return frozenset(connection.scalars(query))
