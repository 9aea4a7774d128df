"""How often a host is asked for pages, and how long its robots.txt holds."""

from datetime import timedelta

import pytest
from simulated import NOON

from monitor.policy.pages import LONGEST_PAGE_GAP, PAGE_GAP, ROBOTS_FRESH_FOR, is_robots_fresh, page_gap

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("asked", "gap"), [(0, PAGE_GAP), (1, PAGE_GAP), (30, 30 * SECOND), (86_400, LONGEST_PAGE_GAP)]
)
def test_a_host_that_asks_for_more_time_between_pages_gets_it(asked: float, gap: timedelta) -> None:
    assert page_gap(asked) == gap


@pytest.mark.parametrize(
    ("age", "is_fresh"),
    [(timedelta(), True), (ROBOTS_FRESH_FOR - SECOND, True), (ROBOTS_FRESH_FOR, False), (-SECOND, False)],
)
def test_a_robots_txt_holds_for_a_day(age: timedelta, *, is_fresh: bool) -> None:
    assert is_robots_fresh(NOON - age, NOON) is is_fresh
    assert not is_robots_fresh(None, NOON)
