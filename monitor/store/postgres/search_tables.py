"""The index of searches in tables of PostgreSQL: the rows of words of each article, and the set of its words with a GIN
index. The tables are made when something is first indexed, and are no part of the schema: they can be built again.

Who writes to them holds a lock of its own, so that polls go on while a batch is indexed.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.exc import DBAPIError

from monitor.model.ids import ArticleId
from monitor.search import Indexed
from monitor.store.postgres.found_by import TITLE, condition
from monitor.store.search_index import Index, IndexPlace, State, UnusableIndex, version_of

if TYPE_CHECKING:
    from monitor.store.postgres.database import PostgresDatabase

FORM = 1
"""Of the tables and columns. When these change, this rises, and the index is built again."""

INDEX_LOCK = 7_305_410_082
TABLES = (
    """
    CREATE TABLE IF NOT EXISTS search_state (
        one INTEGER PRIMARY KEY CHECK (one = 1), version BIGINT NOT NULL, generation TEXT NOT NULL,
        low BIGINT NOT NULL, high BIGINT NOT NULL, is_tidy BOOLEAN NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS search_words (
        id BIGINT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, extra TEXT NOT NULL, page TEXT NOT NULL,
        words TSVECTOR NOT NULL
    )
    """,
    "CREATE INDEX IF NOT EXISTS ix_search_words_words ON search_words USING gin (words)",
)
PUT = text(
    "INSERT INTO search_words (id, title, text, extra, page, words)"
    " VALUES (:id, :title, :text, :extra, :page, array_to_tsvector(CAST(:words AS TEXT[])))"
)
COLUMNS = ("title", "text", "extra", "page")
"""The rows of words: fields of `Indexed`."""

ROWS_AT_ONCE = 1_000
SET_BYTES = 900_000
"""PostgreSQL takes sets of words of less than a megabyte; of a text with more, the last words are left out of it."""

MISSING_CODES = ("42P01", "42703", "XX001", "XX002")


class OpenTables(Index):
    """A transaction on the tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def state(self) -> State | None:
        if self._do("SELECT to_regclass('search_state')").scalar() is None:
            return None
        row = self._do("SELECT version, generation, low, high, is_tidy FROM search_state").one_or_none()
        if row is None:
            return None
        if row.version != version_of(FORM):
            raise UnusableIndex("was made by another version of the program, which reads words in another way")
        return State(generation=row.generation, low=row.low, high=row.high, is_tidy=row.is_tidy)

    def begin(self, generation: str, newest: ArticleId) -> State:
        for table in TABLES:
            self._do(table)
        state = {"version": version_of(FORM), "generation": generation, "newest": newest}
        self._do("INSERT INTO search_state VALUES (1, :version, :generation, :newest, :newest, true)", state)
        return State(generation=generation, low=newest, high=newest, is_tidy=True)

    def clear(self) -> None:
        self._do("TRUNCATE search_words")
        self._do("DELETE FROM search_state")

    def move(self, *, low: ArticleId, high: ArticleId) -> None:
        self._do("UPDATE search_state SET low = :low, high = :high", {"low": low, "high": high})

    def put(self, words: Sequence[tuple[ArticleId, Indexed]]) -> None:
        rows = [
            {"id": article, "words": _set_of(each)} | {name: getattr(each, name) for name in COLUMNS}
            for article, each in words
        ]
        if rows:
            self._connection.execute(PUT, rows)
            self._do("UPDATE search_state SET is_tidy = false")

    def drop(self, articles: Iterable[ArticleId]) -> None:
        self._do("DELETE FROM search_words WHERE id = ANY(CAST(:ids AS BIGINT[]))", {"ids": [*articles]})

    def words_of(self, articles: Iterable[ArticleId]) -> Iterator[tuple[ArticleId, Indexed]]:
        query = f"SELECT id, {', '.join(COLUMNS)} FROM search_words WHERE id = ANY(CAST(:ids AS BIGINT[]))"  # noqa: S608
        ids = [*articles]
        rows = {row.id: row for row in self._do(query, {"ids": ids})}
        for row in (rows[each] for each in ids if each in rows):
            yield row.id, Indexed(title=row.title, text=row.text, extra=row.extra, page=row.page)

    def ids(self, above: ArticleId, most: int) -> list[ArticleId]:
        query = "SELECT id FROM search_words WHERE id > :above ORDER BY id LIMIT :most"
        return [*self._do(query, {"above": above, "most": most}).scalars()]

    def find(self, expression: str, above: ArticleId) -> Iterator[ArticleId]:
        found = condition(expression)
        query = f"SELECT id FROM search_words WHERE id > :above AND id < :below AND {found.sql}"  # noqa: S608
        below = 2**63 - 1
        while True:
            asked = found.values | {"above": above, "below": below, "most": ROWS_AT_ONCE}
            ids = self._do(f"{query} ORDER BY id DESC LIMIT :most", asked).scalars().all()
            yield from ids
            if len(ids) < ROWS_AT_ONCE:
                return
            below = ids[-1]

    def count(self, expression: str, above: ArticleId) -> int:
        found = condition(expression)
        query = f"SELECT count(*) FROM search_words WHERE id > :above AND {found.sql}"  # noqa: S608 (of fixed words)
        return int(self._do(query, found.values | {"above": above}).scalar_one())

    def among(self, expression: str, articles: Sequence[ArticleId]) -> list[ArticleId]:
        found = condition(expression)
        query = f"SELECT id FROM search_words WHERE id = ANY(CAST(:ids AS BIGINT[])) AND {found.sql}"  # noqa: S608
        ids = {*self._do(query, found.values | {"ids": [*articles]}).scalars()}
        return [each for each in articles if each in ids]

    def tidy(self) -> bool:
        self._do("SELECT gin_clean_pending_list('ix_search_words_words')")
        self._do("UPDATE search_state SET is_tidy = true")
        return True

    def examine(self) -> None:
        self.state()

    def check(self) -> None:
        """Each row is read; the server checks the pages on the way."""
        lengths = " + ".join(f"length({name})" for name in COLUMNS)
        self._do(f"SELECT sum({lengths}), sum(length(words)) FROM search_words")  # noqa: S608 (of fixed words)

    def _do(self, statement: str | TextClause, values: dict[str, Any] | None = None) -> Any:
        return self._connection.execute(text(statement) if isinstance(statement, str) else statement, values or {})


class IndexTables(IndexPlace):
    """In the database itself."""

    def __init__(self, database: "PostgresDatabase") -> None:
        self._database = database

    def exists(self) -> bool:
        return self.version() is not None

    def version(self) -> tuple[object, ...] | None:
        with self._database.read() as connection:
            if connection.scalar(text("SELECT to_regclass('search_state')")) is None:
                return None
            query = "SELECT xmin::text, low, high FROM search_state"
            row = connection.execute(text(query)).one_or_none()
        return () if row is None else tuple(row)

    @contextmanager
    def reading(self) -> Iterator[Index | None]:
        with self._translated(), self._database.read() as connection:
            is_there = connection.scalar(text("SELECT to_regclass('search_words')")) is not None
            yield OpenTables(connection) if is_there else None

    @contextmanager
    def writing(self, *, is_overwritten: bool = False) -> Iterator[Index]:  # noqa: ARG002 (it cannot be done here)
        with self._translated(), self._database.beside(INDEX_LOCK) as connection:
            yield OpenTables(connection)

    def remove(self) -> None:
        with self._database.beside(INDEX_LOCK) as connection:
            connection.execute(text("DROP TABLE IF EXISTS search_words, search_state"))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) in MISSING_CODES:
                raise UnusableIndex(f"in {self._database.name} cannot be used") from error
            raise


def _set_of(each: Indexed) -> list[str]:
    """The words once each; those of the headline also as such."""
    title = each.title.split()
    found: dict[str, None] = {}
    room = SET_BYTES
    rows = each.extra.split(), title, [f"{TITLE}{word}" for word in title], each.text.split(), each.page.split()
    for word in chain.from_iterable(rows):
        if word not in found:
            room -= len(word.encode()) + 4
            if room < 0:
                break
            found[word] = None
    return [*found]
