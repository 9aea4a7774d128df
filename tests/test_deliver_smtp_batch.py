"""Several messages in one SMTP session: one login, and whatever a server does to the session costs no other message."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from outbox import delivery
from smtp_server import PASSWORD, USERNAME, Answer, Authority, ScriptedServer, mail_server
from test_deliver_smtp import channel

from monitor.deliver import sender_of_batch
from monitor.deliver.mail.smtp_batch import is_of_session
from monitor.errors import DeliveryError
from monitor.policy.retry import scope

Decide = Callable[["Moody", str], Any]
NAMES = ("a", "b", "c", "d")
USUAL = object()


@dataclass
class Moody(ScriptedServer):
    """`decide` says what comes instead of the usual answer to a command; `session` and `message` are counted from 1."""

    decide: Decide = lambda _server, _command: USUAL
    session: int = 0
    message: int = 0
    recipients: list[str] = field(default_factory=list)
    """Of the messages that were taken whole."""
    recipient: str = ""

    def _answer(self, sock: socket.socket, command: str, usual: Answer) -> bool:
        if not command:
            self.session, self.message = self.session + 1, 0
        self.message += command.startswith("MAIL")
        if command.startswith("RCPT"):
            self.recipient = command.partition("<")[2].partition("@")[0]
        if command == ".":
            self.recipients.append(self.recipient)
        found = self.decide(self, command)
        return super()._answer(sock, command, usual if found is USUAL else found)


def sent(decide: Decide) -> tuple[Moody, dict[str, DeliveryError]]:
    """What a server got of four messages, and which of them failed."""
    failed = {}
    with Moody(decide=decide) as server, sender_of_batch(channel(server.port)) as send:
        for name in NAMES:
            try:
                send(delivery(recipient=f"{name}@home.example"))
            except DeliveryError as error:
                failed[name] = error
    return server, failed


def test_a_batch_logs_in_once(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with mail_server(starttls=authority.good, login=True) as server:
        post = channel(server.port, tls="starttls", ca_file=authority.ca_file, username=USERNAME, password=PASSWORD)
        with sender_of_batch(post) as send:
            for name in NAMES:
                send(delivery(recipient=f"{name}@home.example"))
    assert len(server.logins) == 1
    assert [recipient for _, recipient, _ in server.messages] == [f"{name}@home.example" for name in NAMES]


def test_the_session_ends_with_the_batch() -> None:
    server, failed = sent(lambda _server, _command: USUAL)
    assert (server.session, server.recipients, failed) == (1, [*NAMES], {})
    assert server.lines[-1] == b"QUIT\r\n"


def at(message: int, verb: str, what: Any, session: int = 1) -> Decide:
    """This instead of the usual answer, once."""

    def decide(server: Moody, command: str) -> Any:
        is_there = (server.session, server.message) == (session, message) and command.split(" ", maxsplit=1)[0] == verb
        return what if is_there else USUAL

    return decide


@pytest.mark.parametrize(
    "decide",
    [
        at(2, "MAIL", None),
        at(2, "MAIL", b"421 4.4.2 idle for too long\r\n"),
        at(2, "MAIL", b"452 4.5.3 too many messages in this session\r\n"),
        at(2, "MAIL", b"550 5.7.0 that was enough\r\n"),
        at(2, "RCPT", None),
        at(2, "RCPT", b"421 too many\r\n"),
        at(2, "RCPT", b"503 bad sequence\r\n"),
        at(2, "RCPT", b"gibberish\r\n"),
        at(2, "DATA", None),
        at(2, "DATA", b"421 too many\r\n"),
        at(2, ".", b"421 not this one, and I close\r\n"),
    ],
)
def test_what_was_not_accepted_because_of_its_session_goes_out_in_a_new_one_at_once(decide: Decide) -> None:
    server, failed = sent(decide)
    assert failed == {}
    assert [name for name in NAMES if name in server.recipients] == [*NAMES]
    assert (server.session, len(server.bodies) - len(NAMES)) in {(2, 0), (2, 1)}


def test_a_server_that_takes_two_messages_a_session_takes_all() -> None:
    server, failed = sent(lambda server, command: None if server.message == 3 and command.startswith("MAIL") else USUAL)
    assert (server.session, server.recipients, failed) == (2, [*NAMES], {})


@pytest.mark.parametrize(
    ("decide", "stage", "unknown"),
    [
        (at(2, "RCPT", b"550 no such user\r\n"), "recipient", False),
        (at(2, "RCPT", b"450 greylisted\r\n"), "recipient", False),
        (at(2, "DATA", b"451 later\r\n"), "data", False),
        (at(2, ".", b"554 looks like spam\r\n"), "data", False),
        (at(2, ".", b"451 later\r\n"), "data", False),
        (at(2, ".", None), "data", True),
        (at(2, ".", b"gibberish\r\n"), "data", True),
    ],
)
def test_what_a_server_says_of_a_message_is_believed_and_the_others_get_a_new_session(
    decide: Decide, stage: str, *, unknown: bool
) -> None:
    """Of unknown fate it is not sent once more here: whether it is, is the owner's to say."""
    server, failed = sent(decide)
    assert list(failed) == ["b"]
    assert (failed["b"].stage, failed["b"].unknown) == (stage, unknown)
    assert (server.session, [name for name in server.recipients if name != "b"]) == (2, ["a", "c", "d"])
    assert server.recipients.count("b") <= 1


