"""What a person asks about: the number of an article, an address, or words; and the days that they mean."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from monitor.model.ids import ArticleId
from monitor.reconcile.tombstones import address_traces, tombstones_of
from monitor.url import asked_url, spellings

LOOKED_BACK = timedelta(days=7)
"""Whoever names no day asks about this week."""

DAY_BEFORE, DAY_AFTER = timedelta(days=1), timedelta(days=2)
"""Around the day that an article is dated: it is the publisher's day, and feeds may come late."""

_WHOLE_URL = re.compile(r"[a-z][a-z0-9+.-]*://|//|www\.|[^\s/]+\.[^\s/]+/", re.IGNORECASE)
_NUMBER = re.compile("#?[0-9]{1,18}")
_DAY = re.compile(r"(?<!\d)(20\d\d)([-/]?)(0?[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01]|[1-9](?!\d))(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`text` as written; it may be an article's `number`, and a `url` (canonical; "" if it cannot be one).

    `is_address`: it cannot be anything else. A word with a dot in it may be a host, or not.
    """

    text: str
    number: ArticleId | None
    url: str
    is_address: bool


def asked(text: str) -> Asked:
    """What the text can be."""
    written = text.strip()
    number = ArticleId(int(written.lstrip("#"))) if _NUMBER.fullmatch(written) else None
    url = "" if number is not None or re.search(r"\s", written.strip("<>\"'“”‘’ ")) else asked_url(written)
    return Asked(
        text=written, number=number, url=url, is_address=bool(url and _WHOLE_URL.match(written.lstrip("<\"'“‘")))
    )


def days_around(on: date | None, url: str, now: datetime) -> tuple[datetime, datetime]:
    """From when to when the feeds are looked at: around a day, the one that the address names, or the last seven."""
    day = on or _day_in(url)
    if day is None or datetime.combine(day, time(), UTC) > now:
        return now - LOOKED_BACK, now
    noon = datetime.combine(day, time(), UTC)
    return noon - DAY_BEFORE, min(noon + DAY_AFTER, now)


def traces_of(url: str) -> tuple[int, ...]:
    """The traces that retention may have left of an article with this address (rule I10), if its guid was the address
    or it had none. Of an article with another guid nothing is found.
    """
    whole, _ = spellings(url)
    links = (url, *(each for each in whole if _written_otherwise(each) == _written_otherwise(url)))
    found = (trace for link in links for trace in tombstones_of([f"guid:{link}", f"link:{link}"], link, "", (), ()))
    return tuple(dict.fromkeys((*found, *address_traces([url]))))


def _written_otherwise(url: str) -> str:
    """What is the same in the spellings that feeds use: no scheme, no `www.`, no slash at the end. Each trace is looked
    up for each feed, so rarer spellings are left out.
    """
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


def _day_in(url: str) -> date | None:
    for year, _, month, day in _DAY.findall(url):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None
