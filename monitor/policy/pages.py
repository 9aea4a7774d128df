"""How often a host is asked for pages, when it is left alone, and how long its robots.txt holds."""

from datetime import datetime, timedelta

PAGE_GAP = timedelta(seconds=5)
"""Between two pages of one host, at least: a reader who opens one article after the other is not quicker."""

LONGEST_PAGE_GAP = timedelta(minutes=10)
"""A host that asks for more (`Crawl-delay`) is asked at this pace: six pages an hour are no burden, and a typing error
of its owner's must not close it for good."""

WANTED_FOR = timedelta(days=2)
"""After an article was first seen, how long its page can still change an edition that somebody waits for."""

MOST_TRIES = 2
"""One attempt and one retry."""

MAY_ASK_AGAIN = timedelta(hours=24)
"""Between the two: no page is asked for twice on a day, whatever ends this process."""

BLOCKS_IN_A_ROW = 3
"""Answers in a row that block us, after which a host is left alone: one may be about one page."""

LEFT_ALONE_FOR = timedelta(days=7)
"""A host that blocks us does not want us; after a week its mind, or its filter, may have changed."""

BLOCKING = frozenset({401, 403, 429, 451})

ROBOTS_FRESH_FOR = timedelta(hours=24)
"""RFC 9309 (2.4): a copy of robots.txt should not be used for longer, unless it cannot be had."""


def page_gap(delay_seconds: float) -> timedelta:
    """How long to wait between two pages of a host whose robots.txt asks for so many seconds (0: for none)."""
    return min(max(PAGE_GAP, timedelta(seconds=delay_seconds)), LONGEST_PAGE_GAP)


def blocks_after(blocks: int, status: int | None) -> int:
    """How many answers in a row block us, after one with this status (None: no answer, which says nothing)."""
    if status is None:
        return blocks
    return blocks + 1 if status in BLOCKING else 0


def left_alone_until(blocks: int, now: datetime) -> datetime | None:
    """Until when a host is left alone after so many answers in a row that block us; None: it is asked on."""
    return now + LEFT_ALONE_FOR if blocks >= BLOCKS_IN_A_ROW else None


def may_ask_host(asked_at: datetime | None, left_alone: datetime | None, gap: timedelta, now: datetime) -> bool:
    """Whether a page of the host may be asked for: last asked then, left alone until then. A moment in the future,
    which a clock that was set back leaves, counts as now.
    """
    if left_alone is not None and now < left_alone <= now + LEFT_ALONE_FOR:
        return False
    return asked_at is None or now - min(asked_at, now) >= gap


def is_robots_fresh(read_at: datetime | None, now: datetime) -> bool:
    """Whether a robots.txt that was read then need not be asked for again; never one from the future."""
    return read_at is not None and timedelta() <= now - read_at < ROBOTS_FRESH_FOR
