"""Moments as a reader of the digest says them: in its time zone, in English, never by the machine's locale."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
ABBREVIATED = 3

RECENT = timedelta(days=6)
"""Within that a weekday alone names one date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Words for moments, seen from `now`. Functions of this class are what templates call."""

    zone: ZoneInfo
    now: datetime

    def local_date(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def clock(self, moment: datetime) -> str:
        """07:00"""
        return f"{moment.astimezone(self.zone):%H:%M}"

    def day(self, when: date) -> str:
        """Wed 21 Sep, of a local date or of a moment; with the year if it is another one than now's."""
        local = self.local_date(when) if isinstance(when, datetime) else when
        year = "" if local.year == self.local_date(self.now).year else f" {local.year}"
        return f"{WEEKDAYS[local.weekday()][:ABBREVIATED]} {local.day} {MONTHS[local.month - 1][:ABBREVIATED]}{year}"

    def full_day(self, moment: datetime) -> str:
        """Wednesday 21 September 2016"""
        local = self.local_date(moment)
        return f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year}"

    def moment(self, moment: datetime) -> str:
        """Wed 21 Sep, 07:00"""
        return f"{self.day(moment)}, {self.clock(moment)}"

    def stamp(self, moment: datetime) -> str:
        """As short as it is clear: Tue 22:14 of the last days, else the day, with its year if that is another one."""
        if timedelta() <= self.now - moment < RECENT:
            return f"{WEEKDAYS[self.local_date(moment).weekday()][:ABBREVIATED]} {self.clock(moment)}"
        return self.day(moment)
