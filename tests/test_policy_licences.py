"""When the licence of a text is over: every boundary of the rule."""

from datetime import timedelta

import pytest
from simulated import NOON

from monitor.policy.clock import SLIP
from monitor.policy.licences import is_over

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("kept", "age", "expected"),
    [
        (None, 9_999 * DAY, False),
        (timedelta(), timedelta(), True),
        (timedelta(), -SECOND, True),  # the clock was corrected since
        (DAY, DAY - SECOND, False),
        (DAY, DAY, True),
        (DAY, -SLIP, False),
        (DAY, -SLIP - SECOND, True),  # by a clock that was ahead
    ],
)
def test_a_licence_ends_when_its_time_is_over(kept: timedelta | None, age: timedelta, *, expected: bool) -> None:
    assert is_over(NOON - age, kept, NOON) is expected


def test_where_nobody_says_the_time_none_is_left() -> None:
    assert is_over(NOON, DAY, None)
    assert not is_over(NOON, None, None)
