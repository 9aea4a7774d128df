"""What a clock that jumps means: one rule for everything that is dated (rule D24).

The wall clock decides what is due, and a wall clock can be wrong: after a battery ran down, before the network gave
the time, in a container that was frozen. What it wrote meanwhile is still stored when it is right again.

The rule: a clock that is right does not write moments in the future. A stored moment up to `SLIP` ahead counts as now,
because clocks are corrected by seconds every day. A moment further ahead was written while the clock was ahead, and it
is ignored: a wait until then is over, and an event of that time has not happened. A moment that is in the future on
purpose (a next attempt, the end of a hold) is believed if it is at most as far ahead as such a moment can be, plus
`SLIP`.

A clock that was behind does no harm: the moments that it wrote are in the past, so everything is due.

What cannot be taken back, the dropping of what is old, asks for more: that the clock is plausible.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from monitor.policy.http_values import http_date, http_seconds

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


WITNESSES = 3
"""So many hosts must say what time it is; fewer may be one operator with one wrong clock."""

AGREES_WITHIN = timedelta(days=1)
"""What is kept is counted in days, and a server that is wrong by hours is no reason to drop nothing."""

STEADY_FOR = timedelta(days=1)
"""Where nobody can be asked: so long a clock that is to be set by the network has been set."""

EVIDENCE_KEPT = timedelta(days=1)
"""Most feeds are asked more often, whatever their interval."""


def clock_error(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How far the clock is behind the server's: its Date, older by the Age that a cache adds (RFC 9110 §6.6.1); None if
    it sent no date.
    """
    date = http_date(headers.get("date", ""))
    return None if date is None else date + (http_seconds(headers.get("age", "")) or timedelta()) - now


def disagrees(error: timedelta) -> bool:
    """Whether a host says another time."""
    return abs(error) > AGREES_WITHIN


def is_plausible(errors: Sequence[timedelta], steady_for: timedelta, *, is_cut_off: bool = False) -> bool:
    """Whether what is old by this clock may be dropped. `errors`: how far it is behind the clock of each host that
    answered lately; `steady_for`: how long it was not set; `is_cut_off`: hosts were asked and none answered lately.

    Three hosts agree with it, and most of them all. Where fewer than three answered, none disagrees, and it has been
    steady for a day. Where nobody answers it may be the clock: by one that is years ahead every certificate has
    expired.
    """
    if is_cut_off:
        return False
    agreeing = sum(not disagrees(error) for error in errors)
    if len(errors) < WITNESSES:
        return agreeing == len(errors) and steady_for >= STEADY_FOR
    return agreeing >= WITNESSES and 2 * agreeing > len(errors)
