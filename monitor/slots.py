"""When a digest is due: one slot per local date of its weekdays, whatever the clocks of its time zone do (rule D1).

Pure arithmetic over zones; the store knows which dates are taken, and the tick that asks is the
daemon's. Cron triggers are not used, because they lose or double days when clocks change.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.model.material import Slot
from monitor.model.settings import DigestSettings

ONE_DAY = timedelta(days=1)


def due_slot(digest: DigestSettings, *, configured_at: datetime, last_day: date | None, now: datetime) -> Slot | None:
    """The latest slot that has passed, unless its date is taken; it also covers the dates missed before it (D2).

    `last_day` is the newest local date that has an edition or is covered by one. A digest's first
    slot is the first after `configured_at`.
    """
    passed = _passed_days(digest, configured_at=configured_at, last_day=last_day, now=now)
    latest = next(passed, None)
    if latest is None:
        return None
    return Slot(day=latest, due_at=_due_at(digest, latest), covers=tuple(reversed(tuple(passed))))


def next_slot(digest: DigestSettings, *, configured_at: datetime, last_day: date | None, now: datetime) -> Slot:
    """The first slot still to come, on a date that is not taken."""
    after = max(configured_at, now)
    day = max(_local_day(digest, after) - ONE_DAY, last_day + ONE_DAY if last_day else date.min)
    while _due_at(digest, day) <= after or not _has_slot(digest, day):
        day += ONE_DAY
    return Slot(day=day, due_at=_due_at(digest, day))


def _passed_days(
    digest: DigestSettings, *, configured_at: datetime, last_day: date | None, now: datetime
) -> Iterator[date]:
    """The dates whose slots have passed and which nothing stands for yet, newest first."""
    day = _local_day(digest, now)
    while _due_at(digest, day) > configured_at and (last_day is None or day > last_day):
        if _due_at(digest, day) <= now and _has_slot(digest, day):
            yield day
        day -= ONE_DAY


def _due_at(digest: DigestSettings, day: date) -> datetime:
    """In UTC. `fold=0` means the first of two equal times when clocks go back, and a time that is
    skipped when they go forward moves on by what was skipped (PEP 495).
    """
    return datetime.combine(day, digest.at, ZoneInfo(digest.timezone)).astimezone(UTC)


def _local_day(digest: DigestSettings, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(digest.timezone)).date()


def _has_slot(digest: DigestSettings, day: date) -> bool:
    """Whether the digest has an edition on that weekday. No date has one that its zone left out when it moved
    across the date line, as Samoa did with 30 December 2011.
    """
    if day.weekday() not in digest.weekdays:
        return False
    zone = ZoneInfo(digest.timezone)
    noon = datetime.combine(day, time(12), zone)
    return noon.astimezone(UTC).astimezone(zone).date() == day
