"""Who gets the report of each poll, and its line in the log."""

from collections.abc import Callable

from monitor.log import logger
from monitor.model.feed_update import FeedUpdate, PollReport
from monitor.url import shown_url

log = logger(__name__)

OnPolled = Callable[[PollReport], None]


def ignore_report(_report: PollReport) -> None:
    """Ignore a report, for callers who need only what is stored."""


def log_poll(report: PollReport, update: FeedUpdate) -> None:
    log.info(
        "polled",
        feed=shown_url(update.state.url),
        status=report.status,
        reason=report.reason,
        new=report.counts.new,
        changed=report.counts.changed,
        gap=report.has_gap and not report.is_gap_closed,
        recovered=report.counts.recovered,
        matches=report.matches,
        seconds=round(update.elapsed.total_seconds(), 3),
    )
