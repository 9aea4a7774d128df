"""What a feed document asks of its readers: how long to wait, and when not to come (rule P7).

It does not decide when to poll; `polling` weighs this against the owner's settings.
"""

import re
from collections.abc import Mapping
from datetime import timedelta

from monitor.model.feed import PollHints

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = re.compile(r"<skipHours\b[^>]*>(.{0,3000}?)</skipHours\s*>", re.IGNORECASE | re.DOTALL)
_DAYS = re.compile(r"<skipDays\b[^>]*>(.{0,3000}?)</skipDays\s*>", re.IGNORECASE | re.DOTALL)
_HOUR = re.compile(r"<hour\b[^>]*>\s*(\d{1,2})\s*<", re.IGNORECASE)
_DAY = re.compile(r"<day\b[^>]*>\s*([a-z]+)\s*<", re.IGNORECASE)
_LONGEST = timedelta(days=366)


def poll_hints(channel: Mapping[str, object], text: str) -> PollHints:
    """The hints of a feed: `channel` is feedparser's feed dictionary, `text` the document.

    skipHours and skipDays are read from the text: feedparser keeps only the last hour or day.
    Hour 24 (RSS 0.91 counted from 1) is hour 0. An invalid value is ignored.
    """
    hours = {int(hour) % 24 for hour in _HOUR.findall(_inside(_HOURS, text)) if int(hour) <= 24}
    days = {_WEEKDAYS.index(day.lower()) for day in _DAY.findall(_inside(_DAYS, text)) if day.lower() in _WEEKDAYS}
    return PollHints(
        ttl=_positive(_number(channel.get("ttl")) * timedelta(minutes=1)),
        update_every=_update_every(channel),
        skip_hours=frozenset(hours),
        skip_days=frozenset(days),
    )


def _inside(element: re.Pattern[str], text: str) -> str:
    found = element.search(text)
    return found[1] if found else ""


def _update_every(channel: Mapping[str, object]) -> timedelta | None:
    """sy:updatePeriod divided by sy:updateFrequency, which is 1 if absent (RSS 1.0 syndication module)."""
    period = _PERIODS.get(str(channel.get("sy_updateperiod", "")).strip().lower(), timedelta())
    return _positive(period / (_number(channel.get("sy_updatefrequency")) or 1))


def _number(value: object) -> int:
    """The number; 0 if it is not plausible."""
    digits = str(value).strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 6 else 0


def _positive(wait: timedelta) -> timedelta | None:
    return min(wait, _LONGEST) if wait else None
