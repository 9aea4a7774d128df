"""`python -m benchmarks.export [FOLDER]`: memory and processor time of `export --all`, of a thousand articles and more.

Each export is a process of its own that writes to nowhere. Beside it stands a loop over the same table with the
standard library alone, which prints the columns of each row as JSON or CSV: no topics, no publishers, no safe cells.
FOLDER has a store of `benchmarks.searching` or gets one; without it small ones are made.
"""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random  # noqa: TID251 (seeded: every run has the same news)
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import searching
from benchmarks.measure import table
from monitor.store import open_store
from monitor.store.schema import migrate

SIZES = (1_000, 100_000)
ROUNDS = 3
KIB_A_MB = 1e6 / 1024

BARE = {
    "jsonl": """
import json, sqlite3, sys
rows = sqlite3.connect(sys.argv[1])
rows.row_factory = sqlite3.Row
for row in rows.execute("SELECT * FROM articles ORDER BY id"):
    print(json.dumps(dict(row), ensure_ascii=False, default=repr))
""",
    "csv": """
import csv, sqlite3, sys
csv.writer(sys.stdout).writerows(sqlite3.connect(sys.argv[1]).execute("SELECT * FROM articles ORDER BY id"))
""",
}


WATCHER = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
print(used.ru_maxrss, used.ru_utime + used.ru_stime)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""A small process, because the peak of a new one counts what its parent had before (Linux)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a process took."""

    megabytes: float
    seconds: float


def report(sizes: Sequence[int] = SIZES, rounds: int = ROUNDS) -> str:
    """A table in Markdown, and what more articles add to the memory."""
    chance = Random(searching.SEED)
    spoken = searching.languages(chance)
    rows = []
    for number in sizes:
        with TemporaryDirectory() as folder:
            rows += _rows(made(Path(folder), number, spoken, chance), number, rounds)
    return _table(rows)


def made(folder: Path, number: int, spoken: dict[str, searching.Language], chance: Random) -> Path:
    """A store of so many articles, and a config that names it. Returns the database."""
    file = folder / "news-monitor.db"
    store = open_store(f"sqlite:///{file}", is_owner=True)
    try:
        migrate(store.database)
        searching.fill(store, number, spoken, chance)
        store.database.checkpoint()
    finally:
        store.close()
    return file


def _rows(file: Path, number: int, rounds: int) -> list[Sequence[str]]:
    config = file.parent / "export.toml"
    config.write_text(searching.CONFIG.format(folder=file.parent) + f'database = "sqlite:///{file}"\n', "utf-8")
    program = [sys.executable, "-m", "monitor", "-c", str(config), "export", "--all", "--format"]
    rows: list[Sequence[str]] = []
    for name, bare in BARE.items():
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(cost([*program, name]))
            theirs.append(cost([sys.executable, "-X", "utf8", "-c", bare, str(file)]))
        ratio = median(mine.seconds / its.seconds for mine, its in zip(ours, theirs, strict=True))
        seconds = median(each.seconds for each in ours)
        memory = [median(each.megabytes for each in costs) for costs in (ours, theirs)]
        figures = f"{memory[0]:.1f}", f"{memory[1]:.1f}", f"{seconds:.2f}", f"{ratio:.1f}"
        rows.append((f"{number:,}, {name}", *figures))
    return rows


def cost(command: Sequence[str]) -> Cost:
    """Peak memory and processor time of a process that succeeds."""
    watched = [sys.executable, "-S", "-c", WATCHER, *command]
    said = subprocess.run(watched, stdout=subprocess.PIPE, check=True).stdout
    kib, seconds = said.split()
    return Cost(megabytes=int(kib) / KIB_A_MB, seconds=float(seconds))


def _table(rows: Sequence[Sequence[str]]) -> str:
    return table(("articles", "memory, MB", "bare loop, MB", "processor, s", "× bare loop"), rows)


def main(arguments: Sequence[str]) -> int:
    """Exit code 2 if FOLDER has no store."""
    if not arguments:
        print(report())
        return 0
    files = sorted(Path(arguments[0]).glob("searching-*[0-9].db"))
    if not files:
        print(__doc__, file=sys.stderr)
        return 2
    print(_table([row for file in files for row in _rows(file, int(file.stem.partition("-")[2]), ROUNDS)]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
