"""Several editions a day: one slot for each time on each local date, whatever clocks, owners and downtime do (rule D1).

The judge of these sweeps knows nothing of how slots are found: it has the calendar and the written times.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, product
from random import Random  # noqa: TID251 (seeded)
from zoneinfo import ZoneInfo

import pytest
from table import each_row
from test_policy_slots import ZONES, digest, utc

from monitor.model.edition_input import Slot, SlotKey
from monitor.model.settings import DigestSettings
from monitor.policy.slots import due_slot, next_slot

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MORE_ZONES = (*ZONES, "America/St_Johns", "America/Havana", "Antarctica/Troll", "Asia/Beirut", "America/Asuncion")
"""With clocks that change at one past midnight, at midnight, and by two hours."""

SETS = (
    "07:00 18:00",
    "00:00 23:59",
    "00:00 00:30 23:00 23:30",
    "01:30 02:30",
    "02:29 02:30 02:31",
    "02:30 03:00",
    "02:30 03:30",
    " ".join(f"{hour:02}:00" for hour in range(24)),
)
MISSING = ("Pacific/Apia", date(2011, 12, 30))


def editions_of(settings: DigestSettings, start: datetime, end: datetime) -> Iterator[Slot]:
    """As a daemon that never stops makes them."""
    since, last = start, None
    while (upcoming := next_slot(settings, since=since, last=last, now=since)).due_at <= end:
        assert due_slot(settings, since=since, last=last, now=upcoming.due_at - timedelta(microseconds=1)) is None
        assert due_slot(settings, since=since, last=last, now=upcoming.due_at) == upcoming
        yield upcoming
        since, last = upcoming.due_at, upcoming.key


def written(settings: DigestSettings, start: date, end: date) -> list[SlotKey]:
    """All slots of these dates, the last one not included."""
    dates = [start + number * DAY for number in range((end - start).days)]
    there = [day for day in dates if (settings.timezone, day) != MISSING]
    return [(day, ordinal) for day in there for ordinal in range(1, len(settings.times) + 1)]


def stood_for(editions: Sequence[Slot]) -> list[SlotKey]:
    return [each.key for edition in editions for each in (*edition.covers, edition)]


def shift(settings: DigestSettings, slot: Slot) -> timedelta:
    """By how much the clock on the wall is ahead of the slot's written time when it is due."""
    zone = ZoneInfo(settings.timezone)
    at = settings.times[slot.ordinal - 1]
    return slot.due_at.astimezone(zone).replace(tzinfo=None) - datetime.combine(slot.day, at)


def judge(settings: DigestSettings, start: date, end: date) -> None:
    zone = ZoneInfo(settings.timezone)
    before = datetime.combine(start - DAY, time(23, 59, 59), zone).astimezone(UTC)
    after = datetime.combine(end, time(4), zone).astimezone(UTC)
    editions = list(editions_of(settings, before, after))
    keys = stood_for(editions)
    assert [key for key in keys if key[0] < end] == written(settings, start, end)
    assert all(earlier.due_at < later.due_at for earlier, later in pairwise(editions))
    for edition in editions:
        moved = [*edition.covers, *([edition] if edition.covers else [])]
        assert edition.missed == (), "nothing was down"
        assert not moved or any(shift(settings, each) for each in moved), "only a skipped hour brings two together"
        assert timedelta() <= shift(settings, edition) <= 2 * HOUR
        assert edition.label == f"{edition.day}T{settings.times[edition.ordinal - 1]:%H:%M}"


def changes_of_clocks(zone: str, year: int) -> Iterator[date]:
    """The dates in which the zone's offset from UTC changes."""
    noons = [datetime(year, 1, 1, 12, tzinfo=ZoneInfo(zone)) + number * DAY for number in range(366)]
    for before, after in pairwise(noons):
        if before.utcoffset() != after.utcoffset():
            yield after.date()


def test_the_sweep_is_of_the_nights_in_which_clocks_change() -> None:
    assert list(changes_of_clocks("Europe/Berlin", 2024)) == [date(2024, 3, 31), date(2024, 10, 27)]
    assert date(2011, 12, 31) in changes_of_clocks("Pacific/Apia", 2011)


@pytest.mark.no_cover  # a sweep: the tables below reach every branch
@pytest.mark.parametrize("zone", MORE_ZONES)
def test_every_time_of_every_date_has_one_edition_unless_a_change_of_clocks_joins_two(zone: str) -> None:
    def check(times: str, year: int) -> None:
        for day in list(changes_of_clocks(zone, year)) or [date(year, 6, 1)]:
            judge(digest(times, zone), day - 2 * DAY, day + 3 * DAY)

    each_row(check, product(SETS, (2011, 2024)))


