"""Notes to the operator: each told once while it is so, in a mail of its own; readers hear only what is theirs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest
from house import House, lived_in, settings, with_parts
from origin import Origin, reply, status
from outbox import ScriptedChannel, no, text_of
from simulated import NOON, SimulatedClock

from monitor.model.delivery import Delivery
from monitor.model.note import Note, NoteKind
from monitor.model.settings import OperatorSettings
from monitor.render import environment, render_notes
from monitor.resources import resource

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADMIN, ANN, BOB = "admin@home.example", "ann@reader.example", "bob@reader.example"


@contextmanager
def home_of(
    folder: Path, channel: ScriptedChannel, *urls: str, port: int = 80, operator: bool = True
) -> Iterator[House]:
    config = settings(folder, urls, port)
    digest = replace(config.digests[0], to=(ANN, BOB))
    told = OperatorSettings(to=(ADMIN,)) if operator else OperatorSettings()
    config = replace(config, mail=channel, digests=(digest,), operator=told)
    with lived_in(config, SimulatedClock()) as home:
        yield home


def live(home: House, span: timedelta, step: timedelta = HOUR) -> None:
    """Ticks, without asking any feed; every three hours, where days pass."""
    end = home.clock.now() + span
    while home.clock.now() < end:
        home.clock.advance(step if span < DAY else 3 * step)
        tick(home)


def tick(home: House) -> None:
    home.jobs.publisher.run()
    home.jobs.operator_notes.run()
    home.jobs.outbox.run()


def to(channel: ScriptedChannel, recipient: str) -> list[str]:
    """The texts that a recipient got."""
    return [text_of(each.body) for each in channel.accepted if each.recipient == recipient]


def test_what_is_noted_is_told_once_while_it_lasts_and_again_if_it_returns(tmp_path: Path) -> None:
    channel = ScriptedChannel()
    with home_of(tmp_path, channel) as home:
        notes = home.jobs.store.notes
        for _ in range(3):
            notes.add(NoteKind.TEMPLATE, "digest.html.j2", "The template digest.html.j2 has an error in line 7.", NOON)
            live(home, HOUR)
        assert [text.count("an error in line 7") for text in to(channel, ADMIN)] == [1]
        notes.over(NoteKind.TEMPLATE, "digest.html.j2", home.clock.now())
        live(home, HOUR)
        assert notes.open() == ()
        assert notes.add(NoteKind.TEMPLATE, "digest.html.j2", "It is back.", home.clock.now())
        assert not notes.add(NoteKind.TEMPLATE, "digest.html.j2", "It is back.", home.clock.now())
        live(home, HOUR)
        assert "It is back." in to(channel, ADMIN)[1]


def test_notes_are_gathered_so_that_mails_lie_an_hour_apart(tmp_path: Path) -> None:
    channel = ScriptedChannel()
    with home_of(tmp_path, channel) as home:
        for number in range(6):
            home.jobs.store.notes.add(NoteKind.DISK, f"{number}", f"Disk {number} is full.", home.clock.now())
            live(home, timedelta(minutes=10), step=timedelta(minutes=1))
        live(home, HOUR)
        first, rest = to(channel, ADMIN)
        assert "Disk 0 is full." in first
        assert [f"Disk {number} is full." in rest for number in range(6)] == [False, *[True] * 5]


def test_a_note_that_is_over_before_it_could_be_told_is_not_told(tmp_path: Path) -> None:
    channel = ScriptedChannel()
    with home_of(tmp_path, channel, operator=False) as home:
        home.jobs.store.notes.add(NoteKind.DISK, "/", "The disk is full.", NOON)
        live(home, HOUR)
        home.jobs.store.notes.over(NoteKind.DISK, "/", home.clock.now())
        tick(replace(home, jobs=with_parts(home.jobs, operator=OperatorSettings(to=(ADMIN,)))))
        assert to(channel, ADMIN) == []


def test_refused_recipients_and_dead_messages_are_told_to_the_operator_and_not_to_other_readers(tmp_path: Path) -> None:
    channel = ScriptedChannel(
        lambda each: no("recipient", 550, "no such user")(each) if each.recipient == BOB else "ok"
    )
    with home_of(tmp_path, channel) as home:
        live(home, 4 * DAY)
        told = " ".join(to(channel, ADMIN))
        assert told.count("Daily 2026-03-02 to bob@reader.example did not arrive: recipient: 550 no such user") == 1
        assert told.count("bob@reader.example gets no more mail, because three editions in a row were refused") == 1
        assert not any("bob" in text or "need a hand" in text for text in to(channel, ANN))


def test_without_an_operator_readers_hear_that_something_needs_a_hand_but_no_name(tmp_path: Path) -> None:
    channel = ScriptedChannel(
        lambda each: no("recipient", 550, "no such user")(each) if each.recipient == BOB else "ok"
    )
    with home_of(tmp_path, channel, operator=False) as home:
        home.jobs.store.notes.add(NoteKind.CONFIG, "x", "A new config was refused: line 3.", NOON)
        live(home, 2 * DAY)
        last = to(channel, ANN)[-1]
        assert "A new config was refused: line 3." in last
        assert "Deliveries that need attention: 1." in last
        assert "bob" not in last
        assert b"A new config was refused" in channel.accepted[-1].body.split(b"text/html")[1]


def test_a_mail_to_the_operator_that_is_refused_brings_no_further_notes(tmp_path: Path) -> None:
    channel = ScriptedChannel(no("recipient", 550, "no such user"))
    with home_of(tmp_path, channel) as home:
        home.jobs.store.notes.add(NoteKind.DISK, "/", "The disk is full.", NOON)
        live(home, 12 * HOUR)
        assert len(channel.tried) == 1
        (record,) = home.jobs.store.deliveries.records()
        assert (record.digest, record.recipient, record.state) == ("", ADMIN, "refused")


def test_a_note_is_told_exactly_once_though_the_server_was_away(tmp_path: Path) -> None:
    channel = ScriptedChannel(no("connect"))
    with home_of(tmp_path, channel) as home:
        home.jobs.store.notes.add(NoteKind.BACKUP, "", "No backup for three days.", NOON)
        live(home, 5 * HOUR)
        channel.answer = lambda _: "250 taken"
        live(home, 5 * HOUR)
        assert ["No backup" in text for text in to(channel, ADMIN)] == [True]


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


def failing(home: House, span: timedelta) -> None:
    end = home.clock.now() + span
    while home.clock.now() < end:
        home.clock.advance(3 * HOUR)
        home.tick()
        home.jobs.operator_notes.run()
        home.jobs.outbox.run()


def test_two_days_without_a_single_feed_are_one_alert_and_not_one_a_tick(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", status(500))
    origin.serve("/b", status(500))
    channel = ScriptedChannel()
    with home_of(tmp_path, channel, origin.url("/a"), origin.url("/b"), port=origin.port) as home:
        home.tick()
        failing(home, timedelta(hours=45))
        assert not any("No feed" in text for text in to(channel, ADMIN))
        failing(home, timedelta(hours=48))
        alerts = [text for text in to(channel, ADMIN) if "No feed could be read for 48 hours" in text]
        assert len(alerts) == 1


def test_readers_hear_which_feed_fails_and_the_operator_why(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/a", status(404))
    origin.serve("/b", reply(b"<rss version='2.0'><channel><title>B</title></channel></rss>"))
    channel = ScriptedChannel()
    with home_of(tmp_path, channel, origin.url("/a"), origin.url("/b"), port=origin.port) as home:
        home.tick()
        failing(home, 5 * DAY)
        reader, operator = to(channel, ANN)[-1], " ".join(to(channel, ADMIN))
        assert "127.0.0.1, since Sun 1 Mar" in reader
        assert "404" not in reader
        assert operator.count("has been failing since 2026-03-01") == 1
        assert "404" in operator


def test_the_mail_of_notes_is_plain_text_in_order_of_weight_with_a_subject_that_fits() -> None:
    kinds = (NoteKind.DISK, NoteKind.FEED, NoteKind.OUTAGE, NoteKind.FEED)
    notes = [note(number, kind) for number, kind in enumerate(kinds)]
    mail = render_notes(notes, environment([resource("templates")]), NOON)
    assert mail.subject == "[News Monitor] 4 notes: Nothing is read, Feeds, Disk"
    assert [line for line in mail.text.splitlines() if line.isupper()] == ["NOTHING IS READ", "FEEDS", "DISK"]
    assert [line.split()[-1] for line in mail.text.splitlines() if line.startswith(" * ")] == ["2.", "1.", "3.", "0."]
    assert mail.html == ""
    assert max(map(len, mail.text.splitlines())) <= 72


def note(number: int, kind: NoteKind, since: datetime = NOON) -> Note:
    return Note(id=number, kind=kind, key=f"{number}", text=f"This is note {number}.", since=since)


def test_its_headers_name_it_and_its_body_is_one_part(tmp_path: Path) -> None:
    channel = ScriptedChannel()
    with home_of(tmp_path, channel) as home:
        home.jobs.store.notes.add(NoteKind.DISK, "/", "The disk is full.", NOON)
        tick(home)
    message = parsed(channel.accepted[0])
    assert message["Subject"] == "[News Monitor] 1 note: Disk"
    assert message["List-Id"] == "<operator.monitor.example>"
    assert str(message["Message-ID"]).startswith("<operator.notes.1.")
    assert message.get_content_type() == "text/plain"


def parsed(delivery: Delivery) -> EmailMessage:
    return BytesParser(EmailMessage, policy=default).parsebytes(delivery.body)


def test_notes_that_are_long_over_are_forgotten(tmp_path: Path) -> None:
    with home_of(tmp_path, ScriptedChannel()) as home:
        notes = home.jobs.store.notes
        notes.sync(NoteKind.DISK, {"a": "A", "b": "B"}, NOON)
        notes.sync(NoteKind.DISK, {"b": "B"}, NOON)
        notes.forget(NOON + HOUR)
        assert [each.key for each in notes.open()] == ["b"]
