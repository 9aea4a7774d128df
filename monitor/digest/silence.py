"""Feeds that answer but bring nothing for longer than is usual for them: each feed has its own norm."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median_low

from monitor.model.edition_input import FeedSightings, SilentFeed

SHORTEST_SILENCE = timedelta(days=2)
"""Shorter silence is not reported: newspapers have weekends."""

TIMES_THE_USUAL = 5
LEAST_GAPS = 5


def silent_feeds(sightings: Iterable[FeedSightings], now: datetime) -> tuple[SilentFeed, ...]:
    """The feeds whose silence is five times their median gap, and longer than any earlier gap."""
    found = ((feed, usual_gap(feed.seen_at, now)) for feed in sightings)
    return tuple(
        SilentFeed(name=feed.name, url=feed.url, since=feed.seen_at[-1], usual_gap=gap)
        for feed, gap in found
        if gap is not None
    )


def usual_gap(seen_at: Sequence[datetime], now: datetime) -> timedelta | None:
    """The median time between the arrivals, if the silence since the last one is beyond it; else None.

    `seen_at`: when new articles came, in order. Too few of them make no norm.
    """
    gaps = [later - earlier for earlier, later in pairwise(seen_at)]
    if len(gaps) < LEAST_GAPS:
        return None
    usual, silence = median_low(gaps), now - seen_at[-1]
    is_silent = silence > max(SHORTEST_SILENCE, TIMES_THE_USUAL * usual, *gaps)
    return usual if is_silent else None
