"""Slots as they are lived: clocks that jump, sleep and are edited, and editions made by hand (rules D1 to D3)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from house import House, Story, lived_in, rss, send_now, settings
from origin import Origin, reply
from simulated import NOON, SimulatedClock

from monitor.config import Settings
from monitor.jobs.editor import Draft, Editor
from monitor.jobs.grouping import grouping
from monitor.jobs.publish_gate import PublishGate
from monitor.model.edition_input import HighWater, Slot
from monitor.model.ids import ArticleId, EditionId, StoryId
from monitor.model.note import NoteKind
from monitor.model.settings import DigestSettings
from monitor.store import Store

pytestmark = pytest.mark.whole

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TRUCE = Story(id="truce", title="Syria truce holds", at=NOON)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss(TRUCE)))
        yield origin


@pytest.fixture
def config(tmp_path: Path, origin: Origin) -> Settings:
    return settings(tmp_path, [origin.url("/a")], origin.port)


def with_digest(config: Settings, at: str, zone: str = "UTC") -> Settings:
    """At one time of day, or at several with blanks between."""
    times = tuple(map(time.fromisoformat, at.split()))
    return replace(config, digests=(replace(config.digests[0], at=times, timezone=zone),))


def live(home: House, span: timedelta) -> None:
    """A first tick, which polls, and then those of publishing and delivering, hour by hour."""
    home.tick()
    end = home.clock.now() + span
    while home.clock.now() < end:
        home.clock.advance(HOUR)
        home.jobs.publisher.run()
        home.jobs.outbox.run()


def editions(home: House) -> list[tuple[str, str]]:
    """(kind, slot) of all editions, oldest first."""
    with home.jobs.store.database.read() as connection:
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
        send_now(home.jobs, home.jobs.publisher.digests[0])
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
        gate = PublishGate(polling, home.jobs.poller.due)
        home.tick()
        home.clock.advance(DAY)
        home.tick()
        home.clock.advance(3 * DAY)
        before = len(editions(home))
        home.jobs.publisher.run(gate)
        with polling:
            home.poll()  # which says at once that it asks, and stores what came of it at last
            home.jobs.publisher.run(gate)
        assert len(editions(home)) == before
        home.jobs.publisher.run(gate)
        assert len(editions(home)) == before + 1


def test_a_late_edition_does_not_wait_for_feeds_for_ever(config: Settings) -> None:
    with lived_in(with_digest(config, "07:00")) as home:
        gate = PublishGate(busy(), home.jobs.poller.due)
        home.tick()
        home.clock.advance(DAY)
        home.jobs.publisher.run(gate)
        assert editions(home) == []
        home.clock.advance(16 * MINUTE)
        home.jobs.publisher.run(gate)
        home.jobs.publisher.run(gate)
        assert len(editions(home)) == 1
        home.clock.advance(DAY)
        home.jobs.publisher.run(gate)
        assert len(editions(home)) == 1  # another day, another wait


def test_an_edition_in_time_does_not_wait(config: Settings) -> None:
    with lived_in(with_digest(config, "13:00")) as home:
        gate = PublishGate(busy(), home.jobs.poller.due)
        home.tick()
        for _ in range(60):
            home.clock.advance(MINUTE)
            home.jobs.publisher.run(gate)
        assert len(editions(home)) == 1


@pytest.mark.parametrize("woken", [-10, 0, 20, 60, 600], ids=lambda seconds: f"{seconds} s after")
def test_a_machine_that_wakes_about_the_time_of_an_edition_reads_its_feeds_first(
    woken: int, config: Settings, origin: Origin
) -> None:
    talks = Story(id="talks", title="Syria truce talks resume")
    with lived_in(with_digest(config, "21:00")) as home:
        gate = PublishGate(Lock(), home.jobs.poller.due)
        home.tick()
        home.clock.advance(2 * SECOND)
        home.jobs.publisher.run(gate)
        origin.serve("/a", reply(rss(talks, TRUCE)))
        home.clock.moment = NOON.replace(hour=21) + woken * SECOND
        for _ in range(10):
            home.jobs.publisher.run(gate)  # the first poll is not over yet
            home.clock.advance(2 * SECOND)
        assert editions(home) == []
        home.refresh()
        home.jobs.publisher.run(gate)
        home.jobs.outbox.run()
        assert talks.title in home.mails()[0]


def test_a_machine_that_wakes_before_its_network_waits_for_it_a_quarter_of_an_hour(config: Settings) -> None:
    is_cut_off = True
    with lived_in(with_digest(config, "21:00")) as home:
        gate = PublishGate(Lock(), lambda _: (), lambda: is_cut_off)
        home.tick()
        home.clock.moment = NOON.replace(hour=21) + 20 * SECOND
        home.jobs.publisher.run(gate)
        assert editions(home) == []
        is_cut_off = False
        home.jobs.publisher.run(gate)
        assert len(editions(home)) == 1
        is_cut_off = True
        home.clock.advance(DAY)
        for _ in range(20):
            home.jobs.publisher.run(gate)
            home.clock.advance(MINUTE)
        assert len(editions(home)) == 2


def test_a_machine_that_wakes_waits_for_no_feed_that_wants_to_sleep(config: Settings, origin: Origin) -> None:
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(20, 24))
    document = rss(TRUCE).replace(b"<item>", f"<skipHours>{hours}</skipHours><item>".encode(), 1)
    origin.serve("/a", reply(document))
    with lived_in(with_digest(config, "21:00")) as home:
        gate = PublishGate(Lock(), home.jobs.poller.due)
        home.tick()
        home.clock.moment = NOON.replace(hour=21) + 20 * SECOND
        home.jobs.publisher.run(gate)
        assert len(editions(home)) == 1


def test_an_edition_that_fails_rests_is_noted_and_costs_the_others_nothing(
    config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = replace(config.digests[0], at=time(13))
    both = replace(config, digests=(first, replace(first, name="Weekly")))
    with lived_in(both) as home:
        gate, tries = PublishGate(Lock(), home.jobs.poller.due), []
        draft = Editor.draft

        def fails(editor: Editor, digest: DigestSettings, slot: Slot | None = None, **how: Any) -> Draft:
            tries.append(digest.name)
            if digest.name == first.name and len(tries) < 20:
                raise ValueError("a bell\x07 in it")
            return draft(editor, digest, slot, **how)

        monkeypatch.setattr(Editor, "draft", fails)
        home.poll()
        for _ in range(60):
            home.jobs.publisher.run(gate)
            home.clock.advance(MINUTE)
        for _ in range(450):
            home.jobs.publisher.run(gate)
            home.clock.advance(2 * SECOND)
        assert tries.count("Weekly") == 1
        assert tries.count(first.name) == 9  # after 0, 4, 12, 28, 60, 124, 252, 508, 808 seconds
        notes = home.jobs.store.notes
        (note,) = notes.open()
        assert note.text.startswith("The edition of Daily could not be made: a bell in it. It will be tried again")
        home.clock.advance(HOUR)
        for _ in range(20):
            home.jobs.publisher.run(gate)
            home.clock.advance(5 * MINUTE)
        assert notes.open() == ()
        assert len(editions(home)) == 2
        home.jobs.outbox.run()
        said = {("Weekly" in mail, "The edition of Daily could not be made" in mail) for mail in home.mails()}
        assert said == {(True, True), (False, False)}  # there is no operator, and Daily came at last


def test_a_note_on_a_digest_ends_when_that_leaves_the_config(config: Settings) -> None:
    with lived_in(config) as home:
        notes = home.jobs.store.notes
        for name in ("Daily", "Gone"):
            notes.add(NoteKind.EDITION, name, f"The edition of {name} could not be made.", NOON)
        home.jobs.keeper.run()
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
        addresses = {path.name for path in home.jobs.publisher.archive_writer.archive.folder.rglob("2026*.html")}
        assert addresses == {f"{label}.html" for label in labels}


def test_what_is_stored_while_an_edition_is_made_is_on_the_next_page_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = replace(TRUCE, id="more", text="Syria truce holds for a second day, say monitors in the town.")
    real = grouping
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss(TRUCE)))
        with lived_in(settings(tmp_path, [origin.url("/a")], origin.port)) as home:

            def meanwhile(store: Store, knows: HighWater | None = None, **how: Any) -> dict[ArticleId, StoryId]:
                origin.serve("/a", reply(rss(TRUCE, more)))
                home.poll(origin.url("/a"))
                return real(store, knows, **how)

            monkeypatch.setattr("monitor.jobs.editor.grouping", meanwhile)
            home.poll()
            home.clock.advance(DAY)
            for _ in range(3):
                home.jobs.publisher.run()
                home.clock.advance(DAY)
            pages = sorted(home.jobs.publisher.archive_writer.archive.folder.rglob("2026*.html"))
            named = [[f"post.example/{story.id}" in page.read_text() for story in (TRUCE, more)] for page in pages]
            assert named == [[True, False], [False, True], [False, False]]


TWICE = "07:00 18:00"
"""The clock of these tests begins at noon of 1 March."""


def test_two_times_are_two_editions_a_day_and_no_story_is_in_both(tmp_path: Path) -> None:
    """What came by the morning is in that edition, what came since in the evening's, and what was told in neither."""
    night, day = (replace(TRUCE, id=name, title=f"Syria truce: {name}") for name in ("baker", "ferry"))
    with Origin("127.0.0.1") as origin:
        config = with_digest(settings(tmp_path, [origin.url("/a")], origin.port), TWICE)
        origin.serve("/a", reply(rss(TRUCE)))
        with lived_in(config) as home:
            home.tick()
            for moment, news in (
                ("18:00", (TRUCE, night)),
                ("07:00", (TRUCE, night, day)),
                ("18:00", (TRUCE, night, day)),
            ):
                home.clock.advance(_until(home, moment))
                home.jobs.publisher.run()
                home.jobs.outbox.run()
                origin.serve("/a", reply(rss(*news)))
                home.poll(origin.url("/a"))
            assert editions(home) == [
                ("scheduled", "2026-03-01T18:00"),
                ("scheduled", "2026-03-02T07:00"),
                ("scheduled", "2026-03-02T18:00"),
            ]
            mails = home.mails()
            assert [[story.title in mail for story in (TRUCE, night, day)] for mail in mails] == [
                [True, False, False],
                [False, True, False],
                [False, False, True],
            ]
            assert "Sunday 1 March 2026, 18:00 UTC" in mails[0]
            assert "Next edition Mon 2 Mar, 07:00." in mails[0]
            assert "Next edition Mon 2 Mar, 18:00." in mails[1]
            subjects = [each.subject.split(":")[0] for each in home.jobs.store.editions.all()]
            assert subjects == ["[Daily] Mon 2 Mar 18", "[Daily] Mon 2 Mar 07", "[Daily] Sun 1 Mar 18"]
            pages = sorted(path.name for path in home.jobs.publisher.archive_writer.archive.folder.rglob("2026*.html"))
            assert pages == ["2026-03-01T1800.html", "2026-03-02T0700.html", "2026-03-02T1800.html"]
            index = (home.jobs.publisher.archive_writer.archive.folder / "index.html").read_text()
            assert "Mon 2 Mar, 18:00</bdi></a>" in index
            assert "Mon 2 Mar, 07:00</bdi></a>" in index
            ids = {
                each.message_id
                for number in (1, 2, 3)
                for each in home.jobs.store.deliveries.of_edition(EditionId(number))
            }
            assert len(ids) == 3


