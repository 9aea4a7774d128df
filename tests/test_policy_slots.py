from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest
from table import each_row

from monitor.model.edition_input import Slot, SlotKey
from monitor.model.settings import EVERY_DAY, DigestSettings
from monitor.policy.slots import due_slot, next_slot

ZONES = (
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "America/Nuuk",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)
TIMES = ("00:00", "00:30", "01:30", "02:00", "02:30", "07:00", "23:59")


def digest(at: str = "07:00", timezone: str = "UTC", days: tuple[int, ...] = EVERY_DAY) -> DigestSettings:
    """Of one time of day, or of several with blanks between."""
    times = tuple(map(time.fromisoformat, at.split()))
    return DigestSettings(name="Daily", to=(), at=times, timezone=timezone, days=days)


def first_of(day: date | None) -> SlotKey | None:
    return None if day is None else (day, 1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def slots_of(settings: DigestSettings, start: datetime, days: int) -> Iterator[Slot]:
    """The slots as a daemon that never stops would take them."""
    last, since = None, start
    for _ in range(days):
        upcoming = next_slot(settings, since=since, last=last, now=since)
        slot = due_slot(settings, since=since, last=last, now=upcoming.due_at)
        assert slot == upcoming
        yield upcoming
        last, since = upcoming.key, upcoming.due_at


@pytest.mark.no_cover  # a sweep: the tables below reach every branch
@pytest.mark.parametrize("zone", ZONES)
def test_every_existing_local_date_has_exactly_one_slot(zone: str) -> None:
    def check(at: str, year: int) -> None:
        start = datetime(year, 1, 1, 12, tzinfo=UTC)
        slots = list(slots_of(digest(at, zone), start, 360))
        for earlier, later in pairwise(slots):
            missing = [earlier.day + timedelta(days=n) for n in range(1, (later.day - earlier.day).days)]
            assert missing in ([], [date(2011, 12, 30)])
            assert zone == "Pacific/Apia" or not missing
            assert timedelta(hours=22) <= later.due_at - earlier.due_at <= timedelta(hours=26)

    each_row(check, product(TIMES, (2011, 2024, 2026)))


@pytest.mark.simulate
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", TIMES)
def test_seven_years_have_one_slot_for_each_of_their_local_dates(zone: str, at: str) -> None:
    """2022 to 2028 without a break, which with all zones and times makes 178,990 slots."""
    days = (date(2029, 1, 1) - date(2022, 1, 1)).days
    start = datetime(2021, 12, 31, 23, 59, 30, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    slots = list(slots_of(digest(at, zone), start, days))
    assert [slot.day for slot in slots] == [date(2022, 1, 1) + timedelta(days=n) for n in range(days)]
    spans = {later.due_at - earlier.due_at for earlier, later in pairwise(slots)}
    assert timedelta(hours=22) <= min(spans) <= max(spans) <= timedelta(hours=26)


@pytest.mark.parametrize(
    ("zone", "at", "day", "due"),
    [
        ("Europe/London", "07:00", "2016-09-21", "2016-09-21T06:00"),
        ("Europe/Berlin", "02:30", "2026-03-29", "2026-03-29T01:30"),  # skipped: 03:30 summer time
        ("Europe/Berlin", "02:30", "2026-10-25", "2026-10-25T00:30"),  # twice: the first, summer time
        ("America/New_York", "01:30", "2026-11-01", "2026-11-01T05:30"),  # twice: the first
        ("America/Santiago", "00:00", "2024-09-08", "2024-09-08T04:00"),  # skipped: 01:00
        ("America/Nuuk", "23:30", "2024-03-30", "2024-03-31T01:30"),  # skipped: half past midnight of the next date
        ("Pacific/Apia", "07:00", "2011-12-31", "2011-12-30T17:00"),  # the date before does not exist
    ],
)
def test_a_slot_is_due_at_its_local_time_moved_on_by_a_gap_and_first_in_an_overlap(
    zone: str, at: str, day: str, due: str
) -> None:
    slot = next_slot(
        digest(at, zone),
        since=utc(due) - timedelta(hours=10),
        last=None,
        now=utc(due) - timedelta(hours=10),
    )
    assert (slot.day, slot.due_at) == (date.fromisoformat(day), utc(due))


CONFIGURED = utc("2016-09-01T12:00")


@pytest.mark.parametrize(
    ("case", "configured", "last_day", "now", "day", "covers"),
    [
        ("before the first slot", CONFIGURED, None, "2016-09-02T06:59", None, ()),
        ("configured after today's time", CONFIGURED, None, "2016-09-01T23:00", None, ()),
        ("configured at the very minute", utc("2016-09-01T07:00"), None, "2016-09-01T07:00", None, ()),
        ("on the minute", CONFIGURED, None, "2016-09-02T07:00", "2016-09-02", ()),
        ("taken", CONFIGURED, "2016-09-02", "2016-09-02T07:01", None, ()),
        ("woken late", CONFIGURED, "2016-09-01", "2016-09-02T22:00", "2016-09-02", ()),
        ("woken after midnight", CONFIGURED, "2016-09-01", "2016-09-03T03:00", "2016-09-02", ()),
        ("three days down", CONFIGURED, "2016-09-02", "2016-09-05T08:00", "2016-09-05", ("2016-09-03", "2016-09-04")),
        ("never run since it was configured", CONFIGURED, None, "2016-09-03T08:00", "2016-09-03", ("2016-09-02",)),
        ("the clock was set back", CONFIGURED, "2016-09-02", "2016-09-01T22:00", None, ()),
        ("the clock was set back beyond the start", CONFIGURED, None, "2016-08-01T22:00", None, ()),
    ],
)
def test_the_latest_passed_slot_is_due_once_and_covers_the_missed_dates(
    case: str, configured: datetime, last_day: str | None, now: str, day: str | None, covers: tuple[str, ...]
) -> None:
    last = date.fromisoformat(last_day) if last_day else None
    slot = due_slot(digest(), since=configured, last=first_of(last), now=utc(now))
    assert (slot.day.isoformat() if slot else None) == day, case
    assert (tuple(str(each.day) for each in slot.covers) if slot else ()) == covers, case


@pytest.mark.parametrize(("at", "zone"), [("18:00", "UTC"), ("07:30", "UTC"), ("09:00", "Asia/Kathmandu")])
def test_a_changed_time_or_zone_adds_no_second_edition_to_a_local_date(at: str, zone: str) -> None:
    changed = digest(at, zone)
    taken = date(2016, 9, 2)
    end_of_day = datetime(2016, 9, 2, 23, 59, tzinfo=ZoneInfo(zone))
    assert due_slot(changed, since=CONFIGURED, last=first_of(taken), now=end_of_day) is None
    assert next_slot(changed, since=CONFIGURED, last=first_of(taken), now=end_of_day).day == date(2016, 9, 3)


def test_the_dates_covered_in_samoa_leave_out_the_one_that_never_was() -> None:
    slot = due_slot(
        digest("07:00", "Pacific/Apia"),
        since=utc("2011-12-01T00:00"),
        last=(date(2011, 12, 28), 1),
        now=utc("2012-01-01T00:00"),
    )
    assert slot is not None
    assert slot.day == date(2012, 1, 1)
    assert [each.day for each in slot.covers] == [date(2011, 12, 29), date(2011, 12, 31)]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("days", [(0,), (0, 1, 2, 3, 4), (2, 5)])
def test_only_the_weekdays_of_a_digest_have_slots_and_each_of_them_has_one(zone: str, days: tuple[int, ...]) -> None:
    start = datetime(2011, 7, 1, 12, tzinfo=UTC)
    taken = [slot.day for slot in slots_of(digest("02:30", zone, days), start, 80)]
    span = (taken[-1] - taken[0]).days + 1
    wanted = [day for n in range(span) if (day := taken[0] + timedelta(days=n)).weekday() in days]
    assert [day for day in wanted if day not in taken] in ([], [date(2011, 12, 30)])
    assert set(taken) <= set(wanted)


@pytest.mark.parametrize(
    ("case", "days", "last_day", "now", "day", "covers"),
    [
        ("not its day", (0,), None, "2016-09-04T08:00", None, ()),
        ("its day", (0,), None, "2016-09-05T07:00", "2016-09-05", ()),
        ("woken two days after it", (0,), "2016-09-05", "2016-09-14T08:00", "2016-09-12", ()),
        ("down for two Mondays", (0,), "2016-09-05", "2016-09-20T08:00", "2016-09-19", ("2016-09-12",)),
        ("down over a weekend", (0, 1, 2, 3, 4), "2016-09-01", "2016-09-05T08:00", "2016-09-05", ("2016-09-02",)),
    ],
)
def test_a_digest_of_some_weekdays_covers_those_it_missed(
    case: str, days: tuple[int, ...], last_day: str | None, now: str, day: str | None, covers: tuple[str, ...]
) -> None:
    last = date.fromisoformat(last_day) if last_day else None
    slot = due_slot(digest(days=days), since=CONFIGURED, last=first_of(last), now=utc(now))
    assert (slot.day.isoformat() if slot else None) == day, case
    assert (tuple(str(each.day) for each in slot.covers) if slot else ()) == covers, case


def test_days_changed_after_an_edition_add_no_second_one_to_its_date() -> None:
    taken = date(2016, 9, 5)
    assert due_slot(digest(days=(0,)), since=CONFIGURED, last=first_of(taken), now=utc("2016-09-05T20:00")) is None
    upcoming = next_slot(digest(days=(0,)), since=CONFIGURED, last=first_of(taken), now=utc("2016-09-05T20:00"))
    assert upcoming.day == date(2016, 9, 12)
