"""`python -m benchmarks [NAME…]`: runs the named benches or all, one after the other, and prints their tables."""

import logging
import platform
import sys
from collections.abc import Callable, Sequence

import structlog

from benchmarks import (
    backtests,
    doubling,
    evaluation,
    export,
    growth,
    likeness,
    matching,
    pages,
    searching,
    start,
    workbench,
)
from benchmarks.stories import report as stories

BENCHES: dict[str, Callable[[], str]] = {
    "matching": lambda: matching.report(matching.FULL),
    "backtests": lambda: backtests.report(100_000),
    "growth": lambda: growth.report(growth.FULL),
    "doubling": lambda: doubling.report(doubling.FULL),
    "evaluation": evaluation.report,
    "grouping": stories.report,
    "likeness": lambda: likeness.report(likeness.FULL),
    "searching": lambda: searching.in_passing(20_000),
    "workbench": lambda: workbench.in_passing(20_000),
    "export": lambda: export.report((1_000, 20_000), 1),
    "pages": pages.report,
    "start": start.report,
}


def main(names: Sequence[str]) -> int:
    """Exit code 2 for a name that is not in `BENCHES`."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"There is no bench named {', '.join(unknown)}. There are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    print(f"{platform.python_implementation()} {platform.python_version()}, processor time, medians\n")
    for name in names or BENCHES:
        print(f"## {name}\n\n{BENCHES[name]()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
