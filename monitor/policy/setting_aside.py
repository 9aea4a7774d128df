"""When work that ended the service is left alone (docs/decisions/0028)."""

from datetime import datetime, timedelta

from monitor.model.setback import Setback
from monitor.policy.clock import is_within

ENOUGH = 2
"""One crash may have any cause. If the same work is running at two crashes in a row, the work is the cause."""

REST = timedelta(days=1)
"""Tried again even if nothing has changed: the program may have."""

RESTS_OF_OTHER_INPUT = (timedelta(), timedelta(hours=1), timedelta(hours=6), REST)
"""With new input the work is tried at once. Work that ends the process with any input is tried less and less often."""


def is_set_aside(setback: Setback) -> bool:
    """Whether the unit has ended the service often enough to be set aside."""
    return setback.times >= ENOUGH


def is_left_alone(setback: Setback, given: str, now: datetime) -> bool:
    """Whether to leave the unit alone now, made of what it is now (`given`)."""
    if not is_set_aside(setback):
        return False
    rest = RESTS_OF_OTHER_INPUT[min(setback.times - ENOUGH, len(RESTS_OF_OTHER_INPUT) - 1)]
    return is_within(setback.at, REST if given == setback.given else rest, now)
