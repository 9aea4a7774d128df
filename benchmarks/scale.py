"""`python -m benchmarks.scale [PART…] [--folder FOLDER]`: what `make bench` leaves out because it takes too long.

Each part takes at most 45 minutes on two idle cores. What a part has printed is kept in FOLDER (build/bench-scale),
with the stores that it has filled; a part that is there already is only printed again, so a run that was stopped goes
on where it was. Delete FOLDER to measure again.
"""

import argparse
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import structlog

from benchmarks import backtests, growth, searching, workbench

MILLION = 1_000_000
Part = Callable[[Path], str]
PARTS: Mapping[str, Part] = {
    "grouping": lambda _: growth.grouping_table((1_000, 10_000, 100_000)),
    "backtests": lambda _: backtests.report(MILLION),
    "searching": lambda folder: searching.measured(MILLION, folder),
    "workbench": lambda folder: workbench.measured(MILLION, folder),
}
FOLDER = Path("build/bench-scale")


def printed(parts: Mapping[str, Part], folder: Path) -> None:
    """Print each of these parts, measured now or before."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, part in parts.items():
        kept = folder / f"{name}.md"
        if not kept.exists():
            found = part(folder)
            kept.write_text(f"{found}\n", "utf-8")
        print(f"## {name}\n\n{kept.read_text('utf-8')}", flush=True)


def main(arguments: Sequence[str]) -> int:
    """Exit code 2 for a part that there is not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; without one, all of them")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where results and stores are kept")
    asked = parser.parse_args(arguments)
    if unknown := [name for name in asked.parts if name not in PARTS]:
        print(f"There is no part named {', '.join(unknown)}. There are: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    printed({name: PARTS[name] for name in asked.parts or PARTS}, asked.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
