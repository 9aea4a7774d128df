"""The outbox and a mail server that misbehaves: what becomes of a delivery, how many copies come, who hears a password.

The server is a script over real sockets, the flow the real one; only the clock is simulated.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from house import House, lived_in, settings
from simulated import SimulatedClock
from smtp_server import HOST, PASSWORD, USERNAME, Answer, Authority, ScriptedServer

from monitor.deliver.mail.smtp import SmtpChannel
from monitor.model.settings import MailSettings, OnUnknown

DAY = timedelta(days=1)
READERS = ("ann@reader.example", "bob@reader.example", "cyd@reader.example")
PATIENCE = timedelta(seconds=5)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@contextmanager
def post(
    folder: Path, server: ScriptedServer, *recipients: str, on_unknown: OnUnknown = "resend", **channel: Any
) -> Iterator[House]:
    usual: dict[str, Any] = {"tls": "none", "command_timeout": PATIENCE, "reply_timeout": PATIENCE}
    mail = SmtpChannel(host=HOST, port=server.port, sender="monitor@news.example", **{**usual, **channel})
    config = settings(folder, [], 80)
    digest = replace(config.digests[0], to=recipients or READERS[:1])
    config = replace(config, mail=mail, digests=(digest,), mailing=MailSettings(on_unknown=on_unknown))
    with lived_in(config, SimulatedClock()) as home:
        home.clock.advance(timedelta(hours=19))
        tick(home)
        yield home


def tick(home: House) -> None:
    home.jobs.publisher.run()
    home.jobs.outbox.run()


def states(home: House) -> list[str]:
    return [str(each.state) for each in reversed(home.jobs.store.deliveries.records())]


CASES: list[tuple[str, dict[str, Answer], list[str], int]] = [
    # what the server does                            its answers                            then      copies
    ("takes nine minutes for the 250, scaled", {".": [b"", *[b""] * 9, b"250 ok\r\n"]}, ["sent"], 1),
    ("hangs up in the middle of the message", {"BODY": None}, ["queued"], 0),
    ("hangs up before the final 250", {".": None}, ["queued"], 1),
    ("hangs up after the final 250", {"QUIT": None}, ["sent"], 1),
    ("fails at QUIT", {"QUIT": b"500 what?\r\n"}, ["sent"], 1),
    ("is being shut down", {"": b"421 too busy\r\n"}, ["queued"], 0),
    ("is shut down in the middle", {"RCPT": b"421 going down\r\n"}, ["queued"], 0),
    ("greylists", {"RCPT": b"451 come back later\r\n"}, ["queued"], 0),
    ("refuses the recipient", {"RCPT": b"550 no such user\r\n"}, ["refused"], 0),
    ("wants a login", {"MAIL": b"530 log in first\r\n"}, ["queued"], 0),
    ("is not to be had", {"": None}, ["queued"], 0),
]


@pytest.mark.parametrize(("answers", "first", "copies"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_becomes_of_a_delivery_and_how_many_copies_arrive(
    tmp_path: Path, answers: dict[str, Answer], first: list[str], copies: int
) -> None:
    script = dict(answers)
    with ScriptedServer(script) as server, post(tmp_path, server) as home:
        assert (states(home), len(server.bodies)) == (first, copies)
        script.clear()
        home.clock.advance(timedelta(hours=2))
        tick(home)
        is_repeated = first == ["queued"]
        assert states(home) == (["sent"] if is_repeated else first)
        assert len(server.bodies) == copies + is_repeated
        assert len(set(server.bodies)) <= 1, "a repeat is the same, byte for byte"


def test_an_unknown_outcome_can_be_held_and_is_not_sent_again(tmp_path: Path) -> None:
    script: dict[str, Answer] = {".": None}
    with ScriptedServer(script) as server, post(tmp_path, server, on_unknown="hold") as home:
        script.clear()
        home.clock.advance(timedelta(hours=2))
        tick(home)
        assert (states(home), len(server.bodies)) == (["held"], 1)


def test_a_message_nobody_wants_goes_once_more_as_plain_text(tmp_path: Path) -> None:
    script: dict[str, Answer] = {".": b"554 looks like spam\r\n"}
    with ScriptedServer(script) as server, post(tmp_path, server) as home:
        assert states(home) == ["dead", "queued"]
        script.clear()
        tick(home)
        assert states(home) == ["dead", "sent"]
        html, plain = server.bodies
        assert (b"text/html" in html, b"text/html" in plain) == (True, False)


def test_one_recipient_of_three_is_refused_and_the_others_get_their_copy_once(tmp_path: Path) -> None:
    with (
        ScriptedServer({"RCPT TO:<bob": b"550 no such user\r\n"}) as server,
        post(tmp_path, server, *READERS) as home,
    ):
        home.clock.advance(timedelta(hours=2))
        tick(home)
        assert (states(home), len(server.bodies)) == (["sent", "refused", "sent"], 2)


def test_a_server_that_is_down_is_asked_once_for_all(tmp_path: Path) -> None:
    script: dict[str, Answer] = {"ehlo": b"421 too busy\r\n"}
    with ScriptedServer(script) as server, post(tmp_path, server, *READERS) as home:
        assert states(home) == ["queued"] * 3
        assert len([line for line in server.lines if line.startswith(b"ehlo")]) == 1
        script.clear()
        home.clock.advance(timedelta(minutes=5))
        tick(home)
        assert (states(home), len(server.bodies)) == (["sent"] * 3, 3)


NO_LOGIN: list[tuple[str, dict[str, Answer], str]] = [
    # what the server does             its answers                                           its certificate
    ("offers no STARTTLS", {"ehlo": b"250-plain\r\n250 AUTH PLAIN\r\n"}, ""),
    ("refuses STARTTLS", {"STARTTLS": b"454 not now\r\n"}, ""),
    ("slips in an answer after STARTTLS", {"STARTTLS": b"220 go on\r\n250-in the clear\r\n250 AUTH PLAIN\r\n"}, ""),
    ("hangs up after STARTTLS", {"STARTTLS": None}, ""),
    ("has an expired certificate", {}, "expired"),
    ("has somebody else's certificate", {}, "wrong_name"),
    ("has a certificate of its own making", {}, "self_signed"),
    ("has a certificate of a stranger", {}, "stranger"),
]


@pytest.mark.parametrize(
    ("answers", "certificate"), [case[1:] for case in NO_LOGIN], ids=[case[0] for case in NO_LOGIN]
)
def test_a_server_that_has_not_proved_itself_hears_no_password(
    tmp_path: Path, authority: Authority, answers: dict[str, Answer], certificate: str
) -> None:
    context = getattr(authority, certificate) if certificate else None
    login: dict[str, Any] = {
        "tls": "starttls",
        "ca_file": authority.ca_file,
        "username": USERNAME,
        "password": PASSWORD,
    }
    with ScriptedServer(answers, tls=context) as server, post(tmp_path, server, **login) as home:
        home.clock.advance(10 * DAY)
        tick(home)
        assert set(states(home)) == {"queued"}
        assert not server.said("AUTH")
        assert (server.bodies, PASSWORD.encode() in b"".join(server.lines)) == ([], False)
        assert {each.answer.partition(":")[0] for each in home.jobs.store.deliveries.records()} == {"tls"}


def test_a_wrong_password_is_ours_to_mend_and_costs_no_edition(tmp_path: Path, authority: Authority) -> None:
    script: dict[str, Answer] = {"AUTH": b"535 5.7.8 bad credentials\r\n"}
    login: dict[str, Any] = {
        "tls": "starttls",
        "ca_file": authority.ca_file,
        "username": USERNAME,
        "password": PASSWORD,
    }
    with ScriptedServer(script, tls=authority.good) as server, post(tmp_path, server, *READERS, **login) as home:
        assert states(home) == ["queued"] * 3
        assert len([line for line in server.lines if line.startswith(b"AUTH")]) == 1
        script.clear()
        home.clock.advance(timedelta(hours=1))
        tick(home)
        assert (states(home), len(server.bodies)) == (["sent"] * 3, 3)
