"""Dates and times for readers of a digest: in its time zone and language, never by the machine's locale.

Names and the order of a date's parts are CLDR's (Babel). Hours are written 07:00 everywhere: readers should not have to
know whether midnight is 12 or 0.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton

from monitor.render.columns import isolated

RECENT = timedelta(days=6)
"""Within this time a weekday alone is unambiguous."""

DAY, DAY_OF_YEAR, FULL_DAY, WEEKDAY = "MMMEd", "yMMMEd", "full", "EEE"

ENGLISH = {DAY: "EEE d MMM", DAY_OF_YEAR: "EEE d MMM y", FULL_DAY: "EEEE d MMMM y"}
"""English that names no country. CLDR's would be that of the United States, longer and month first."""


def is_known_language(tag: str) -> bool:
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Words for moments, seen from `now`. Functions of this class are what templates call."""

    zone: ZoneInfo
    now: datetime
    language: str = "en"

    def local_date(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def clock(self, moment: datetime) -> str:
        """07:00"""
        local = moment.astimezone(self.zone)
        return f"{local.hour:02}:{local.minute:02}"

    def day(self, when: date) -> str:
        """Wed 21 Sep, of a local date or of a moment; with the year if it is another one than now's."""
        local = self.local_date(when) if isinstance(when, datetime) else when
        return self._said(local, DAY if local.year == self.local_date(self.now).year else DAY_OF_YEAR)

    def full_day(self, moment: datetime) -> str:
        """Wednesday 21 September 2016"""
        return self._said(self.local_date(moment), FULL_DAY)

    def month(self, day: date) -> str:
        """September 2016: the month of a local date."""
        return isolated(format_skeleton("yMMMM", day, locale=Locale.parse(self.language, sep="-"), fuzzy=True))

    def moment(self, moment: datetime) -> str:
        """Wed 21 Sep, 07:00"""
        return f"{self.day(moment)}, {self.clock(moment)}"

    def stamp(self, moment: datetime) -> str:
        """As short as is clear: Tue 22:14 within the last days, else the date, with the year if it is not now's."""
        if timedelta() <= self.now - moment < RECENT:
            local = moment.astimezone(self.zone)
            return f"{self._said(local.date(), WEEKDAY)} {local.hour:02}:{local.minute:02}"
        return self.day(moment)

    def _said(self, day: date, form: str) -> str:
        return _said(self.language, day, form)


@lru_cache(maxsize=2048)
def _said(language: str, day: date, form: str) -> str:
    """Cached, because a page of thousands of lines has the same few dates."""
    locale = Locale.parse(language, sep="-")
    if language == "en" or form == WEEKDAY:
        said = format_date(day, ENGLISH.get(form, form), locale=locale)
    elif form == FULL_DAY:
        said = format_date(day, form, locale=locale)
    else:
        said = format_skeleton(form, day, locale=locale, fuzzy=True)
    return isolated(said)
