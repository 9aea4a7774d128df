"""The database seen from outside: a reader beside the daemon, or after its death."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ENDED = {"sent", "cancelled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What was written down of messages when a process had died: Message-ID → state. None: it could not be read."""

    at: float
    states: dict[str, str] | None


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=10)) as database:
        yield database


def rows(file: Path, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with opened(file) as database:
        return database.execute(query, values).fetchall()


@dataclass(kw_only=True)
class Witness:
    """Looks at the messages whenever a process has died."""

    file: Path
    seen: list[Snapshot] = field(default_factory=list)

    def look(self) -> None:
        if self.file.exists():
            self.seen.append(Snapshot(at=time.monotonic(), states=self._states()))

    def _states(self) -> dict[str, str] | None:
        try:
            return dict(rows(self.file, "SELECT message_id, state FROM deliveries"))
        except sqlite3.Error:
            return None


def waiting(file: Path) -> list[str]:
    """The deliveries that never arrived, by number: of a message and its plain copy the latter, if neither did."""
    found = rows(file, "SELECT id, coalesce(repairs, id), state FROM deliveries ORDER BY id")
    latest: dict[int, tuple[int, set[str]]] = {}
    for number, root, state in found:
        _, states = latest.get(root, (0, set()))
        latest[root] = number, states | {state}
    return [str(number) for number, states in latest.values() if not states & ENDED]