@pytest.mark.simulate
@pytest.mark.timeout(600)
@pytest.mark.parametrize("zone", MORE_ZONES)
@pytest.mark.parametrize("times", SETS)
def test_seven_years_of_several_editions_a_day(zone: str, times: str) -> None:
    judge(digest(times, zone), date(2022, 1, 1), date(2029, 1, 1))


@pytest.mark.parametrize(
    ("zone", "times", "day", "due"),
    [
        # one after the other on any other night
        ("Europe/Berlin", "02:30 03:00", "2026-03-28", [("01:30", 1), ("02:00", 2)]),
        # skipped to 03:30, behind 03:00, which stands for it
        ("Europe/Berlin", "02:30 03:00", "2026-03-29", [("01:00", 2)]),
        # skipped to the very moment of the other
        ("Europe/Berlin", "02:30 03:30", "2026-03-29", [("01:30", 2)]),
        # both in the skipped hour, and as far from each other as ever
        ("Europe/Berlin", "02:15 02:45", "2026-03-29", [("01:15", 1), ("01:45", 2)]),
        # both in the hour that comes twice, the first time
        ("Europe/Berlin", "02:15 02:45", "2026-10-25", [("00:15", 1), ("00:45", 2)]),
        # around it: an hour longer
        ("Europe/Berlin", "02:59 03:00", "2026-10-25", [("00:59", 1), ("02:00", 2)]),
        ("America/Santiago", "00:00 01:00", "2024-09-08", [("04:00", 2)]),
        ("Australia/Lord_Howe", "02:00 02:30", "2024-10-06", [("15:30", 2)]),  # of the day before; by half an hour
        ("Pacific/Apia", "00:00 23:59", "2011-12-30", []),
    ],
)
def test_times_at_a_change_of_clocks(zone: str, times: str, day: str, due: list[tuple[str, int]]) -> None:
    local = datetime.combine(date.fromisoformat(day), time(), ZoneInfo(zone))
    found = editions_of(digest(times, zone), (local - DAY).astimezone(UTC), (local + 2 * DAY).astimezone(UTC))
    assert [(f"{each.due_at:%H:%M}", each.ordinal) for each in found if str(each.day) == day] == due


def test_an_hour_skipped_before_midnight_moves_a_slot_behind_the_next_date_whose_edition_stands_for_it() -> None:
    """In Nuuk 30 March 2024 ended at 23:00."""
    settings = digest("00:00 23:30", "America/Nuuk")
    found = list(editions_of(settings, utc("2024-03-30T12:00"), utc("2024-04-01T12:00")))
    assert [each.label for each in found] == ["2024-03-31T00:00", "2024-03-31T23:30", "2024-04-01T00:00"]
    assert [[slot.label for slot in each.covers] for each in found] == [["2024-03-30T23:30"], [], []]
    assert found[0].missed == ()


@pytest.mark.parametrize(
    ("case", "last", "now", "label", "covers"),
    [
        ("before the morning", "01 2", "02T06:59", None, []),
        ("in the morning", "01 2", "02T07:00", "02T07:00", []),
        ("taken", "02 1", "02T17:59", None, []),
        ("in the evening", "02 1", "02T18:00", "02T18:00", []),
        ("down in the morning", "01 2", "02T18:00", "02T18:00", ["02T07:00"]),
        ("woken at noon", "01 2", "02T12:00", "02T07:00", []),
        ("woken at night", "02 1", "03T03:00", "02T18:00", []),
        ("a weekend", "02 1", "04T08:00", "04T07:00", ["02T18:00", "03T07:00", "03T18:00"]),
    ],
)
def test_after_downtime_there_is_one_edition_of_the_last_slot_that_passed(
    case: str, last: str, now: str, label: str | None, covers: list[str]
) -> None:
    day, ordinal = last.split()
    slot = due_slot(
        digest("07:00 18:00"),
        since=utc("2016-09-01T18:00"),
        last=(date(2016, 9, int(day)), int(ordinal)),
        now=utc(f"2016-09-{now}"),
    )
    assert (slot.label.removeprefix("2016-09-") if slot else None) == label, case
    assert [each.label.removeprefix("2016-09-") for each in (slot.covers if slot else ())] == covers, case
    assert slot is None or slot.missed == slot.covers


