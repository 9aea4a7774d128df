"""What an index of searches is, wherever it is kept: beside an SQLite database in a file, or in tables of PostgreSQL.

Nothing is in it that the database does not have, so that it can be deleted at any time. One process at a time writes,
which need not be the one that polls. Expressions are those of `search.expression`.
"""

import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from functools import cache

from monitor.errors import StoreError
from monitor.model.ids import ArticleId, FeedId
from monitor.search import Indexed, indexed

SAMPLE = (
    "U.S. cease-fire, l'ONU's «Müller» Ærø İstanbul'da Erdoğan'ın US$5 #SyriaCeasefire EE. UU. COP28 naïve ﬁne ١٢ "
    "войн Ё й سوریا مسئول هدنة الى ھ کي می‌رود नमस्ते 停火 休戦 タス ｶﾞ ไทย ភាសា မြန်မာ 한국어 שלום ελλάδα e\u0301"
)
"""What an index is sensitive to."""


class UnusableIndex(StoreError):
    """The index is damaged, was made by another version, or cannot be read here. It can be built again."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The index of searches {reason}. Build it again: news-monitor search --rebuild")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How far the index is: it has all articles with an id above `low` and up to `high`."""

    generation: str
    """The generation of the database that it was built from."""
    low: ArticleId
    """Nothing up to this id is indexed yet; 0 when all is."""
    high: ArticleId
    """Nothing above this id is indexed yet."""
    is_tidy: bool
    """Whether its parts have been joined since something was added."""


@cache
def version_of(form: int) -> int:
    """Another number when words are read or written in another way: an index of that way would not be found in. `form`
    is that of the tables.
    """
    words = indexed(title=SAMPLE, text="", feed_id=FeedId(1), language="en", dated=date(2000, 1, 1), memory={})
    return zlib.crc32(f"{form} {words.title} {words.extra}".encode())


class Index(ABC):
    """An index that is open. Raises UnusableIndex."""

    @abstractmethod
    def state(self) -> State | None:
        """None if nothing was ever indexed."""

    @abstractmethod
    def begin(self, generation: str, newest: ArticleId) -> State:
        """Make the empty index of a database whose newest article has this id."""

    @abstractmethod
    def clear(self) -> None:
        """Forget everything."""

    @abstractmethod
    def move(self, *, low: ArticleId, high: ArticleId) -> None:
        """Set how far it is."""

    @abstractmethod
    def put(self, words: Sequence[tuple[ArticleId, Indexed]]) -> None:
        """Index articles that are not indexed."""

    @abstractmethod
    def drop(self, articles: Iterable[ArticleId]) -> None:
        """Remove the words of articles, where they are indexed."""

    @abstractmethod
    def words_of(self, articles: Iterable[ArticleId]) -> Iterator[tuple[ArticleId, Indexed]]:
        """What is indexed of these articles."""

    @abstractmethod
    def ids(self, above: ArticleId, most: int) -> list[ArticleId]:
        """The ids that are indexed above this one, in order."""

    @abstractmethod
    def find(self, expression: str, above: ArticleId) -> Iterator[ArticleId]:
        """The articles for which the expression is true and whose id is higher, the newest first."""

    @abstractmethod
    def count(self, expression: str, above: ArticleId) -> int:
        """How many there are."""

    @abstractmethod
    def among(self, expression: str, articles: Sequence[ArticleId]) -> list[ArticleId]:
        """Those of a few articles for which the expression is true, in the given order."""

    @abstractmethod
    def tidy(self) -> bool:
        """Join a few of the parts that batches have left. Returns whether there is nothing more to join."""

    @abstractmethod
    def examine(self) -> None:
        """Raise UnusableIndex if it is found damaged. Takes a second for some 500 MB."""

    @abstractmethod
    def check(self) -> None:
        """The same, and whether its words are whole: slower, and only for who may write."""


class IndexPlace(ABC):
    """Where the index of a database is kept."""

    @abstractmethod
    def exists(self) -> bool:
        """Whether there is one."""

    @abstractmethod
    def version(self) -> tuple[object, ...] | None:
        """Another one when the index is another, or was written to; None if there is none. Quick."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[Index | None]:
        """The index as it is, None if there is none. Raises UnusableIndex."""

    @abstractmethod
    def writing(self, *, is_overwritten: bool = False) -> AbstractContextManager[Index]:
        """The index while it is written: all of the block or nothing. Raises UnusableIndex, StoreError.

        `is_overwritten`: what is deleted is overwritten, where the database can do so.
        """

    @abstractmethod
    def remove(self) -> None:
        """Delete the index, which cannot be used."""
