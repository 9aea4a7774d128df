"""What a clock that jumps means: one rule for everything that is dated (rule D24).

The wall clock decides what is due, and a wall clock can be wrong: after a battery ran down, before the network gave
the time, in a container that was frozen. What it wrote meanwhile is still stored when it is right again.

The rule: a clock that is right does not write moments in the future. A stored moment up to `SLIP` ahead counts as now,
because clocks are corrected by seconds every day. A moment further ahead was written while the clock was ahead, and it
is ignored: a wait until then is over, and an event of that time has not happened. A moment that is in the future on
purpose (a next attempt, the end of a hold) is believed if it is at most as far ahead as such a moment can be, plus
`SLIP`.

A clock that was behind does no harm: the moments that it wrote are in the past, so everything is due.
"""

from datetime import datetime, timedelta

SLIP = timedelta(minutes=5)
"""More than time services correct without a jump; less than the shortest wait between two requests to a public server,
so that a small correction of the clock does not shorten that wait.
"""


def latest_credible(now: datetime, ahead: timedelta = timedelta()) -> datetime:
    """The latest moment that a right clock can have written, if it writes moments up to `ahead` in the future."""
    return now + ahead + SLIP


def is_credible(moment: datetime, now: datetime, ahead: timedelta = timedelta()) -> bool:
    """Whether a right clock can have written this moment."""
    return moment <= latest_credible(now, ahead)


def is_within(moment: datetime, span: timedelta, now: datetime) -> bool:
    """Whether this happened less than `span` ago; not if a clock that was ahead says so."""
    return is_credible(moment, now) and max(now - moment, timedelta()) < span


def is_jump(drift: timedelta) -> bool:
    """Whether a wall clock that has moved so much against the monotonic one was set, or the machine slept (rule D3)."""
    return abs(drift) > SLIP
