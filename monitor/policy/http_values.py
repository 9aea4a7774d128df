"""Values of HTTP headers on which a decision rests: dates and seconds, as servers write them."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_WHOLE_SECONDS = re.compile(r"\d{1,12}", re.ASCII)


def http_seconds(value: str) -> timedelta | None:
    """A whole number of seconds; None if it is none."""
    return timedelta(seconds=int(value)) if _WHOLE_SECONDS.fullmatch(value.strip()) else None


def http_date(value: str) -> datetime | None:
    """A date in any of the three forms of RFC 9110 §5.6.7; None if it is none."""
    try:
        date = parsedate_to_datetime(value)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
