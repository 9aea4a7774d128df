"""How late a thing may be before the service itself is called unwell: `status`, the health page and metrics ask."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.model.clock import LATE

LATE_MAIL = timedelta(hours=2)
"""A message is tried five times in that time; a server that takes none of it is down, or wrong in the config."""

TRIED_IN_VAIN = 2
"""One "not now" is common (greylisting), and the second attempt, five minutes later, is accepted then."""

LATE_POLLS = timedelta(hours=1)
"""How much longer than two intervals no poll may have succeeded."""

LONGEST_INTERVAL = timedelta(hours=24)
"""No feed is asked less often (rule P7)."""


LATE_ALERT = timedelta(minutes=10)
"""The daemon looks every two seconds at what waits; a disk that hangs may take minutes."""


def polled_every(intervals: Iterable[timedelta]) -> timedelta:
    """How often a poll can be expected at least, if these are the intervals that the owner has set."""
    return min(max(intervals), LONGEST_INTERVAL)


def are_polls_late(succeeded_at: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether a poll should have succeeded since; not before the first one."""
    return succeeded_at is not None and now - succeeded_at > 2 * every + LATE_POLLS


def is_mail_late(oldest_unsent_at: datetime | None, now: datetime) -> bool:
    """Whether a message has waited so long that a person should look."""
    return oldest_unsent_at is not None and now - oldest_unsent_at > LATE_MAIL


def is_alert_late(overdue_since: datetime | None, now: datetime) -> bool:
    """Whether an alert that nothing holds has waited so long that a person should look."""
    return overdue_since is not None and now - overdue_since > LATE_ALERT


def is_server_down(tried: int) -> bool:
    """Whether attempts on a message that waits say that nobody takes it. `tried`: how many came to nothing."""
    return tried >= TRIED_IN_VAIN


def is_edition_overdue(due_since: datetime | None, now: datetime) -> bool:
    """Whether an edition that is not made yet is so late that it will say so itself."""
    return due_since is not None and now - due_since > LATE
