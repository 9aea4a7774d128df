"""How long what is stored is kept. Of articles and mails the owner says it (`[storage] keep`)."""

from datetime import datetime, timedelta

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
