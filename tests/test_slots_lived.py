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

import monitor.pipeline.publish
from monitor.config import Settings
from monitor.model.material import HighWater, Slot
from monitor.model.note import NoteKind
from monitor.model.settings import DigestSettings
from monitor.pipeline import Stages, Waits, deliver_due, maintain_due, publish_due, send_now
from monitor.pipeline.publish import Draft
from monitor.store import Store

pytestmark = pytest.mark.whole

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
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
        waits = Waits(polling)
        home.tick()
        home.clock.advance(DAY)
        home.tick()
        home.clock.advance(3 * DAY)
        before = len(editions(home))
        publish_due(home.stages, waits)
        with polling:
            home.poll()  # which says at once that it asks, and stores what came of it at last
            publish_due(home.stages, waits)
        assert len(editions(home)) == before
        publish_due(home.stages, waits)
        assert len(editions(home)) == before + 1


def test_a_late_edition_does_not_wait_for_feeds_for_ever(config: Settings) -> None:
    with lived_in(with_digest(config, "07:00")) as home:
        waits = Waits(busy())
        home.tick()
        home.clock.advance(DAY)
        publish_due(home.stages, waits)
        assert editions(home) == []
        home.clock.advance(16 * MINUTE)
        publish_due(home.stages, waits)
        publish_due(home.stages, waits)
        assert len(editions(home)) == 1
        home.clock.advance(DAY)
        publish_due(home.stages, waits)
        assert len(editions(home)) == 1  # another day, another wait


def test_an_edition_in_time_does_not_wait(config: Settings) -> None:
    with lived_in(with_digest(config, "13:00")) as home:
        home.tick()
        home.clock.advance(HOUR + MINUTE)
        publish_due(home.stages, Waits(busy()))
        assert len(editions(home)) == 1


def test_an_edition_that_fails_rests_is_noted_and_costs_the_others_nothing(
    config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = replace(config.digests[0], at=time(13))
    both = replace(config, digests=(first, replace(first, name="Weekly")))
    with lived_in(both) as home:
        waits, tries = Waits(Lock()), []
        draft = monitor.pipeline.publish.draft_edition

        def fails(stages: Stages, digest: DigestSettings, slot: Slot | None = None) -> Draft:
            tries.append(digest.name)
            if digest.name == first.name and len(tries) < 20:
                raise ValueError("a bell\x07 in it")
            return draft(stages, digest, slot)

        monkeypatch.setattr("monitor.pipeline.publish.draft_edition", fails)
        home.poll()
        home.clock.advance(HOUR + MINUTE)
        for _ in range(450):
            publish_due(home.stages, waits)
            home.clock.advance(2 * SECOND)
        assert tries.count("Weekly") == 1
        assert tries.count(first.name) == 9  # after 0, 4, 12, 28, 60, 124, 252, 508, 808 seconds
        notes = home.stages.store.notes
        (note,) = notes.open()
        assert note.text.startswith("The edition of Daily could not be made: a bell in it. It is tried again")
        home.clock.advance(HOUR)
        for _ in range(20):
            publish_due(home.stages, waits)
            home.clock.advance(5 * MINUTE)
        assert notes.open() == ()
        assert len(editions(home)) == 2
        deliver_due(home.stages, home.unsettled)
        said = {("Weekly" in mail, "The edition of Daily could not be made" in mail) for mail in home.mails()}
        assert said == {(True, True), (False, False)}  # there is no operator, and Daily came at last


def test_a_note_on_a_digest_ends_when_that_leaves_the_config(config: Settings) -> None:
    with lived_in(config) as home:
        notes = home.stages.store.notes
        for name in ("Daily", "Gone"):
            notes.add(NoteKind.EDITION, name, f"The edition of {name} could not be made.", NOON)
        maintain_due(home.stages)
        assert [note.key for note in notes.open()] == ["Daily"]


def test_a_date_that_a_clock_ahead_gave_away_has_its_edition_under_another_name(config: Settings) -> None:
    with lived_in(with_digest(config, "13:00")) as home:
        home.clock.advance(DAY + 2 * HOUR)
        live(home, HOUR)
        home.clock.advance(-DAY)
        live(home, 2 * DAY)
        labels = [slot for _, slot in editions(home)]
        assert labels == ["2026-03-02", "2026-03-01", "2026-03-02-2", "2026-03-03"]
        assert len(set(home.mails())) == 4
        addresses = {path.name for path in home.stages.archive.folder.rglob("2026*.html")}
        assert addresses == {f"{label}.html" for label in labels}


def test_what_is_stored_while_an_edition_is_made_is_on_the_next_page_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = replace(TRUCE, id="more", text="Syria truce holds for a second day, say monitors in the town.")
    real = monitor.pipeline.publish.grouping
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss(TRUCE)))
        with lived_in(settings(tmp_path, [origin.url("/a")], origin.port)) as home:

            def meanwhile(store: Store, knows: HighWater | None = None) -> dict[int, int]:
                origin.serve("/a", reply(rss(TRUCE, more)))
                home.poll(origin.url("/a"))
                return real(store, knows)

            monkeypatch.setattr("monitor.pipeline.publish.grouping", meanwhile)
            home.poll()
            home.clock.advance(DAY)
            for _ in range(3):
                publish_due(home.stages)
                home.clock.advance(DAY)
            pages = sorted(home.stages.archive.folder.rglob("2026*.html"))
            named = [[f"post.example/{story.id}" in page.read_text() for story in (TRUCE, more)] for page in pages]
            assert named == [[True, False], [False, True], [False, False]]
