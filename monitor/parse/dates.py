"""Dates as feeds write them → aware UTC datetimes, or None: an item is kept even if its date is wrong.

`reconcile` decides whether a date is credible (in the future, long ago).
"""

from datetime import MAXYEAR, UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import struct_time

_CREDIBLE_YEARS = range(1900, 2201)


def utc_date(moment: datetime) -> datetime | None:
    """A naive date is read as UTC. None for the years 1 and 9999 and their like, which overflow in every sum."""
    if moment.year not in _CREDIBLE_YEARS:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def date_from_struct(parsed: struct_time | None) -> datetime | None:
    """Feedparser's form, in UTC; a leap second or a 24th hour runs over into the next minute or day."""
    if parsed is None or not 1 <= parsed.tm_year < MAXYEAR:
        return None
    day = datetime(parsed.tm_year, parsed.tm_mon, parsed.tm_mday, tzinfo=UTC)
    return utc_date(day + timedelta(hours=parsed.tm_hour, minutes=parsed.tm_min, seconds=parsed.tm_sec))


def date_from_mail_form(written: str) -> datetime | None:
    """RFC 5322, also without a zone or the blank after the weekday, which feedparser declines."""
    try:
        return utc_date(parsedate_to_datetime(written))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def date_from_iso_form(written: str) -> datetime | None:
    try:
        return utc_date(datetime.fromisoformat(written))
    except ValueError:
        return None
