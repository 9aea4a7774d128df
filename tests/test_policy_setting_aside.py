"""When work that ended the service is left alone."""

from datetime import timedelta

import pytest
from simulated import NOON

from monitor.model.setback import Setback
from monitor.policy.setting_aside import REST, is_left_alone, is_set_aside

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("times", "given", "after", "is_aside"),
    [
        (1, "same", timedelta(), False),
        (2, "same", timedelta(), True),
        (2, "same", REST - HOUR, True),
        (2, "same", REST, False),
        (2, "same", -HOUR, False),
        (2, "same", -HOUR / 30, True),
        (2, "other", timedelta(), False),
        (2, "other", -HOUR / 30, False),
        (3, "other", HOUR / 2, True),
        (3, "other", HOUR, False),
        (4, "other", 5 * HOUR, True),
        (9, "other", 23 * HOUR, True),
        (9, "other", DAY, False),
    ],
)
def test_when_a_unit_is_left_alone(times: int, given: str, after: timedelta, *, is_aside: bool) -> None:
    setback = Setback(kind="poll", key="a", given="same", because="hang", times=times, at=NOON)
    assert is_left_alone(setback, given, NOON + after) is is_aside
    assert is_set_aside(setback) is (times > 1)
