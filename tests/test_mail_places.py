"""No mail that leaves the machine names a place that its reader cannot open; commands say what is missing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Literal

import pytest
from editions import ordinary_day, roll_up
from house import Story, lived_in, rss, settings
from origin import Origin, reply
from outbox import ScriptedChannel, no
from simulated import NOON

from monitor.config import check, load
from monitor.deliver import KINDS, Channel, is_local
from monitor.deliver.mail.maildir import MaildirChannel
from monitor.health.doctor import Level, examined
from monitor.jobs.public_addresses import without_paths
from monitor.model.edition import Missed
from monitor.model.note import NoteKind
from monitor.model.settings import OperatorSettings
from monitor.render import environment, render
from monitor.resources import resource

DAY = timedelta(days=1)
TRUCE = Story(id="truce", title="Syria truce holds", text="Quiet in Aleppo.", at=NOON)
URL = "https://news.example.org/archive"
SMTP = '[mail]\nkind = "smtp"\nhost = "mail.example"\nsender = "News <news@b.example>"\n'
REST = """
[[feeds]]
url = "https://post.example/feed"
[[topics]]
name = "Anything"
[[digests]]
name = "Daily"
to = ["you@reader.example"]
"""


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("not made: /var/lib/news/backups: no space left", "not made: backups: no space left"),
        ("see file:///srv/news/archive/Daily/2016-09-21.html.", "see 2016-09-21.html."),
        ("~/news/config.toml:11: digests[0]: unknown key", "config.toml:11: digests[0]: unknown key"),
        ('database "/home/ann/my news/news.db" is empty', 'database "news.db" is empty'),
        ("cannot write to the Maildir /home/ann/my news/maildir: full", "cannot write to the Maildir maildir: full"),
        ("(/data/news.db, /data)", "(news.db, data)"),
        ("https://a.example/b/c/d.xml fails: HTTP 404", "https://a.example/b/c/d.xml fails: HTTP 404"),
        ("http://[::1]:8080/b/c and http://a.example:81/b/c", "http://[::1]:8080/b/c and http://a.example:81/b/c"),
        ("https://a.example/?to=/b/c", "https://a.example/?to=/b/c"),
        ("and/or, 24/7, 1/2/2016, km/h, 停戦/和平", "and/or, 24/7, 1/2/2016, km/h, 停戦/和平"),
    ],
)  # fmt: skip
def test_of_a_path_only_the_last_name_is_said(said: str, heard: str) -> None:
    assert without_paths(said, [Path("/home/ann/my news"), Path("/data"), Path("/")]) == heard


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss(TRUCE)))
        yield origin


SLOW = (("news", ""), ("roll-up", URL))


def said_in(body: bytes) -> str:
    """All parts of a message, decoded, with their headers."""
    parts = [part for part in message_from_bytes(body, policy=default).walk() if not part.is_multipart()]
    return "\n".join(f"{part.items()}\n{part.get_content()}" for part in parts)


@pytest.mark.parametrize(
    ("kind", "url"),
    [("news", URL), ("roll-up", ""), *(pytest.param(*each, marks=pytest.mark.simulate) for each in SLOW)],
)
def test_mails_that_leave_the_machine_name_no_place_of_it(
    tmp_path: Path, origin: Origin, url: str, kind: Literal["news", "roll-up"]
) -> None:
    channel = ScriptedChannel(no("data", 554, "see /var/log/mail/refused.log"))
    plain = settings(tmp_path / "my news", [origin.url("/a")], origin.port)
    storage = replace(plain.storage, archive_url=url)
    digest = replace(plain.digests[0], kind=kind, days=tuple(range(7)))
    with lived_in(replace(plain, mail=channel, storage=storage, digests=(digest,))) as home:
        problem = f"No backup could be made: {home.folder / 'backups'}: no space left"
        home.jobs.store.notes.add(NoteKind.BACKUP, "x", problem, home.clock.now())
        home.live(DAY)
        channel.answer = lambda _: "250 taken"
        home.live(DAY)
        bodies = [each.body for each in channel.tried]
        assert len(bodies) >= 3
        texts = [said_in(body) for body in bodies]
        named = "could not be delivered to you: data: 554 see refused[.]log"
        assert any(named in " ".join(text.split()) for text in texts) == (kind == "news")
        for text in texts:
            assert "file:/" not in text
            assert str(tmp_path) not in text
            assert "my news" not in text
            assert "/var" not in text
            assert "backups: no space left" in " ".join(text.split())
            assert (URL in text) == bool(url)


def test_the_edition_in_a_letter_names_no_place_of_this_machine_either(tmp_path: Path, origin: Origin) -> None:
    plain = settings(tmp_path, [origin.url("/a")], origin.port)
    with lived_in(replace(plain, mail=ScriptedChannel())) as home:
        problem = f"No backup could be made: {home.folder / 'backups'}: no space left"
        home.jobs.store.notes.add(NoteKind.BACKUP, "x", problem, home.clock.now())
        (letter,) = home.jobs.publisher.editor.draft(plain.digests[0]).letters
        assert letter.edition is not None
        assert "No backup could be made: backups: no space left" in letter.edition.coverage.notes
        assert str(tmp_path) not in repr(letter.edition)


def test_notes_to_the_operator_name_files_by_their_last_name(tmp_path: Path, origin: Origin) -> None:
    channel = ScriptedChannel()
    plain = settings(tmp_path, [origin.url("/a")], origin.port)
    with lived_in(replace(plain, mail=channel, operator=OperatorSettings(to=("me@reader.example",)))) as home:
        for kind in (NoteKind.BACKUP, NoteKind.CONFIG, NoteKind.DATABASE, NoteKind.EDITION):
            home.jobs.store.notes.add(kind, "x", f"Trouble with {home.folder}/deep/thing.{kind}", home.clock.now())
        home.jobs.operator_notes.run()
        home.tick()
        (note,) = (each for each in channel.tried if each.edition_id is None)
        assert str(tmp_path).encode() not in note.body
        assert b"Trouble with thing.backup" in note.body


def test_mails_in_the_maildir_of_this_machine_say_where_their_page_is(tmp_path: Path, origin: Origin) -> None:
    with lived_in(settings(tmp_path, [origin.url("/a")], origin.port)) as home:
        home.live(DAY)
        assert (tmp_path / "archive" / "Daily" / "2026-03-02.html").as_uri() in home.mails()[0]


def test_only_the_maildir_is_local() -> None:
    assert {kind for kind, channel in KINDS.items() if getattr(channel, "is_local", False)} == {"maildir"}
    maildir: Channel = MaildirChannel(folder=Path("x"))
    assert is_local(maildir)
    assert not is_local(ScriptedChannel())


@pytest.mark.parametrize("edition", [ordinary_day, roll_up])
def test_a_mail_without_an_archive_page_offers_none(edition: object) -> None:
    assert callable(edition)
    missed = [Missed(dated=NOON, reason="554 spam", page="") for _ in range(7)]
    mail = render(edition(), environment([resource("templates")]), missed=missed)
    for part in (mail.text, mail.html):
        assert "archive" not in part
        assert "All of" not in part


@pytest.mark.parametrize(
    ("mail", "storage", "is_missing"),
    [("", "", False), (SMTP, "", True), (SMTP, f'[storage]\narchive_url = "{URL}"\n', False)],
)
def test_check_and_doctor_say_that_the_address_is_missing(
    tmp_path: Path, mail: str, storage: str, *, is_missing: bool
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(REST + (storage or f'[storage]\nfolder = "{tmp_path}"\n') + mail)
    warnings = [problem for problem in check(config, {}) if "archive_url is not set" in problem.message]
    assert [problem.is_warning for problem in warnings] == [True] * is_missing
    (finding,) = (each for each in examined(load(config, {}), NOON, is_offline=True) if each.about == "archive")
    assert (finding.level is Level.WARNING, "archive_url" in finding.advice) == (is_missing, is_missing)
