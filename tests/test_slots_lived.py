"""Slots as they are lived: clocks that jump, sleep and are edited, and editions made by hand (rules D1 to D3)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from threading import Lock

import pytest
from house import House, Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import NOON, SimulatedClock

from monitor.config import Settings
from monitor.pipeline import CatchUp, deliver_due, publish_due, send_now

pytestmark = pytest.mark.whole

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TRUCE = Story(id="truce", title="Syria truce holds", at=NOON)


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Settings]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss(TRUCE)))
        yield settings(tmp_path, [origin.url("/a")], origin.port)


def with_digest(config: Settings, at: str, zone: str = "UTC") -> Settings:
    return replace(config, digests=(replace(config.digests[0], at=time.fromisoformat(at), timezone=zone),))


def live(home: House, span: timedelta) -> None:
    """A first tick, which polls, and then those of publishing and delivering, hour by hour."""
    home.tick()
    end = home.clock.now() + span
    while home.clock.now() < end:
        home.clock.advance(HOUR)
        publish_due(home.stages)
        deliver_due(home.stages, home.unsettled)


def editions(home: House) -> list[tuple[str, str]]:
    """(kind, slot) of all editions, oldest first."""
    with home.stages.store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT kind, slot FROM editions ORDER BY id").all()
    return [(row.kind, row.slot) for row in rows]


def test_a_first_start_after_the_time_of_day_waits_for_tomorrow(config: Settings) -> None:
    with lived_in(with_digest(config, "07:00")) as home:
        live(home, 18 * HOUR)
        assert editions(home) == []
        live(home, 2 * HOUR)
        assert editions(home) == [("scheduled", "2026-03-02")]


@pytest.mark.parametrize(
    ("at", "zone", "days"),
    [
        ("18:00", "UTC", ["2026-03-02", "2026-03-03"]),
        ("07:30", "UTC", ["2026-03-02", "2026-03-03"]),
        ("07:00", "America/New_York", ["2026-03-02", "2026-03-03"]),
        ("07:00", "Pacific/Kiritimati", ["2026-03-02", "2026-03-03", "2026-03-04"]),  # 14 hours ahead
    ],
)
def test_a_time_or_zone_edited_after_todays_edition_adds_none_to_a_local_date(
    config: Settings, at: str, zone: str, days: list[str]
) -> None:
    clock = SimulatedClock()
    with lived_in(with_digest(config, "07:00"), clock) as home:
        live(home, 20 * HOUR)
        assert editions(home) == [("scheduled", "2026-03-02")]
    with lived_in(with_digest(config, at, zone), clock) as home:
        live(home, 40 * HOUR)
        assert [slot for _, slot in editions(home)] == days
        assert len({slot for _, slot in editions(home)}) == len(editions(home))


def test_an_edition_by_hand_takes_no_slot_and_its_matches_are_not_told_again(config: Settings) -> None:
    with lived_in(with_digest(config, "07:00")) as home:
        home.tick()
        send_now(home.stages, home.stages.digests[0], home.unsettled)
        live(home, 20 * HOUR)
        assert [kind for kind, _ in editions(home)] == ["manual", "scheduled"]
        assert [TRUCE.title in mail for mail in home.mails()] == [True, False]


def test_three_days_down_are_one_edition_with_every_match_once(config: Settings) -> None:
    clock = SimulatedClock()
    with lived_in(with_digest(config, "07:00"), clock) as home:
        home.tick()
    clock.advance(3 * DAY)
    with lived_in(with_digest(config, "07:00"), clock) as home:
        live(home, DAY)
        assert editions(home) == [("scheduled", "2026-03-04"), ("scheduled", "2026-03-05")]
        assert [TRUCE.title in mail for mail in home.mails()] == [True, False]
        assert "This edition covers 3 days." in " ".join(home.mails()[0].split())


def test_a_machine_that_slept_over_the_slot_sends_at_the_first_tick_after_it_woke(config: Settings) -> None:
    with lived_in(with_digest(config, "07:00")) as home:
        live(home, 12 * HOUR)
        home.clock.advance(8 * HOUR)
        home.tick()
        assert editions(home) == [("scheduled", "2026-03-02")]
        assert len(home.mails()) == 1


@pytest.mark.parametrize("back", [2 * HOUR, 10 * HOUR, 30 * HOUR])
def test_a_clock_set_back_brings_no_second_edition_of_a_date(config: Settings, back: timedelta) -> None:
    with lived_in(with_digest(config, "07:00")) as home:
        live(home, 20 * HOUR)
        home.clock.advance(-back)
        live(home, back + 2 * HOUR)
        scheduled = [slot for _, slot in editions(home)]
        assert len(scheduled) == len(set(scheduled))
        assert sum(TRUCE.title in mail for mail in home.mails()) == 1


def busy() -> Lock:
    """Of somebody who polls without end."""
    lock = Lock()
    lock.acquire()
    return lock


def test_after_downtime_the_feeds_come_first(config: Settings) -> None:
    """Three days off: the late edition waits until the feeds are read, and has what they brought meanwhile."""
    polling = Lock()
    with lived_in(with_digest(config, "07:00")) as home:
        catch_up = CatchUp(polling)
        home.tick()
        home.clock.advance(DAY)
        home.tick()
        home.clock.advance(3 * DAY)
        before = len(editions(home))
        publish_due(home.stages, catch_up)
        with polling:
            home.poll()  # which says at once that it asks, and stores what came of it at last
            publish_due(home.stages, catch_up)
        assert len(editions(home)) == before
        publish_due(home.stages, catch_up)
        assert len(editions(home)) == before + 1


def test_a_late_edition_does_not_wait_for_feeds_for_ever(config: Settings) -> None:
    with lived_in(with_digest(config, "07:00")) as home:
        catch_up = CatchUp(busy())
        home.tick()
        home.clock.advance(DAY)
        publish_due(home.stages, catch_up)
        assert editions(home) == []
        home.clock.advance(16 * MINUTE)
        publish_due(home.stages, catch_up)
        publish_due(home.stages, catch_up)
        assert len(editions(home)) == 1
        home.clock.advance(DAY)
        publish_due(home.stages, catch_up)
        assert len(editions(home)) == 1  # another day, another wait


def test_an_edition_in_time_does_not_wait(config: Settings) -> None:
    with lived_in(with_digest(config, "13:00")) as home:
        home.tick()
        home.clock.advance(HOUR + MINUTE)
        publish_due(home.stages, CatchUp(busy()))
        assert len(editions(home)) == 1
