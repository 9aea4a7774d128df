"""Which of the articles that a search has found certain topics match, without reading all matches of a large topic."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import Select, select

from monitor.model.ids import ArticleId
from monitor.store.group import Group, among
from monitor.store.tables import matches, topics

FEW = 2_000
"""Of a topic with so few matches each is looked up in the index; with more, what the index finds is looked up here."""

LOOKED_UP = 500
MOST_LOOK_UPS = 20
"""After so many times so many articles that hardly any of are the topic's, all of its matches are read at once."""


class TopicFilter(Group):
    """The matches of topics, as a search needs them. A match that a changed topic took back is none."""

    def few(self, names: Sequence[str]) -> list[ArticleId] | None:
        """What the smallest of these topics matches, the newest first; None if none of them is small."""
        for name in names:
            ids = self._ids(_of(name).order_by(matches.c.article_id.desc()).limit(FEW + 1))
            if len(ids) <= FEW:
                return ids
        return None

    def newest(self, name: str) -> Iterator[ArticleId]:
        """All that a topic matches, the newest first."""
        query, below = _of(name).order_by(matches.c.article_id.desc()).limit(LOOKED_UP), None
        while True:
            ids = self._ids(query if below is None else query.where(matches.c.article_id < below))
            yield from ids
            if len(ids) < LOOKED_UP:
                return
            below = ids[-1]

    def matched(self, found: Iterable[ArticleId], names: Sequence[str]) -> Iterator[ArticleId]:
        """Of these articles, in their order, those that all these topics match."""
        rest = iter(found)
        for _ in range(MOST_LOOK_UPS):
            chosen = list(islice(rest, LOOKED_UP))
            if not chosen:
                return
            yield from self._matched(chosen, names)
        whole = [frozenset(self._ids(_of(name))) for name in names]
        yield from (each for each in rest if all(each in ids for ids in whole))

    def _matched(self, chosen: Sequence[ArticleId], names: Sequence[str]) -> Iterator[ArticleId]:
        whole = [frozenset(self._ids(_of(name).where(among(matches.c.article_id, chosen)))) for name in names]
        return (each for each in chosen if all(each in ids for ids in whole))

    def _ids(self, query: Select[tuple[int]]) -> list[ArticleId]:
        return [ArticleId(row.article_id) for row in self._all(query)]


def _of(name: str) -> Select[tuple[int]]:
    topic = select(topics.c.id).where(topics.c.name == name).scalar_subquery()
    return select(matches.c.article_id).where(matches.c.topic_id == topic, matches.c.stale_since.is_(None))
