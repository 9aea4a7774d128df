"""The file of the index: what SQLite's FTS5 knows of the words of articles. Nothing is in it that the database does not
have, so that it can be deleted at any time.

FTS5 gets the words of topics, joined by spaces, and its tokenizer only splits them there again (`ascii` takes all that
is not ASCII for letters). It keeps no copy of a row ("contentless"), but must be given the old words to remove one:
they are kept beside it, compressed, because no SQLite before 3.43 can do without. One process at a time writes,
which need not be the one that polls.
"""

import fcntl
import os
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path

from monitor.errors import StoreError
from monitor.model.ids import ArticleId
from monitor.search import Indexed
from monitor.store.search_index import Index, IndexPlace, State, UnusableIndex, version_of
from monitor.store.sqlite_database import BUSY_TIMEOUT_SECONDS, existing, private_file

FORM = 2
"""Of the tables and columns of the file. When these change, this rises, and the index is built again."""

ENDING = "-search.db"
SEPARATOR = "\n"
COMPRESSION = 1
"""The quickest: half of what the best one saves, in a fifth of the time."""

STATE = """
    CREATE TABLE IF NOT EXISTS state (
        one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, generation TEXT NOT NULL,
        low INTEGER NOT NULL, high INTEGER NOT NULL, is_tidy INTEGER NOT NULL
    )
"""
DOCS = "CREATE TABLE IF NOT EXISTS docs (id INTEGER PRIMARY KEY, words BLOB NOT NULL)"
FOUND = """
    CREATE VIRTUAL TABLE IF NOT EXISTS found
    USING fts5 (title, text, extra, page, content = '', columnsize = 0, tokenize = "ascii tokenchars '$:'")
"""
INSERT = "INSERT INTO found (rowid, title, text, extra, page) VALUES (?, ?, ?, ?, ?)"
DELETE = "INSERT INTO found (found, rowid, title, text, extra, page) VALUES (?, ?, ?, ?, ?, ?)"
ROWS_AT_ONCE = 1_000
MERGED_PAGES = 2_000
"""So many pages of 4 KB one step of tidying writes: a tenth of a second."""

TRIES, TRY_AGAIN_SECONDS = 200, 0.05
"""How long one process waits for another: ten seconds. A batch takes less than one."""

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "wal_autocheckpoint=1000")
"""A power failure may lose the last batches, which are then indexed again."""


def index_file(database: Path) -> Path:
    """Where the index of this database is."""
    return database.with_name(f"{database.stem}{ENDING}")


class IndexFile(IndexPlace):
    """A file beside the database."""

    def __init__(self, database: Path) -> None:
        self._file = index_file(database)

    def exists(self) -> bool:
        return self._file.exists()

    def version(self) -> tuple[object, ...] | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def reading(self) -> AbstractContextManager[Index | None]:
        return reading(self._file)

    def writing(self, *, is_overwritten: bool = False) -> AbstractContextManager[Index]:
        return writing(self._file, is_overwritten=is_overwritten)

    def remove(self) -> None:
        """Its pages are deleted, not overwritten: that would take as long as it is large."""
        remove(self._file)


