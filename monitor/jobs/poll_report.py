"""Who gets the report of each poll."""

from collections.abc import Callable

from monitor.model.feed_update import PollReport

OnPolled = Callable[[PollReport], None]


def ignore_report(_report: PollReport) -> None:
    """Ignore a report, for callers who need only what is stored."""