@pytest.mark.parametrize(
    ("old", "new", "changed", "due"),
    [
        # of what the morning edition covered nothing comes again
        ("07:00", "07:00 18:00", "08:00", ["02T18:00", "03T07:00"]),
        ("07:00", "06:00 07:00 18:00", "08:00", ["02T18:00", "03T06:00"]),
        ("07:00", "05:00 06:00", "08:00", ["03T05:00", "03T06:00"]),
        ("07:00", "09:00 10:00", "08:00", ["02T10:00", "03T09:00"]),
        ("07:00", "18:00", "08:00", ["03", "04"]),
        ("07:00 18:00", "18:00", "08:00", ["03", "04"]),
        ("07:00 18:00", "07:00", "08:00", ["03", "04"]),
        ("07:00 18:00", "08:30 19:00", "08:00", ["02T19:00", "03T08:30"]),
        # nor of the evening's
        ("07:00 18:00", "07:00 12:00 18:00", "19:00", ["03T07:00", "03T12:00"]),
        ("07:00 18:00", "07:00 18:00 22:00", "19:00", ["02T22:00", "03T07:00"]),
        ("07:00 18:00", "20:00 22:00", "19:00", ["03T20:00", "03T22:00"]),
        ("07:00 18:00", "22:00", "19:00", ["03", "04"]),
        ("18:00", "07:00 18:00", "19:00", ["03T07:00", "03T18:00"]),
        ("18:00", "07:00 18:00 23:00", "19:00", ["02T23:00", "03T07:00"]),
    ],
)
def test_changed_times_bring_no_edition_for_what_was_covered(old: str, new: str, changed: str, due: list[str]) -> None:
    settings, now = digest(new), utc(f"2016-09-02T{changed}")
    made = list(editions_of(digest(old), utc("2016-09-01T20:00"), now))
    since, last = made[-1].due_at, made[-1].key
    assert due_slot(settings, since=since, last=last, now=now) is None
    found: list[str] = []
    while len(found) < 2:
        upcoming = next_slot(settings, since=max(since, now), last=last, now=now)
        found.append(upcoming.label.removeprefix("2016-09-"))
        assert due_slot(settings, since=since, last=last, now=upcoming.due_at) == upcoming
        since, last, now = upcoming.due_at, upcoming.key, upcoming.due_at
    assert found == due


@pytest.mark.parametrize("seed", range(10))
def test_whatever_is_down_or_late_each_slot_has_one_edition_at_the_first_look_after_it(seed: int) -> None:
    rng = Random(seed)
    settings = digest(rng.choice(SETS), rng.choice(MORE_ZONES))
    start = now = utc("2024-03-01T12:00") + rng.random() * 200 * DAY
    since, last = start, None
    keys: list[SlotKey] = []
    for _ in range(200):
        now += rng.choice((MINUTE, 40 * MINUTE, 5 * HOUR, 30 * HOUR, 4 * DAY)) * rng.random()
        slot = due_slot(settings, since=since, last=last, now=now)
        if slot is not None:
            assert slot.due_at <= now
            keys += stood_for([slot])
            since, last = now, slot.key
        assert due_slot(settings, since=since, last=last, now=now) is None
        assert next_slot(settings, since=since, last=last, now=now).due_at > now
    dates = written(settings, keys[0][0], keys[-1][0] + DAY)
    assert keys == dates[dates.index(keys[0]) : dates.index(keys[-1]) + 1]


@pytest.mark.parametrize("seed", range(10))
def test_whatever_an_owner_writes_no_slot_comes_again_and_no_day_has_more_than_it_ever_should(seed: int) -> None:
    """Times and zones change at any hour. What was due before an edition is over with it, whoever wrote it when."""
    rng = Random(seed)
    settings = digest("07:00", "Europe/Berlin")
    now = since = utc("2024-03-20T12:00")
    last: SlotKey | None = None
    most: dict[date, int] = {}
    made: list[Slot] = []
    for _ in range(300):
        now += rng.random() * 7 * HOUR
        if rng.random() < 0.2:
            settings = digest(rng.choice(("07:00", "18:00", *SETS[:7])), settings.timezone)
        if rng.random() < 0.05:
            settings = replace(settings, timezone=rng.choice(MORE_ZONES))
        slot = due_slot(settings, since=since, last=last, now=now)
        if slot is not None:
            assert not made or (slot.due_at > since and slot.key > made[-1].key)
            most[slot.day] = max(most.get(slot.day, 0), len(settings.times))
            made.append(slot)
            since, last = now, slot.key
    assert len(made) > 40
    assert all([each.day for each in made].count(day) <= number for day, number in most.items())
