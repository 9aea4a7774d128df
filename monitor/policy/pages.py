"""How often a host is asked for pages, and how long its robots.txt holds."""

from datetime import datetime, timedelta

PAGE_GAP = timedelta(seconds=5)
"""Between two pages of one host, at least: a reader who opens one article after the other is not quicker."""

LONGEST_PAGE_GAP = timedelta(minutes=10)
"""A host that asks for more (`Crawl-delay`) is asked at this pace: six pages an hour are no burden, and a typing error
of its owner's must not close it for good."""

ROBOTS_FRESH_FOR = timedelta(hours=24)
"""RFC 9309 (2.4): a copy of robots.txt should not be used for longer, unless it cannot be had."""


def page_gap(delay_seconds: float) -> timedelta:
    """How long to wait between two pages of a host whose robots.txt asks for so many seconds (0: for none)."""
    return min(max(PAGE_GAP, timedelta(seconds=delay_seconds)), LONGEST_PAGE_GAP)


def is_robots_fresh(read_at: datetime | None, now: datetime) -> bool:
    """Whether a robots.txt that was read then need not be asked for again; never one from the future."""
    return read_at is not None and timedelta() <= now - read_at < ROBOTS_FRESH_FOR
