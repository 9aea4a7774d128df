"""Feeds that answer and bring nothing, for longer than is usual for them: their own norm, not one for all.

This is the one definition of a silent feed: `feeds list`, `feeds show` and the digest ask it. A roll-up asks another
question besides: which feeds could be removed (`idle_since`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.model.silence import FeedSightings, SilentFeed

SHORTEST_SILENCE = timedelta(days=2)
"""Nobody need know of less: newspapers have weekends."""

TIMES_THE_USUAL = 5
LEAST_GAPS = 5
"""Fewer make no norm: a feed that was added this morning is not silent tomorrow."""

LOOKED_BACK = timedelta(days=60)
"""What a feed did in so long a time before it fell silent is its norm: eight weekends, and a holiday."""

IDLE_FAILING_FOR, IDLE_QUIET_FOR = timedelta(days=14), timedelta(days=60)
"""A feed may be removed that has failed for two weeks, or brought nothing for two months, whatever is usual for it."""


def usual_gap(moments: Sequence[datetime]) -> timedelta | None:
    """The time that a feed usually lets pass: the median of the times between moments (oldest first); None while there
    are fewer than three of them.

    Of an even number of gaps the longer one in the middle: who must guess asks a publisher less often, and calls it
    silent later.
    """
    gaps = sorted(later - earlier for earlier, later in pairwise(moments))
    return gaps[len(gaps) // 2] if len(gaps) > 1 else None


def may_be_silent(latest: datetime, now: datetime) -> bool:
    """Whether a feed has been quiet long enough to ask what is usual for it."""
    return now - latest >= SHORTEST_SILENCE


def norm_since(latest: datetime) -> datetime:
    """What a feed brought after this moment is its norm; `latest` is the last thing that it brought."""
    return latest - LOOKED_BACK


def is_silent(seen_at: Sequence[datetime], now: datetime) -> bool:
    """Whether the silence since the last of these moments is more than five times the usual gap and longer than any
    gap before. `seen_at`: when new articles came, in order.
    """
    gaps, usual = [later - earlier for earlier, later in pairwise(seen_at)], usual_gap(seen_at)
    if usual is None or len(gaps) < LEAST_GAPS:
        return False
    return now - seen_at[-1] > max(SHORTEST_SILENCE, TIMES_THE_USUAL * usual, *gaps)


def silent_feeds(sightings: Iterable[FeedSightings], now: datetime) -> tuple[SilentFeed, ...]:
    """Those that are silent, each with what is usual for it."""
    found = ((feed, usual_gap(feed.seen_at)) for feed in sightings if is_silent(feed.seen_at, now))
    return tuple(
        SilentFeed(name=feed.name, url=feed.url, since=feed.seen_at[-1], usual_gap=gap)
        for feed, gap in found
        if gap is not None
    )


def idle_since(failing_since: datetime | None, latest: datetime | None, now: datetime) -> datetime | None:
    """Since when a feed has been of no use, if for so long that it could be removed: since it began to fail, or else
    since `latest`, the last thing that it brought (or its first poll; None before that).
    """
    since, longest = (latest, IDLE_QUIET_FOR) if failing_since is None else (failing_since, IDLE_FAILING_FOR)
    return since if since is not None and now - since >= longest else None