def _until(home: House, at: str) -> timedelta:
    """How long it is until the clock shows this."""
    now = home.clock.now()
    due = datetime.combine(now.date(), time.fromisoformat(at), UTC)
    return (due if due > now else due + DAY) - now


def test_after_downtime_the_evening_edition_stands_for_what_was_missed_and_says_so(config: Settings) -> None:
    clock = SimulatedClock()
    with lived_in(with_digest(config, TWICE), clock) as home:
        live(home, 7 * HOUR)
        assert editions(home) == [("scheduled", "2026-03-01T18:00")]
    clock.advance(24 * HOUR)
    with lived_in(with_digest(config, TWICE), clock) as home:
        live(home, 13 * HOUR)
        assert [slot for _, slot in editions(home)] == ["2026-03-01T18:00", "2026-03-02T18:00", "2026-03-03T07:00"]
        said = [" ".join(mail.split()) for mail in home.mails()]
        missed = "There was none of Mon 2 Mar, 07:00: the monitor was not running, or could not make one."
        assert [missed in words for words in said] == [False, True, False]
        assert taken(home) == [("2026-03-01", 2), ("2026-03-02", 1), ("2026-03-02", 2), ("2026-03-03", 1)]


def taken(home: House) -> list[tuple[str, int]]:
    with home.jobs.store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT day, ordinal FROM slots ORDER BY day, ordinal").all()
    return [(row.day, row.ordinal) for row in rows]


