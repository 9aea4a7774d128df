"""How often a host is asked for pages, when it is left alone, and how long its robots.txt holds."""

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model.settings import ALL, NEAR, PAID, FeedSettings, PollingSettings
from monitor.policy.licences import is_over

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

PAGE_HOSTS_KEPT = timedelta(days=30)
"""After the last request to a host, how long its robots.txt and its repeated sentences are remembered: all of it can be
asked for again.
"""

BLOCKING = frozenset({401, 403, 429, 451})

ROBOTS_FRESH_FOR = timedelta(hours=24)
"""RFC 9309 (2.4): a copy of robots.txt should not be used for longer, unless it cannot be had."""

ROBOTS_ASKED_AGAIN = timedelta(hours=1)
"""After a robots.txt that could not be had while there is no copy of it: until then nothing of the host is asked for,
and most troubles of servers are over by then."""

PAGE_KEPT_CHARACTERS = 10_000
"""Of a text that are kept and matched: 1,600 words. What stands after them concerns a topic in passing at most, and
the database would grow by a quarter more."""

PAGES_AT_ONCE = 4
"""Requests for pages at the same time: enough for some thousand pages an hour, and little beside the polls."""

PAGE_TIMEOUT = timedelta(seconds=30)
PAGE_WIRE_BYTES = 3_000_000
PAGE_BYTES = 6_000_000
"""The most of a page: the largest of news sites are a third of that, scripts included."""


def page_manners(polling: PollingSettings) -> PollingSettings:
    """How pages are asked for: as feeds are, with a longer pause, and with less patience for what is slow or large."""
    return replace(
        polling,
        host_gap=PAGE_GAP,
        concurrency=PAGES_AT_ONCE,
        total_timeout=min(polling.total_timeout, PAGE_TIMEOUT),
        max_wire_bytes=min(polling.max_wire_bytes, PAGE_WIRE_BYTES),
        max_body_bytes=min(polling.max_body_bytes, PAGE_BYTES),
    )


def are_pages_read(feed: FeedSettings) -> bool:
    """Whether any page behind its articles may be asked for: its owner wants it, need not pay, and may keep texts."""
    return feed.enabled and feed.pages in (NEAR, ALL) and feed.access != PAID and feed.quote


def page_kept_until(first_seen_at: datetime, feed: FeedSettings, keep_pages: timedelta, now: datetime) -> datetime:
    """When the text of a page that is read now has to go: `keep_text` of its feed, which is for the texts of an
    article, rules it too.
    """
    until = now + keep_pages
    if feed.keep_text is None:
        return until
    return now if is_over(first_seen_at, feed.keep_text, now) else min(until, first_seen_at + feed.keep_text)


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


def is_robots_fresh(asked_at: datetime | None, now: datetime, *, has_copy: bool) -> bool:
    """Whether a robots.txt that was last asked for then need not be asked for again; never one from the future.
    `has_copy`: whether there is one, or is known to be none.
    """
    fresh_for = ROBOTS_FRESH_FOR if has_copy else ROBOTS_ASKED_AGAIN
    return asked_at is not None and timedelta() <= now - asked_at < fresh_for
