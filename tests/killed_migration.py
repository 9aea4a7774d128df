"""Migrates, and looks at what a process that is killed with SIGKILL before each statement leaves.

    python killed_migration.py FOLDER DATABASE SCRIPTS

SIGKILL leaves what the process has written so far. So one run copies the files of the database before each statement
that writes and before the commit (before one that reads, the disk is as it is before the next). Three processes are
killed for real, which must leave the same. Writes results.json: for each statement the revision and the row counts
that were found, those after migrating once more (once for all that left the same bytes), and, of those that were
killed for real, how the process ended and what it left.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filled import row_counts
from sqlalchemy import Engine, event

from monitor.store import open_store
from monitor.store.backup import back_up
from monitor.store.revision import revisions
from monitor.store.schema import migrate

READS = ("SELECT", "PRAGMA")
LOGS = ("", "-wal", "-journal")
"""The endings of a database's files. What is shared in memory goes with the processes."""

State = tuple[str | None, dict[str, int]]


@contextmanager
def watched(before: Callable[[int], object]) -> Iterator[list[str]]:
    """What this process executes that writes, commits included. `before` is called with the number of each."""
    written: list[str] = []

    def cross(text: str) -> None:
        if not text.startswith(READS):
            before(len(written))
            written.append(" ".join(text.split()))

    def at_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        cross(statement)

    def at_commit(_connection: Any) -> None:
        cross("COMMIT")

    listeners = (("before_cursor_execute", at_statement), ("commit", at_commit))
    for name, listener in listeners:
        event.listen(Engine, name, listener)
    yield written
    for name, listener in listeners:
        event.remove(Engine, name, listener)


def migrated(path: Path, scripts: Path) -> None:
    store = open_store(f"sqlite:///{path}", is_owner=True)
    migrate(store.database, before=lambda: back_up(path, path.with_name("backup.db")), scripts=scripts)
    store.close()


def state_of(path: Path) -> State:
    store = open_store(f"sqlite:///{path}")
    store.database.integrity_check()
    with store.database.read() as connection:
        counts = dict(row_counts(connection))
    found = revisions(store.database)[0]
    store.close()
    return found, counts


def copied(path: Path, folder: Path) -> tuple[bytes, ...]:
    """Copy the files of a database into a new folder; their bytes."""
    folder.mkdir(parents=True)
    found = [each for end in LOGS if (each := path.with_name(path.name + end)).exists()]
    return tuple(Path(shutil.copy(each, folder)).read_bytes() for each in found)


def killed(source: Path, scripts: Path, folder: Path, fatal: int) -> tuple[int, State]:
    """How a process ended that was killed before this statement, and what it left."""
    copied(source, folder)
    path = folder / source.name
    child = os.fork()
    if not child:
        with watched(lambda number: os.kill(os.getpid(), signal.SIGKILL) if number == fatal else None):
            migrated(path, scripts)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), state_of(path)


def main() -> None:
    folder, source, scripts = map(Path, sys.argv[1:])
    copied(source, folder / "whole")
    whole = folder / "whole" / source.name
    found: dict[int, tuple[bytes, ...]] = {}
    with watched(lambda number: found.setdefault(number, copied(whole, folder / str(number)))) as written:
        migrated(whole, scripts)
    results = []
    after: dict[tuple[bytes, ...], State] = {}
    for number, text in enumerate(written):
        path = folder / str(number) / source.name
        left = state_of(path)
        if found[number] not in after:
            migrated(path, scripts)
            after[found[number]] = state_of(path)
        result: dict[str, Any] = {"before": text, "left": left, "after": after[found[number]]}
        if number in {0, len(written) // 2, len(written) - 1}:
            result["killed"] = killed(source, scripts, folder / f"killed{number}", number)
        results.append(result)
    (folder / "results.json").write_text(json.dumps(results))


if __name__ == "__main__":
    main()
