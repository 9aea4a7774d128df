"""When an edition that is due is not made yet: feeds that come first, or a failure a moment ago.

After downtime a late edition waits until what was due before it has been read. Without that, a laptop that wakes at
nine mails "nothing new" of seven o'clock while its first poll is still under way.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.model.clock import LATE
from monitor.policy.clock import is_within
from monitor.policy.retry import rest_after

LONGEST_WAIT = timedelta(minutes=15)
"""The longest time that an edition waits for its feeds (rule D2): some may be unreachable for days."""


def is_late(due_at: datetime, now: datetime) -> bool:
    """Whether an edition is so late that it says so. Other editions never wait."""
    return now - due_at >= LATE


def is_behind(due_polls: Iterable[datetime | None], due_at: datetime) -> bool:
    """Whether one of the feeds that are due now was last asked before `due_at`, or never (None)."""
    return any(polled_at is None or polled_at < due_at for polled_at in due_polls)


def may_wait(waiting_since: datetime, now: datetime) -> bool:
    """Whether a late edition may go on waiting for its feeds."""
    return is_within(waiting_since, LONGEST_WAIT, now)


def is_resting(failures: int, failed_at: datetime, now: datetime) -> bool:
    """Whether to leave an edition alone that failed this often in a row, the last time at `failed_at`."""
    return is_within(failed_at, rest_after(failures), now)
