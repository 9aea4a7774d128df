"""Migrates in processes that are killed with SIGKILL before each statement, and looks at what they leave.

    python killed_migration.py FOLDER DATABASE SCRIPTS

Counts the statements, then forks once for each that writes, and for the commit: the child dies before it (before
one that reads, the disk is as it is before the next). Writes results.json: for each, the revision and the row counts
that were found, and those after migrating once more (once for all that left the same bytes).
"""

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from filled import row_counts
from sqlalchemy import Engine, event

from monitor.store import open_store
from monitor.store.backup import back_up
from monitor.store.revision import revisions
from monitor.store.schema import migrate

READS = ("SELECT", "PRAGMA")


class Statements:
    """Counts what a process executes, and dies before the one it is told to."""

    def __init__(self, fatal: int | None) -> None:
        self.texts: list[str] = []
        self._fatal = fatal
        event.listen(Engine, "before_cursor_execute", self._before)
        event.listen(Engine, "commit", self._at_commit)

    def _before(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self._cross(statement)

    def _at_commit(self, _connection: Any) -> None:
        self._cross("COMMIT")

    def _cross(self, text: str) -> None:
        if len(self.texts) == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        self.texts.append(" ".join(text.split()))


def migrated(path: Path, scripts: Path) -> None:
    store = open_store(f"sqlite:///{path}", is_owner=True)
    migrate(store.database, before=lambda: back_up(path, path.with_name("backup.db")), scripts=scripts)
    store.close()


def state_of(path: Path) -> tuple[str | None, dict[str, int]]:
    store = open_store(f"sqlite:///{path}")
    store.database.integrity_check()
    with store.database.read() as connection:
        counts = dict(row_counts(connection))
    found = revisions(store.database)[0]
    store.close()
    return found, counts


def main() -> None:
    folder, source, scripts = map(Path, sys.argv[1:])
    whole = folder / "whole.db"
    shutil.copy(source, whole)
    statements = Statements(None)
    migrated(whole, scripts)
    results = []
    after: dict[bytes, tuple[str | None, dict[str, int]]] = {}
    for fatal, text in enumerate(tuple(statements.texts)):
        if text.startswith(READS):
            continue
        path = folder / str(fatal) / "news.db"
        path.parent.mkdir()
        shutil.copy(source, path)
        child = os.fork()
        if not child:
            Statements(fatal)
            migrated(path, scripts)
            os._exit(0)
        died = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        left, found = state_of(path), path.read_bytes()
        if found not in after:
            migrated(path, scripts)
            after[found] = state_of(path)
        results.append({"before": text, "died": died, "left": left, "after": after[found]})
        shutil.rmtree(path.parent)
    (folder / "results.json").write_text(json.dumps(results))


if __name__ == "__main__":
    main()
