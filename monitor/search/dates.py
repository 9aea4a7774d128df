"""Dates as words of the index: each article has its day, its month and its year (UTC), so that any range of days is a
few words, and is looked up like one.
"""

from collections.abc import Iterator
from datetime import date, timedelta

FIRST_YEAR = 1990
"""Older dates are indexed as its first day: there are no feeds from then."""

DAY = timedelta(days=1)


def date_tokens(day: date) -> tuple[str, str, str]:
    """The words of the index for one day."""
    day = max(day, date(FIRST_YEAR, 1, 1))
    return _day(day), _month(day), _year(day)


def tokens_between(since: date | None, until: date | None, today: date) -> tuple[str, ...]:
    """The words of which an article has one exactly if it is dated in these days, both included; none without a bound.

    A range that is empty has a word that no article has.
    """
    if since is None and until is None:
        return ()
    first = max(since or date(FIRST_YEAR, 1, 1), date(FIRST_YEAR, 1, 1))
    last = min(until or date.max, date(today.year + 1, 12, 31))  # a clock may be a little ahead
    if (until is not None and until < date(FIRST_YEAR, 1, 1)) or first > last:
        return (":d",)
    return tuple(_parts(first, last))


def _parts(first: date, last: date) -> Iterator[str]:
    """Whole years, then whole months, then days."""
    while first <= last:
        if (first.month, first.day) == (1, 1) and date(first.year, 12, 31) <= last:
            yield _year(first)
            first = date(first.year + 1, 1, 1)
        elif first.day == 1 and (after := _next_month(first)) - DAY <= last:
            yield _month(first)
            first = after
        else:
            yield _day(first)
            first += DAY


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _day(day: date) -> str:
    return f":d{day:%Y%m%d}"


def _month(day: date) -> str:
    return f":m{day:%Y%m}"


def _year(day: date) -> str:
    return f":y{day:%Y}"
