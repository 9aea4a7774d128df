"""Which conditions are notes to the operator, and when notes are mailed. Their words are `jobs.notes`'.

A feed is noted when it needs attention and a recipient when it is suspended: see `suspension`.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from monitor.policy.clock import is_credible

NOTHING_READ = timedelta(hours=48)
"""So long nothing at all could be read: the machine is cut off, and the digests say nothing (rule D23)."""

DELIVERIES_NOTED = timedelta(days=7)
"""A delivery that failed is a condition for so long, then history."""

LONGEST_TRIED = timedelta(days=7)
"""What was made that long before a failure has failed before, or was tried again by hand: a message is given up
after five days (rule D11).
"""


def is_nothing_read(
    failing_since: Collection[datetime | None], outages_since: Collection[datetime], now: datetime
) -> bool:
    """Whether every feed has failed for 48 hours, or no server at all could be reached for so long (rule D23).

    `failing_since`: of each feed that is polled, None if it does not fail; `outages_since`: of outages that last.
    """
    then = now - NOTHING_READ
    is_outage = any(since <= then for since in outages_since)
    is_all = bool(failing_since) and all(since is not None and since <= then for since in failing_since)
    return is_outage or is_all


def may_mail(last_mailed_at: datetime | None, interval: timedelta, now: datetime) -> bool:
    """Whether the operator's last mail of notes is old enough for another."""
    return last_mailed_at is None or not is_credible(last_mailed_at, now) or now - last_mailed_at >= interval
