"""What the store asks of a database: transactions, and whether it is whole. `sqlite_database` and `postgres` answer."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from monitor.errors import StoreError
from monitor.store.search_index import IndexPlace

Value = TypeVar("Value")

VALUES_A_QUERY = 500
"""A database takes a bounded number of parameters a statement; more go in portions, or as one value (`group.among`)."""


class Database(ABC):
    """Access to the database: `read()` sees one snapshot, `write()` commits all or nothing, one transaction at a time.

    `now` gives the moment by which licences end (UTC); None if nobody says it: then each that ends is over. Errors of
    the database are raised as StoreError and its kinds.
    """

    def __init__(self, url: str, now: Callable[[], datetime] | None) -> None:
        self.url = url
        self._now = now

    @property
    @abstractmethod
    def name(self) -> str:
        """Where it is, for people: without a password."""

    @property
    def file(self) -> Path:
        """Where SQLite keeps it. Raises StoreError for a database that is no file."""
        raise StoreError(f"{self.name} is no file.")

    @abstractmethod
    def free_bytes(self) -> int | None:
        """What may still be written, in bytes; None where that is not known here."""

    @abstractmethod
    def size_bytes(self) -> int:
        """How large it is."""

    @abstractmethod
    def log_bytes(self) -> int:
        """How large what is kept beside the tables is, which a checkpoint empties; 0 where only the server knows."""

    def now(self) -> datetime | None:
        """The moment by which licences end (UTC); None if nobody says it."""
        return None if self._now is None else self._now()

    @abstractmethod
    def search_index(self) -> IndexPlace:
        """Where the index of searches is."""

    @abstractmethod
    def last_given(self, table: str) -> int:
        """The highest id that a row of the table was ever given, even if that row is gone; 0 for none. No transaction
        is running that may still commit a lower one.
        """

    @abstractmethod
    def go_on_after(self, table: str, last: int) -> None:
        """Give no row of the table an id up to this one, or of a row that is there, from now on."""

    @abstractmethod
    def is_copy(self, connection: Connection) -> bool:
        """Whether the database goes on from a backup, and nobody has marked it as living since."""

    @abstractmethod
    def mark_as_living(self, connection: Connection) -> None:
        """In the transaction of this connection, which writes."""

    @abstractmethod
    def read(self) -> AbstractContextManager[Connection]:
        """One snapshot while the block runs. Nothing can be written."""

    @abstractmethod
    def write(self) -> AbstractContextManager[Connection]:
        """All of the block, or nothing. Whoever else writes, of this process or another, waits for it."""

    @abstractmethod
    def rebuild(self) -> AbstractContextManager[Connection]:
        """Like `write`, for migrations: references between rows may be broken until the block ends."""

    @abstractmethod
    def checkpoint(self) -> bool:
        """Put in order what the database keeps beside its tables; False if somebody is in the way (D13)."""

    @abstractmethod
    def check_in_place(self) -> None:
        """Raise DamagedStore if the database is no longer the one that was opened. Quick."""

    @abstractmethod
    def quick_check(self) -> None:
        """Raise DamagedStore if the database is found damaged (rule D16)."""

    @abstractmethod
    def integrity_check(self) -> None:
        """The same check, more thorough and slower."""

    @abstractmethod
    def is_writable(self) -> bool:
        """Whether somebody could write now, or could but for this process, which writes itself and is not late with it;
        nothing is written. Raises DamagedStore.
        """

    @abstractmethod
    def leave(self, now: datetime) -> None:
        """Before a process ends that found the database not in place: keep what it has open from being written into
        another one. Raises OSError.
        """

    @abstractmethod
    def close(self) -> None:
        """Close all connections."""


def portions(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """The values in parts that a database takes in one statement each."""
    return (values[start : start + VALUES_A_QUERY] for start in range(0, len(values), VALUES_A_QUERY))
