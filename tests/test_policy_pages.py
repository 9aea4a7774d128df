"""How often a host is asked for pages, and how long its robots.txt holds."""

from datetime import timedelta

import pytest
from simulated import NOON

from monitor.policy.pages import (
    BLOCKS_IN_A_ROW,
    LEFT_ALONE_FOR,
    LONGEST_PAGE_GAP,
    PAGE_GAP,
    ROBOTS_FRESH_FOR,
    blocks_after,
    is_robots_fresh,
    left_alone_until,
    may_ask_host,
    page_gap,
)

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


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


@pytest.mark.parametrize(("status", "blocks"), [(None, 2), (200, 0), (404, 0), (403, 3), (429, 3), (451, 3), (401, 3)])
def test_answers_that_block_us_are_counted_in_a_row(status: int | None, blocks: int) -> None:
    assert blocks_after(2, status) == blocks


def test_a_host_that_blocks_us_is_left_alone_for_a_week() -> None:
    assert left_alone_until(BLOCKS_IN_A_ROW - 1, NOON) is None
    assert left_alone_until(BLOCKS_IN_A_ROW, NOON) == NOON + LEFT_ALONE_FOR


@pytest.mark.parametrize(
    ("asked", "alone", "may"),
    [
        (None, None, True),
        (-PAGE_GAP, None, True),
        (-PAGE_GAP + SECOND, None, False),
        (DAY, None, False),
        (None, SECOND, False),
        (None, timedelta(), True),
        (None, LEFT_ALONE_FOR + SECOND, True),
    ],
)
def test_when_a_host_may_be_asked(asked: timedelta | None, alone: timedelta | None, *, may: bool) -> None:
    asked_at, alone_until = (None if each is None else NOON + each for each in (asked, alone))
    assert may_ask_host(asked_at, alone_until, PAGE_GAP, NOON) is may
