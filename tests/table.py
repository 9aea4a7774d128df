"""Long tables as one test, which goes through every row and then names each that failed: thousands of tests of a line
each take longer to collect and report than to run.
"""

from collections.abc import Callable, Iterable


def each_row(check: Callable[..., None], rows: Iterable[tuple[object, ...]]) -> None:
    """Call `check` with every row. Raises one group of all failures, each with its row and its own assertion."""
    failures: list[Exception] = []
    count = 0
    for count, row in enumerate(rows, 1):
        try:
            check(*row)
        except Exception as failure:
            failure.add_note(f"Row {count}: {', '.join(map(repr, row))}")
            failures.append(failure)
    assert count, "a table without rows tests nothing"
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {count} rows fail", failures)
