"""When a backup and a check of the whole database are due. It follows from the clock and from the backups that there
are, so that a restart changes nothing.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.policy.clock import is_credible

CHECK_WEEKDAY, CHECK_HOUR = 6, 3
"""When the whole database is checked, in UTC: once a week, in an hour that is quiet nearly everywhere."""

BACKUP_SLACK = timedelta(hours=1)
"""Maintenance runs once an hour, so a backup may be this late."""


def newest_backup(made: Iterable[datetime], now: datetime) -> datetime | None:
    """When the newest backup was made. A backup from the future is ignored: it was made while the clock was wrong."""
    return max((moment for moment in made if is_credible(moment, now)), default=None)


def is_backup_due(newest: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether the newest backup is old enough for another; with `every` zero none is made."""
    return bool(every) and (newest is None or newest + every <= now)


def is_backup_late(newest: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether a newer backup is missing: at least two in a row have failed."""
    return bool(every) and (newest is None or now - newest > 2 * every + BACKUP_SLACK)


def is_check_due(now: datetime) -> bool:
    """Whether the whole database is checked in this hour."""
    return (now.weekday(), now.hour) == (CHECK_WEEKDAY, CHECK_HOUR)
