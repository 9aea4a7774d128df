"""Dates as feeds write them → aware UTC datetimes, or None: an item is kept even if its date is wrong.

All of the text must be understood, or it is not a date: a doubtful one does not count, because a wrong one makes news
look old, or an archive look new. feedparser's own readings are not used: it takes what begins like a date for one
("2026" is 1 January, 08-11-2026 is in 2008, 2026/05/02 is today) and every zone that it does not know for UTC.

    read        RFC 822 and 5322, ISO 8601, asctime, `28.11.2026`, `28/11/2026`, `11/28/2026 3:05 PM`, 2026年11月28日;
                months and weekdays in the languages of `date_words`
    not read    a year or a month alone; 08/11/2026 and 08-11-2026, which are two days; IST, BST and other zones that
                are several, or that we do not know; what has other words in it
    UTC         what names no zone

`reconcile` decides whether a date is credible (in the future, long ago).
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

from monitor.parse.date_words import ZONES, month_of, says_nothing

MAX_DATE_CHARACTERS = 100
_CREDIBLE_YEARS = range(1900, 2201)
_WIDEST_OFFSET = timedelta(hours=15)
_TWO_DIGITS, _THIS_CENTURY = 100, 50
"""Of two digits, 00 to 49 are of this century, 50 to 99 of the last one (RFC 5322, 4.3)."""
_LAST_MONTH = 12

_COMMENT = re.compile(r"\([^()]*\)")
_CJK_DAY = re.compile(r"(\d+)\s*[年년]\s*(\d+)\s*[月월]\s*(\d+)\s*[日일号]?")
_CJK_TIME = re.compile(r"(\d+)\s*[時时点點시]\s*(\d+)\s*[分분](?:\s*(\d+)\s*[秒초])?")
_HALVES = (("am", re.compile("上午|午前|오전")), ("pm", re.compile("下午|午後|오후")))
_T = re.compile(r"(?<=\d)t(?=\d)")
_BASIC = re.compile(r"(\d{8})t(\d\d)(\d\d)(\d\d)")
_ZONE_WITHOUT_TIME = re.compile(r"([^:]*\d)\s*(z|gmt|utc|[+-]\d\d:\d\d)")
_TIME = re.compile(
    r"(?:(?P<before>[ap]m)\s*)?(?<![\d:.])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?![\d:])"
    r"(?:\s*(?P<after>[ap]\.?\s?m\b\.?))?"
)
_OFFSET = re.compile(
    r"\s*(?:gmt|utc?)?\s*(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?!\d)(?:\s*[a-z]{3,5}\b)?"
)
_ZONE_BEHIND_OFFSET = re.compile(r"((?:z|[+-]\d\d:?\d\d)\s?)(?:\[!?[\w/+=~-]+\]\s?)+$")
"""2026-11-28T10:00:00+01:00[Europe/Berlin], RFC 9557: the offset says the moment."""
_ZONE_NAME = re.compile(r"\s*([a-z]{1,5})\b")
_WORD = re.compile(r"[^\W\d_]+\.?(?:-го\b)?")
_SEPARATED = r"\s*([-/.])\s*"
_YEAR_FIRST = re.compile(rf"(\d{{4}}){_SEPARATED}(\d{{1,2}})\s*\2\s*(\d{{1,2}})\.?|(\d{{4}})()(\d\d)(\d\d)")
_YEAR_LAST = re.compile(rf"(\d{{1,2}}){_SEPARATED}(\d{{1,2}})\s*\2\s*(\d{{4}})\.?")
_BETWEEN = r"[\s.,/-]*"
_NAMED = (
    re.compile(rf"(?P<day>\d{{1,2}}){_BETWEEN}<(?P<month>\d+)>{_BETWEEN}(?P<year>\d{{4}}|\d\d)"),
    re.compile(rf"<(?P<month>\d+)>{_BETWEEN}(?P<day>\d{{1,2}})[\s.,]+(?P<year>\d{{4}})"),
    re.compile(rf"(?P<year>\d{{4}}){_BETWEEN}<(?P<month>\d+)>{_BETWEEN}(?P<day>\d{{1,2}})\.?"),
)


def date_from_text(written: str) -> datetime | None:
    """The moment that `written` says, in UTC; None if it says none, or if it can be read in two ways."""
    text = " ".join(written.split())
    if len(text) > MAX_DATE_CHARACTERS:
        return None
    try:
        return _utc(*_parts(_plain(unicodedata.normalize("NFKC", text).casefold())))
    except (ValueError, OverflowError):
        return None


def _plain(text: str) -> str:
    """One way to write what there are several of."""
    text = _ZONE_BEHIND_OFFSET.sub(r"\1", _COMMENT.sub(" ", text.replace("\u2212", "-")))
    text = _CJK_TIME.sub(lambda found: ":".join(part.zfill(2) for part in found.groups() if part), text)
    text = _CJK_DAY.sub(r"\1-\2-\3 ", text)
    for marker, words in _HALVES:
        text = words.sub(f" {marker} ", text)
    text = _T.sub(" ", _BASIC.sub(r"\1 \2:\3:\4", text))
    timeless = _ZONE_WITHOUT_TIME.fullmatch(text.strip())
    return f"{timeless[1]} 00:00 {timeless[2]}" if timeless else text


def _parts(text: str) -> tuple[datetime, timedelta, timedelta]:
    """The day, the time of it, and the offset of the zone. Raises ValueError for what is not a date."""
    time = _TIME.search(text)
    if time is None:
        return _day(text), timedelta(), timedelta()
    offset, end = _offset(text, time.end())
    return _day(f"{text[: time.start()]} {text[end:]}"), _time(time), offset


def _utc(day: datetime, time: timedelta, offset: timedelta) -> datetime | None:
    """None for the years 1 and 9999 and their like, which overflow in every sum."""
    return (day.replace(tzinfo=timezone(offset)) + time).astimezone(UTC) if day.year in _CREDIBLE_YEARS else None


def _time(found: re.Match[str]) -> timedelta:
    """A leap second, or midnight as 24:00, runs over into the next minute or day."""
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    half = (found["before"] or found["after"] or "")[:1]
    if half and not 1 <= hour <= 12:
        hour = _hour_of_two_clocks(hour, half)
    elif half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if minute > 59 or second > 60 or hour * 60 + minute > 24 * 60:
        raise ValueError("no such time")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _hour_of_two_clocks(hour: int, half: str) -> int:
    """15:05 PM and 0:05 AM say the same on both clocks; 15:05 AM contradicts itself."""
    if (half == "p") != (hour > 12):
        raise ValueError("two times")
    return hour


def _offset(text: str, start: int) -> tuple[timedelta, int]:
    """The offset that stands behind the time, and where it ends. A word that is not a zone is left where it is."""
    if found := _OFFSET.match(text, start):
        size = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
        if size > _WIDEST_OFFSET or int(found["minutes"] or 0) > 59:
            raise ValueError("no such zone")
        return (-size if found["sign"] == "-" else size), found.end()
    found = _ZONE_NAME.match(text, start)
    minutes = ZONES.get(found[1]) if found else None
    return (timedelta(), start) if found is None or minutes is None else (timedelta(minutes=minutes), found.end())


def _day(text: str) -> datetime:
    """Raises ValueError if the text is not one day, or can be two."""
    words = _WORD.sub(_word, text).strip(" ,;.-|@").replace(",", " ")
    if found := _YEAR_FIRST.fullmatch(words):
        year, _, month, day = (part for part in found.groups() if part is not None)
        return _datetime(year, month, day)
    if found := _YEAR_LAST.fullmatch(words):
        return _datetime(found[4], *_month_and_day(found))
    named = next(filter(None, (form.fullmatch(words) for form in _NAMED)), None)
    if named is None:
        raise ValueError("not a day")
    return _datetime(named["year"], named["month"], named["day"])


def _word(found: re.Match[str]) -> str:
    word = found[0].rstrip(".")
    if says_nothing(word):
        return " "
    return f" <{month_of(word)}> "


def _month_and_day(found: re.Match[str]) -> tuple[str, str]:
    """With dots the day is first everywhere. With slashes or dashes it is in most countries and not in the United
    States, so that only a number above 12, or twice the same, says which is which.
    """
    first, second = found[1], found[3]
    if found[2] == "." or int(first) > _LAST_MONTH or int(first) == int(second):
        return second, first
    if int(second) > _LAST_MONTH:
        return first, second
    raise ValueError("two days")


def _datetime(year: str, month: str, day: str) -> datetime:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < _THIS_CENTURY else 1900
    return datetime(number, int(month), int(day), tzinfo=UTC)