class OpenFile(Index):
    """A connection to the file that is open. Raises UnusableIndex."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def state(self) -> State | None:
        there = self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'state'").fetchone()
        row = there and self._connection.execute("SELECT version, generation, low, high, is_tidy FROM state").fetchone()
        if not row:
            return None
        if row[0] != version_of(FORM):
            raise UnusableIndex("was made by another version of the program, which reads words in another way")
        return State(generation=row[1], low=ArticleId(row[2]), high=ArticleId(row[3]), is_tidy=bool(row[4]))

    def begin(self, generation: str, newest: ArticleId) -> State:
        for statement in (STATE, DOCS, FOUND):
            self._connection.execute(statement)
        self._connection.execute(
            "INSERT INTO state VALUES (1, ?, ?, ?, ?, 1)", (version_of(FORM), generation, newest, newest)
        )
        return State(generation=generation, low=newest, high=newest, is_tidy=True)

    def clear(self) -> None:
        """Forget everything. Its pages are not overwritten: that would take as long as it is large."""
        self._connection.execute("INSERT INTO found (found) VALUES ('delete-all')")
        self._connection.execute("DELETE FROM docs")
        self._connection.execute("DELETE FROM state")

    def move(self, *, low: ArticleId, high: ArticleId) -> None:
        self._connection.execute("UPDATE state SET low = ?, high = ?", (low, high))

    def put(self, words: Sequence[tuple[ArticleId, Indexed]]) -> None:
        for article, each in sorted(words, key=lambda pair: pair[0]):  # FTS5 writes its memory out when an id falls
            columns = _columns(each)
            packed = zlib.compress(SEPARATOR.join(columns).encode(), COMPRESSION)
            self._connection.execute("INSERT INTO docs VALUES (?, ?)", (article, packed))
            self._connection.execute(INSERT, (article, *columns))
        if words:
            self._connection.execute("UPDATE state SET is_tidy = 0")

    def drop(self, articles: Iterable[ArticleId]) -> None:
        for article, each in list(self.words_of(articles)):
            columns = _columns(each)
            values = ("delete", article, *columns)
            self._connection.execute(DELETE, values)
            self._connection.execute("DELETE FROM docs WHERE id = ?", (article,))
            self._connection.execute("UPDATE state SET is_tidy = 0")

    def words_of(self, articles: Iterable[ArticleId]) -> Iterator[tuple[ArticleId, Indexed]]:
        for article in articles:
            row = self._connection.execute("SELECT words FROM docs WHERE id = ?", (article,)).fetchone()
            if row:
                title, text, extra, page = zlib.decompress(row[0]).decode().split(SEPARATOR)
                yield article, Indexed(title=title, text=text, extra=extra, page=page)

    def ids(self, above: ArticleId, most: int) -> list[ArticleId]:
        query = "SELECT id FROM docs WHERE id > ? ORDER BY id LIMIT ?"
        return [ArticleId(row[0]) for row in self._connection.execute(query, (above, most))]

    def find(self, expression: str, above: ArticleId) -> Iterator[ArticleId]:
        query = "SELECT rowid FROM found WHERE found MATCH ? AND rowid > ? ORDER BY rowid DESC"
        rows = self._connection.execute(query, (expression, above))
        while some := rows.fetchmany(ROWS_AT_ONCE):
            yield from (ArticleId(row[0]) for row in some)

    def count(self, expression: str, above: ArticleId) -> int:
        query = "SELECT count(*) FROM found WHERE found MATCH ? AND rowid > ?"
        return int(self._connection.execute(query, (expression, above)).fetchone()[0])

    def among(self, expression: str, articles: Sequence[ArticleId]) -> list[ArticleId]:
        query = "SELECT 1 FROM found WHERE found MATCH ? AND rowid = ?"
        return [each for each in articles if self._connection.execute(query, (expression, each)).fetchone()]

    def tidy(self) -> bool:
        before = self._connection.total_changes
        self._connection.execute("INSERT INTO found (found, rank) VALUES ('merge', ?)", (-MERGED_PAGES,))
        is_tidy = self._connection.total_changes - before < 2  # as FTS5's documentation says
        if is_tidy:
            self._connection.execute("UPDATE state SET is_tidy = 1")
        return is_tidy

    def examine(self) -> None:
        for found in self._connection.execute("PRAGMA quick_check(1)"):
            if found[0] != "ok":
                raise UnusableIndex(f"is damaged: {found[0]}")

    def check(self) -> None:
        self.examine()
        self._connection.execute("INSERT INTO found (found) VALUES ('integrity-check')")


def _columns(words: Indexed) -> tuple[str, str, str, str]:
    """In the order of the table."""
    return words.title, words.text, words.extra, words.page


@contextmanager
def reading(file: Path) -> Iterator[Index | None]:
    """The index as it is, None if there is none. Raises UnusableIndex."""
    if not file.exists():
        yield None
        return
    with _translated(file), closing(_connection(file)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("PRAGMA query_only=ON")
        connection.execute("BEGIN")
        yield OpenFile(connection)


@contextmanager
def writing(file: Path, *, is_overwritten: bool = False) -> Iterator[Index]:
    """The index while it is written: all of the block or nothing. Raises UnusableIndex, StoreError.

    `is_overwritten`: what is deleted is overwritten with zeros.
    """
    private_file(file)
    with _alone(file), _translated(file), closing(_connection(file)) as connection:
        for pragma in (*PRAGMAS, f"secure_delete={int(is_overwritten)}"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield OpenFile(connection)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """No other process writes to the index while the block runs, nor moves its log into the file: before 3.51.3 SQLite
    may damage a file when two do so at the same moment (rule D14). Raises StoreError.
    """
    path = file.with_name(f"{file.name}.lock")
    private_file(path)
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        for _ in range(TRIES):
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            time.sleep(TRY_AGAIN_SECONDS)
        else:
            raise StoreError(f"The index of searches {file} is locked by another process, which writes to it.")
        yield
    finally:
        os.close(descriptor)


def remove(file: Path) -> None:
    """Delete the index, which cannot be used."""
    for ending in ("", "-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def _connection(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(existing(file), uri=True, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)


@contextmanager
def _translated(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if any(word in str(error) for word in ("malformed", "no such module", "no such table", "no such column")):
            raise UnusableIndex(f"{file} cannot be used: {error}") from error
        raise StoreError(f"The index of searches {file} failed: {error}.") from error
    except (sqlite3.DatabaseError, zlib.error, ValueError) as error:
        raise UnusableIndex(f"{file} cannot be used: {error}") from error
