"""Headlines that somebody may mean by some of their words, from the index of searches where it is whole."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from sqlalchemy import select

from monitor.errors import StoreError
from monitor.model.ids import ArticleId
from monitor.search.headline import Remembered, remembered
from monitor.store.articles import ArticleStore
from monitor.store.group import Group, among
from monitor.store.search_index import Index
from monitor.store.searching import SearchStore
from monitor.store.tables import articles

COMPARED = 500
"""The newest with all of the words; if there are so many, longer words that begin so are not looked for."""

OF_A_WORD = 1_000
"""The newest with one of the words, where none has all."""

Headline = tuple[ArticleId, str]


class Headlines(NamedTuple):
    """Headlines to compare with what somebody remembers."""

    found: tuple[Headline, ...]
    """The newest first."""
    is_whole: bool
    """Whether they were chosen among all that are stored; else they are the newest ones."""


class HeadlineStore(Group):
    """Headlines by their words."""

    def like(self, words: str, most: int) -> Headlines:
        """Those that may be meant. Where the index is not whole, cannot be used or asked, the newest `most`."""
        asked = remembered(words)
        try:
            if asked.every and SearchStore(self._database).built().is_whole:
                with self._database.search_index().reading() as index:
                    state = None if index is None else index.state()
                    if index is not None and state is not None:
                        return Headlines(self._headlines(list(_ids(index, asked)), state.high, most), is_whole=True)
        except StoreError:
            pass  # `search` and `doctor` report it
        return Headlines(ArticleStore(self._database).headlines(most), is_whole=False)

    def _headlines(self, ids: Sequence[ArticleId], high: ArticleId, most: int) -> tuple[Headline, ...]:
        """These, and the newest ones that are not indexed yet."""
        query = select(articles.c.id, articles.c.title).order_by(articles.c.id.desc())
        newer = self._all(query.where(articles.c.id > high).limit(most))  # in one query with the others it reads all
        rows = (*newer, *self._all(query.where(among(articles.c.id, ids), articles.c.id <= high)))
        return tuple((row.id, row.title) for row in rows)


def _ids(index: Index, asked: Remembered) -> set[ArticleId]:
    """Articles with all of the words in the headline, or if there are none, with some."""
    found: set[ArticleId] = set()
    for written in (asked.row, asked.every, asked.begun):
        if written and len(found) < COMPARED:
            found |= set(islice(index.find(written, ArticleId(0)), COMPARED))
    return found or set(_with_some(index, asked.each))


def _with_some(index: Index, each: Sequence[tuple[str, str]]) -> Iterator[ArticleId]:
    """Whoever has half of some words has one of any half of them and one more: the rarest ones are asked for."""
    lists = [ids for whole, begun in each if (ids := _with_word(index, whole, begun))]
    lists.sort(key=lambda ids: (len(ids), ids[-1]))
    for ids in lists[: len(each) // 2 + 1]:
        yield from ids


def _with_word(index: Index, whole: str, begun: str) -> list[ArticleId]:
    """Of a word that is frequent, longer ones are not asked for: that takes longest, and tells little."""
    ids: list[ArticleId] = []
    for written in (whole, begun):
        if written and len(ids) < OF_A_WORD:
            ids = list(islice(index.find(written, ArticleId(0)), OF_A_WORD))
    return ids