def test_a_failure_in_a_new_session_is_the_servers_and_is_tried_once() -> None:
    server, failed = sent(lambda server, command: None if command.startswith("MAIL") else USUAL)
    assert (server.session, list(failed), server.recipients) == (4, [*NAMES], [])
    assert {scope(error) for error in failed.values()} == {"server"}


def test_a_login_that_fails_in_the_second_session_is_said(tmp_path: Path) -> None:
    authority = Authority(tmp_path)

    def decide(server: Moody, command: str) -> Any:
        if server.session == 1 and server.message == 2:
            return None
        return b"535 no longer\r\n" if server.session == 2 and command.startswith("AUTH") else USUAL

    with Moody(decide=decide, tls=authority.good) as server:
        post = channel(server.port, tls="starttls", ca_file=authority.ca_file, username=USERNAME, password=PASSWORD)
        with sender_of_batch(post) as send:
            send(delivery(recipient="a@home.example"))
            with pytest.raises(DeliveryError) as error:
                send(delivery(recipient="b@home.example"))
    assert (error.value.stage, error.value.code) == ("login", 535)


@pytest.mark.parametrize(
    ("error", "is_its"),
    [
        (DeliveryError(stage="data", answer="closed"), True),
        (DeliveryError(stage="data", answer="closed", unknown=True), False),
        (DeliveryError(stage="recipient", answer="no SMTPUTF8", permanent=True), False),
        (DeliveryError(stage="sender", code=550, answer="enough", permanent=True), True),
        (DeliveryError(stage="recipient", code=550, answer="no such user", permanent=True), False),
        (DeliveryError(stage="data", code=-1, answer="?"), True),
    ],
)
def test_which_failures_are_the_sessions(error: DeliveryError, *, is_its: bool) -> None:
    assert is_of_session(error) is is_its


def test_an_address_beyond_ascii_changes_nothing_for_the_next_one() -> None:
    offer = b"250-scripted\r\n250 SMTPUTF8\r\n"
    with Moody(decide=lambda _, command: offer if command.startswith("ehlo") else USUAL) as server:
        with sender_of_batch(channel(server.port)) as send:
            send(delivery(recipient="jörg@home.example"))
            send(delivery(recipient="a@home.example"))
        options = [line.partition(b">")[2].strip() for line in server.lines if line.startswith(b"MAIL")]
    assert (server.session, options) == (1, [b"SMTPUTF8", b""])
