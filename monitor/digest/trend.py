"""How busy a topic is compared with its own past: days that end when an edition is made, and whether they are unusual.

Counts come from the store and words from `render`. A day is a local one of the digest's zone, however
long the change of a clock makes it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import exp
from zoneinfo import ZoneInfo

from monitor.model.edition import Trend

DAYS_BEFORE = 14
LEAST_KNOWN_DAYS = 5
LEAST_UNUSUAL = 3
UNUSUAL_CHANCE = 0.01
LEAST_MEAN = 0.5
"""The assumed rate of a topic that never matched: two stories in one day are not unusual yet."""


def day_bounds(moment: datetime, zone: ZoneInfo, days: int = DAYS_BEFORE + 1) -> tuple[datetime, ...]:
    """The ends (UTC) of so many local days, the last at `moment`, with the beginning of the first in front."""
    local = moment.astimezone(zone)
    earlier = [local.replace(tzinfo=None) - timedelta(days=back) for back in range(days, 0, -1)]
    return (*(wall.replace(tzinfo=zone).astimezone(UTC) for wall in earlier), moment)


def trend(days: Sequence[int | None]) -> Trend:
    """The trend of these stories per day, the day of the edition last. None: a day of which nothing is known."""
    known = [count for count in days[:-1] if count is not None]
    if len(known) < LEAST_KNOWN_DAYS:
        return Trend(days=tuple(days))
    usual = sum(known) / len(known)
    is_of_one_day = days[-2] is not None  # after days without polls, the first day includes their stories
    return Trend(days=tuple(days), usual=usual, is_unusual=is_of_one_day and is_unusual(days[-1] or 0, usual))


def is_unusual(count: int, usual: float) -> bool:
    """Whether chance (Poisson) would bring so many stories on less than one day in a hundred."""
    if count < LEAST_UNUSUAL:
        return False
    mean = max(usual, LEAST_MEAN)
    term, below = exp(-mean), 0.0
    for number in range(count):
        below += term
        term *= mean / (number + 1)
    return 1 - below < UNUSUAL_CHANCE
