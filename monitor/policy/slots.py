"""When a digest is due: a slot for each of its times on each local date of its weekdays, whatever clocks do (rule D1).

Pure arithmetic over zones; the store knows which slots are taken, and the tick that asks is the
daemon's. Cron triggers are not used, because they lose or double days when clocks change.

`since` and `last` say how far a digest is. Slots due until `since` are over: the digest was configured then, or its
newest edition was made, with everything known by then. `last` is the newest slot that has an edition or is covered by
one; earlier slots are over too. So neither a changed time nor a changed zone brings a second edition for a slot.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from monitor.model.edition_input import Slot, SlotKey
from monitor.model.settings import DigestSettings

ONE_DAY = timedelta(days=1)

REACH = timedelta(days=2)
"""A slot is due on its local date, or on the next one if a skipped hour ends at midnight; one more for clocks that go
back over midnight.
"""


def due_slot(digest: DigestSettings, *, since: datetime, last: SlotKey | None, now: datetime) -> Slot | None:
    """The last slot that has passed, unless it is taken; it also covers those before it that are open (D2).

    Open ones that come before it and are due after it were moved there by a skipped hour: it covers them as well.
    """
    end = _local_day(digest, now) + ONE_DAY
    slots = tuple(takewhile(lambda slot: slot.day <= end, _open_slots(digest, since=since, last=last)))
    passed = [place for place, slot in enumerate(slots) if slot.due_at <= now]
    return _with_covered(slots, passed[-1]) if passed else None


def next_slot(digest: DigestSettings, *, since: datetime, last: SlotKey | None, now: datetime) -> Slot:
    """The first slot still to come that is open."""
    upcoming = _open_slots(digest, since=max(since, now), last=last)
    first = next(upcoming)
    slots = (first, *takewhile(lambda slot: slot.day <= first.day + ONE_DAY, upcoming))
    soonest = min(slot.due_at for slot in slots)
    return _with_covered(slots, max(place for place, slot in enumerate(slots) if slot.due_at == soonest))


def _with_covered(slots: Sequence[Slot], place: int) -> Slot:
    return replace(slots[place], covers=tuple(slots[:place]))


def _open_slots(digest: DigestSettings, *, since: datetime, last: SlotKey | None) -> Iterator[Slot]:
    """The slots that no edition covers yet, in the order of their keys, without end."""
    day = max(_local_day(digest, since) - REACH, last[0] if last else date.min)
    while True:
        for slot in _slots_of(digest, day, last):
            if slot.due_at > since:
                yield slot
        day += ONE_DAY


def _slots_of(digest: DigestSettings, day: date, last: SlotKey | None) -> Iterator[Slot]:
    """The slots of a local date behind `last`, in the order of their times, which a change of clocks may swap."""
    if not _has_slots(digest, day):
        return
    for ordinal, at in enumerate(digest.times, 1):
        if last is None or (day, ordinal) > last:
            named = at if digest.has_several_a_day else None
            yield Slot(day=day, ordinal=ordinal, at=named, due_at=_due_at(digest, day, at))


def _due_at(digest: DigestSettings, day: date, at: time) -> datetime:
    """In UTC. `fold=0` means the first of two equal times when clocks go back, and a time that is
    skipped when they go forward moves on by what was skipped (PEP 495).
    """
    return datetime.combine(day, at, ZoneInfo(digest.timezone)).astimezone(UTC)


def _local_day(digest: DigestSettings, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(digest.timezone)).date()


def _has_slots(digest: DigestSettings, day: date) -> bool:
    """Whether the digest has editions on that weekday. No date has one that its zone left out when it moved
    across the date line, as Samoa did with 30 December 2011.
    """
    if day.weekday() not in digest.weekdays:
        return False
    zone = ZoneInfo(digest.timezone)
    noon = datetime.combine(day, time(12), zone)
    return noon.astimezone(UTC).astimezone(zone).date() == day