@pytest.mark.parametrize(
    ("old", "new", "slots"),
    [
        pytest.param("07:00", TWICE, ["02", "02T18:00", "03T07:00"], marks=pytest.mark.simulate),
        ("07:00", "06:00 07:00 18:00", ["02", "02T18:00", "03T06:00", "03T07:00"]),
        pytest.param(TWICE, "07:00", ["01T18:00", "02T07:00", "03"], marks=pytest.mark.simulate),
        pytest.param(
            *(TWICE, "06:30 19:00", ["01T18:00", "02T07:00", "02T19:00", "03T06:30"]), marks=pytest.mark.simulate
        ),
        (TWICE, "05:00 06:00 06:30 18:00", ["01T18:00", "02T07:00", "02T18:00", "03T05:00", "03T06:00", "03T06:30"]),
    ],
)
def test_times_edited_after_the_morning_bring_nothing_twice(
    config: Settings, old: str, new: str, slots: list[str]
) -> None:
    clock = SimulatedClock()
    with lived_in(with_digest(config, old), clock) as home:
        live(home, 20 * HOUR)
    with lived_in(with_digest(config, new), clock) as home:
        live(home, 24 * HOUR)
        assert [slot for _, slot in editions(home)] == [f"2026-03-{slot}" for slot in slots]
        assert sum(TRUCE.title in mail for mail in home.mails()) == 1


