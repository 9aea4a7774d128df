"""How often a host is asked for pages, and how long its robots.txt holds."""

from datetime import datetime, timedelta

import pytest
from simulated import NOON

from monitor.model.settings import FeedSettings, PollingSettings
from monitor.policy.pages import (
    BLOCKS_IN_A_ROW,
    LEFT_ALONE_FOR,
    LONGEST_PAGE_GAP,
    PAGE_GAP,
    ROBOTS_ASKED_AGAIN,
    ROBOTS_FRESH_FOR,
    are_pages_read,
    blocks_after,
    is_robots_fresh,
    left_alone_until,
    may_ask_host,
    page_gap,
    page_kept_until,
    page_manners,
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
    assert is_robots_fresh(NOON - age, NOON, has_copy=True) is is_fresh
    assert not is_robots_fresh(None, NOON, has_copy=True)


def test_a_robots_txt_that_could_not_be_had_is_asked_for_again_within_the_day() -> None:
    assert is_robots_fresh(NOON - ROBOTS_ASKED_AGAIN + SECOND, NOON, has_copy=False)
    assert not is_robots_fresh(NOON - ROBOTS_ASKED_AGAIN, NOON, has_copy=False)


def test_pages_are_asked_for_as_feeds_are_and_with_less_patience() -> None:
    found = page_manners(PollingSettings(allow_ports=(80,), max_wire_bytes=1_000, max_body_bytes=50_000_000))
    assert (found.allow_ports, found.host_gap, found.max_wire_bytes) == ((80,), PAGE_GAP, 1_000)
    assert found.max_body_bytes < 50_000_000


@pytest.mark.parametrize(
    ("feed", "are_read"),
    [
        (FeedSettings(url="", pages="near"), True),
        (FeedSettings(url="", pages="all"), True),
        (FeedSettings(url=""), False),
        (FeedSettings(url="", pages="near", enabled=False), False),
        (FeedSettings(url="", pages="near", access="paid"), False),
        (FeedSettings(url="", pages="near", quote=False), False),
    ],
)
def test_a_page_is_read_where_its_owner_wants_it_and_its_licence_lets_us(feed: FeedSettings, *, are_read: bool) -> None:
    assert are_pages_read(feed) is are_read


@pytest.mark.parametrize(
    ("keep_text", "until"),
    [(None, NOON + 30 * DAY), (3 * DAY, NOON + 2 * DAY), (40 * DAY, NOON + 30 * DAY), (DAY, NOON), (timedelta(), NOON)],
)
def test_a_page_goes_with_what_comes_first(keep_text: timedelta | None, until: datetime) -> None:
    feed = FeedSettings(url="", keep_text=keep_text)
    assert page_kept_until(NOON - DAY, feed, 30 * DAY, NOON) == until


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
