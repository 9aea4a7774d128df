"""How long what is stored is kept. Of articles and mails the owner says it (`[storage] keep`)."""

from datetime import datetime, timedelta

from monitor.model.retention_plan import RetentionPlan
from monitor.policy.clock import is_credible, is_within

LEDGER_KEPT = timedelta(days=90)
"""Polls, attempts to deliver and notes that are over: a season, so that last month can be compared with this one."""

REQUESTS_KEPT = timedelta(days=1)
"""A command that asked the daemon for something waits for minutes."""

TOMBSTONES_KEPT = timedelta(days=400)
"""More than a year, because some feeds list what is a year old (rule I10). It bounds their number: four for each
article that a feed had in that time.
"""

SIGHTINGS_APART = timedelta(days=30)
"""How exactly it is known when an article that is gone was last in its feed: to the month, which is enough for a year
and saves a write at each poll.
"""


def forgotten_before(feed_last_seen_at: datetime) -> datetime:
    """Tombstones of a feed that were seen last before this moment go. Counted from the last thing that the feed had of
    what is gone, so that a feed at rest forgets nothing.
    """
    return feed_last_seen_at - TOMBSTONES_KEPT


def noted_again_before(now: datetime) -> datetime:
    """That an article which is gone is still in its feed is noted again if it was noted last before this moment."""
    return now - SIGHTINGS_APART


ANNOUNCED = timedelta(days=1)
"""How long after it said what it will drop the first run with a new `keep` does so: a typing error can be corrected."""

A_DAY, DAYS_A_DAY = timedelta(days=1), timedelta(days=2)
"""In a day at most the articles of two days go, counted from the oldest: whatever a clock says, the rest stays for
somebody to notice, and what is behind is caught up with.
"""


def new_plan(keep: timedelta, now: datetime) -> RetentionPlan:
    """The plan of the first run with this `keep`, which announces what is old now and drops nothing."""
    return RetentionPlan(keep=keep, announced_at=now, day_began_at=now + ANNOUNCED, until=now - keep)


def is_known(plan: RetentionPlan, keep: timedelta, now: datetime) -> bool:
    """Whether this is the plan for `keep`. One that was announced while the clock was ahead is none: what it announced
    was counted by that clock, and nobody knows when its day of waiting is over.
    """
    return plan.keep == keep and is_credible(plan.announced_at, now)


def is_announced(plan: RetentionPlan, now: datetime) -> bool:
    """Whether what was announced may not be dropped yet."""
    return is_within(plan.announced_at, ANNOUNCED, now)


def may_go_on(plan: RetentionPlan, now: datetime) -> bool:
    """Whether a day is over since it was set how far retention may go; if a clock that was ahead set it, it is."""
    return now - plan.day_began_at >= A_DAY or not is_credible(plan.day_began_at, now, ANNOUNCED)


def next_until(plan: RetentionPlan, oldest: datetime) -> datetime:
    """How far retention may go in the next day; `oldest`: when the first article was seen that can be dropped."""
    return max(plan.until, oldest + DAYS_A_DAY)