def test_an_edition_that_would_have_the_name_of_another_gets_a_number(config: Settings) -> None:
    """Both editions of the day went out, and then the digest moves to where it is still morning, with a third time."""
    clock = SimulatedClock()
    with lived_in(with_digest(config, TWICE), clock) as home:
        live(home, 31 * HOUR)
    with lived_in(with_digest(config, "07:00 12:00 18:00", "America/New_York"), clock) as home:
        live(home, 6 * HOUR)
        assert [slot for _, slot in editions(home)][-2:] == ["2026-03-02T18:00", "2026-03-02T18:00-2"]
        assert len(set(home.mails())) == 4


def test_a_preview_of_the_evening_is_what_is_sent(config: Settings) -> None:
    with lived_in(with_digest(config, TWICE)) as home:
        home.tick()
        draft = home.jobs.publisher.editor.preview(home.jobs.publisher.digests[0])
        assert draft.edition.slot == "2026-03-01T18:00"
        live(home, 7 * HOUR)
        (sent,) = home.jobs.store.deliveries.of_edition(EditionId(1))
        assert sent.body == home.jobs.publisher.channel.compose(draft.letters[0])


def test_two_who_publish_the_same_slot_make_one_edition(config: Settings) -> None:
    """The second may know the name of the first by then, and may not take another for that."""
    with lived_in(with_digest(config, TWICE)) as home:
        home.tick()
        home.clock.advance(7 * HOUR)
        slot = Slot(day=date(2026, 3, 1), ordinal=2, at=time(18), due_at=NOON + 6 * HOUR)
        assert home.jobs.publisher.publish(home.jobs.publisher.digests[0], slot) is not None
        assert home.jobs.publisher.publish(home.jobs.publisher.digests[0], slot) is None
        assert editions(home) == [("scheduled", "2026-03-01T18:00")]
