"""The SMTP channel against a real server, and against servers that are broken, hostile or somebody else."""

import itertools
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from outbox import BODY, delivery
from smtp_server import HOST, PASSWORD, USERNAME, Answer, Authority, ScriptedServer, free_port, mail_server

from monitor.deliver import sender_of_batch
from monitor.deliver.mail.replies import ANSWER_CHARACTERS, reply_text
from monitor.deliver.mail.smtp import SmtpChannel
from monitor.deliver.mail.smtp_batch import MOST_MESSAGES
from monitor.deliver.mail.smtp_session import MailServer
from monitor.errors import DeliveryError
from monitor.model.delivery import Delivery

SENDER = "News Monitor <monitor@news.example>"
NOT_RESOLVED = "fe80::1%no-such-link"
LOGIN = {"username": USERNAME, "password": PASSWORD}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def channel(port: int, **settings: Any) -> SmtpChannel:
    seconds = timedelta(seconds=5)
    usual = {"host": HOST, "sender": SENDER, "tls": "none", "command_timeout": seconds, "reply_timeout": seconds}
    return SmtpChannel(port=port, **{**usual, **settings})


def failure(sender: SmtpChannel, what: Delivery | None = None) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        sender.send(what or delivery())
    return caught.value


# ---- a real server


def test_the_stored_bytes_arrive_exactly_and_the_last_answer_comes_back() -> None:
    with mail_server() as server:
        assert channel(server.port).send(delivery()) == "250 queued as 1"
    assert server.messages == [("monitor@news.example", "reader@home.example", BODY)]


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_message_goes_out_encrypted_after_a_login(tls: str, authority: Authority) -> None:
    contexts: dict[str, Any] = {tls: authority.good}
    with mail_server(login=True, **contexts) as server:
        channel(server.port, tls=tls, ca_file=authority.ca_file, **LOGIN).send(delivery())
    assert server.logins == [(USERNAME.encode(), PASSWORD.encode())]
    assert [body for _, _, body in server.messages] == [BODY]


def test_a_wrong_password_is_told_in_the_words_of_the_server(authority: Authority) -> None:
    with mail_server(starttls=authority.good, login=True) as server:
        sender = channel(server.port, tls="starttls", ca_file=authority.ca_file, username=USERNAME, password="wrong")
        error = failure(sender)
    assert (error.stage, error.code, error.permanent) == ("login", 535, True)
    assert "Authentication credentials invalid" in error.answer


def test_one_refused_recipient_does_not_cost_the_others() -> None:
    with mail_server() as server:
        server.refuse = {"gone@home.example": "550 5.1.1 no such user"}
        sender = channel(server.port)
        sender.send(delivery(recipient="a@home.example"))
        error = failure(sender, delivery(recipient="gone@home.example"))
        sender.send(delivery(recipient="b@home.example"))
    assert (error.stage, error.code, error.permanent, error.answer) == ("recipient", 550, True, "5.1.1 no such user")
    assert [recipient for _, recipient, _ in server.messages] == ["a@home.example", "b@home.example"]


def test_an_international_domain_is_spelled_as_dns_knows_it() -> None:
    with mail_server() as server:
        channel(server.port, sender="Новости <n@почта.example>").send(delivery(recipient="leser@bücher.example"))
    assert server.messages[0][:2] == ("n@xn--80a1acny.example", "leser@xn--bcher-kva.example")


# ---- who poses as the server, or is not fit to be told a password


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("context", ["wrong_name", "stranger"])
def test_no_login_is_sent_to_a_server_with_a_bad_certificate(tls: str, context: str, authority: Authority) -> None:
    contexts: dict[str, Any] = {tls: getattr(authority, context)}
    with mail_server(login=True, **contexts) as server:
        error = failure(channel(server.port, tls=tls, ca_file=authority.ca_file, **LOGIN))
    assert (error.stage, error.permanent, server.logins, server.messages) == ("tls", True, [], [])
    assert error.answer.startswith("the server's certificate was not accepted:")


def test_the_system_does_not_trust_the_authority_of_the_tests(authority: Authority) -> None:
    with mail_server(starttls=authority.good, login=True) as server:
        error = failure(channel(server.port, tls="starttls", **LOGIN))
    assert (error.stage, server.logins) == ("tls", [])


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"ehlo": b"250 only this\r\n"}, "does not offer STARTTLS"),
        ({"STARTTLS": b"454 not now\r\n"}, "not now"),
        ({"STARTTLS": b"220 go on\r\n250-in the clear\r\n250 AUTH PLAIN\r\n"}, ""),
        ({"STARTTLS": None}, "unexpectedly closed"),
    ],
)
def test_no_login_is_sent_before_tls_stands(answers: dict[str, Answer], words: str) -> None:
    with ScriptedServer(answers) as server:
        error = failure(channel(server.port, tls="starttls", **LOGIN))
    assert error.stage == "tls"
    assert words in error.answer
    assert not server.said("AUTH")


def test_what_was_slipped_in_before_tls_is_not_believed(authority: Authority) -> None:
    injected = {"STARTTLS": b"220 go on\r\n250 AUTH EVIL\r\n"}
    with ScriptedServer(injected, tls=authority.good) as server:
        sender = channel(server.port, tls="starttls", ca_file=authority.ca_file, **LOGIN)
        assert sender.send(delivery()) == "250 taken"
    assert server.said("AUTH PLAIN")


@pytest.mark.parametrize(
    ("offer", "commands"),
    [(b"AUTH PLAIN LOGIN", ["AUTH PLAIN"]), (b"AUTH LOGIN", ["AUTH LOGIN", "cmVhZGVy", "cMOkc3N3b3JkICYgbW9yZQ=="])],
)
def test_the_login_takes_the_way_that_is_offered(offer: bytes, commands: list[str], authority: Authority) -> None:
    answers: dict[str, Answer] = {
        "ehlo": b"250-scripted\r\n250-STARTTLS\r\n250 " + offer + b"\r\n",
        "AUTH LOGIN": b"334 VXNlcm5hbWU6\r\n",
        "cmVhZGVy": b"334 UGFzc3dvcmQ6\r\n",
    }
    with ScriptedServer(answers, tls=authority.good) as server:
        channel(server.port, tls="starttls", ca_file=authority.ca_file, **LOGIN).send(delivery())
    assert all(server.said(command.upper()) or server.said(command) for command in commands)


def test_a_server_that_takes_no_password_is_a_fault_of_the_settings(authority: Authority) -> None:
    answers: dict[str, Answer] = {"ehlo": b"250-scripted\r\n250-STARTTLS\r\n250 AUTH XOAUTH2\r\n"}
    with ScriptedServer(answers, tls=authority.good) as server:
        error = failure(channel(server.port, tls="starttls", ca_file=authority.ca_file, **LOGIN))
    assert (error.stage, error.permanent) == ("login", True)
    assert error.answer == "the server accepts OAuth2 only, and no password; it offers: XOAUTH2"


def test_a_password_is_never_repeated(authority: Authority) -> None:
    echo = b"535 who says AHJlYWRlcgBww6Rzc3dvcmQgJiBtb3Jl\r\n"
    with ScriptedServer({"AUTH": echo}, tls=authority.good) as server:
        sender = channel(server.port, tls="starttls", ca_file=authority.ca_file, **LOGIN)
        assert failure(sender).answer == "who says [hidden]"
    assert PASSWORD not in repr(sender)


def test_a_missing_password_is_said_instead_of_tried(authority: Authority) -> None:
    with ScriptedServer(tls=authority.good) as server:
        error = failure(channel(server.port, tls="starttls", ca_file=authority.ca_file, username=USERNAME))
    assert error.answer == "there is no password for reader; set password_file or password_env in [mail]"
    assert not server.said("AUTH")


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_unusable_ca_file_is_named(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    if content:
        file.write_text(content)
    with ScriptedServer() as server:
        error = failure(channel(server.port, tls="starttls", ca_file=file))
    assert (error.stage, error.permanent) == ("tls", True)
    assert str(file) in error.answer


# ---- refusals and broken connections, stage by stage

NO: list[tuple[dict[str, Answer], str, int | None, bool, bool]] = [
    # answers                                 stage        code  permanent unknown
    ({"": b"554 not today\r\n"}, "connect", 554, True, False),
    ({"": b"421 too busy\r\n"}, "connect", 421, False, False),
    ({"": b"HTTP/1.1 200 OK\r\n"}, "connect", -1, False, False),
    ({"": None}, "connect", None, False, False),
    ({"ehlo": b"502 what?\r\n"}, "hello", 502, True, False),
    ({"ehlo": b"501 bad name\r\n"}, "hello", 501, True, False),
    ({"ehlo": b"421 later\r\n"}, "hello", 421, False, False),
    ({"ehlo": None}, "hello", None, False, False),
    ({"MAIL": b"530 log in first\r\n"}, "sender", 530, True, False),
    ({"MAIL": b"451 later\r\n"}, "sender", 451, False, False),
    ({"RCPT": b"550 no such user\r\n"}, "recipient", 550, True, False),
    ({"RCPT": b"451 greylisted\r\n"}, "recipient", 451, False, False),
    ({"RCPT": None}, "recipient", None, False, False),
    ({"DATA": b"452 disk full\r\n"}, "data", 452, False, False),
    ({"DATA": b"250 what?\r\n"}, "data", 250, False, False),
    ({"BODY": None}, "data", None, False, True),
    ({".": b"554 looks like spam\r\n"}, "data", 554, True, False),
    ({".": b"451 try again\r\n"}, "data", 451, False, False),
    ({".": b"gibberish\r\n"}, "data", -1, False, True),
    ({".": b"354 go on\r\n"}, "data", 354, False, True),
    ({".": None}, "data", None, False, True),
]


@pytest.mark.parametrize(("answers", "stage", "code", "permanent", "unknown"), NO)
def test_a_failure_carries_where_and_what_it_was(
    answers: dict[str, Answer], stage: str, code: int | None, *, permanent: bool, unknown: bool
) -> None:
    with ScriptedServer(answers) as server:
        error = failure(channel(server.port))
    assert (error.stage, error.code, error.permanent, error.unknown) == (stage, code, permanent, unknown)


@pytest.mark.parametrize("quit_answer", [None, b"500 never\r\n", b"421 bye\r\n"])
def test_a_failure_at_quit_is_a_success(quit_answer: Answer) -> None:
    with ScriptedServer({"QUIT": quit_answer}) as server:
        assert channel(server.port).send(delivery()) == "250 taken"


def test_a_connection_that_breaks_before_the_dot_means_not_accepted() -> None:
    large = b"Subject: large\r\n\r\n" + b"x" * 70 + b"\r\n" * 4_000_000
    with ScriptedServer({"BODY": None}) as server:
        error = failure(channel(server.port), delivery(body=large))
    assert (error.stage, error.unknown, error.permanent) == ("data", False, False)


def test_nobody_listening_is_a_passing_fault() -> None:
    error = failure(channel(free_port()))
    assert (error.stage, error.permanent) == ("connect", False)
    assert "refused" in error.answer


def test_an_unknown_host_fails_at_resolving() -> None:
    error = failure(channel(25, host=NOT_RESOLVED, tls="starttls"))
    assert (error.stage, error.permanent) == ("resolve", False)


def test_a_recipient_no_server_takes_is_refused_without_a_connection() -> None:
    error = failure(channel(free_port()), delivery(recipient="nobody\r\nRCPT TO:<all@home.example>"))
    assert (error.stage, error.permanent) == ("recipient", True)


# ---- time and size


@pytest.mark.parametrize(("key", "stage", "unknown"), [("ehlo", "hello", False), (".", "data", True)])
def test_a_reply_that_drips_ends_at_the_deadline_of_its_step(key: str, stage: str, *, unknown: bool) -> None:
    limit = timedelta(seconds=0.3)
    with ScriptedServer({key: [b"250", *[b" "] * 30, b"ok\r\n"]}) as server:
        error = failure(channel(server.port, command_timeout=limit, reply_timeout=limit))
    assert (error.stage, error.unknown) == (stage, unknown)


def test_a_reply_without_end_is_cut_off() -> None:
    with ScriptedServer({"MAIL": itertools.repeat(b"250-more\r\n" * 1000)}) as server:
        error = failure(channel(server.port))
    assert (error.stage, error.answer) == ("sender", "the server's answer is longer than 8000 bytes")


def test_a_slow_final_answer_is_waited_for() -> None:
    patient = {"command_timeout": timedelta(seconds=0.3), "reply_timeout": timedelta(seconds=5)}
    with ScriptedServer({".": [b"", *[b""] * 9, b"250 at last\r\n"]}) as server:
        assert channel(server.port, **patient).send(delivery()) == "250 at last"
    assert server.bodies == [BODY]


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (b"ok", "ok"),
        (b"two\nlines", "two lines"),
        (b"\x1b[2Jred", "\\x1b[2Jred"),
        ("\u202egnp".encode(), "\\u202egnp"),
        (b"\xff\x00", "�\\x00"),
        (b"x" * 900, "x" * (ANSWER_CHARACTERS - 1) + "…"),
    ],
)
def test_answers_are_shown_as_one_harmless_line(answer: bytes, shown: str) -> None:
    assert reply_text(answer) == shown


@pytest.mark.parametrize(("host", "name"), [("127.0.0.1", b"[127.0.0.1]"), ("::1", b"[IPv6:::1]")])
def test_it_introduces_itself_by_its_address(host: str, name: bytes) -> None:
    try:
        socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError:
        pytest.skip("this machine has no IPv6 on loopback")
    with ScriptedServer(host=host) as server:
        channel(server.port, host=host, sender="monitor@localhost").send(delivery())
    assert server.lines[0] == b"ehlo " + name + b"\r\n"


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"sender": "News <monitor@news.example>"}, b"news.example"),
        ({"sender": "News <monitor@bücher.example>"}, b"xn--bcher-kva.example"),
        ({"hello": "relay.news.example"}, b"relay.news.example"),
        ({"hello": "[192.0.2.7]"}, b"[192.0.2.7]"),
        ({"hello": "printer"}, b"printer"),
    ],
)
def test_it_introduces_itself_by_the_senders_domain_or_as_the_owner_says(settings: dict[str, Any], name: bytes) -> None:
    with ScriptedServer() as server:
        channel(server.port, **settings).send(delivery())
    assert server.lines[0] == b"ehlo " + name + b"\r\n"


def resolved_as(monkeypatch: pytest.MonkeyPatch, name: str, found: list[Any]) -> None:
    """Have this name resolved so; addresses are what they are."""
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *a, **k: found if host == name else resolve(host, *a, **k))


def test_a_dead_address_is_tried_once_in_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.3 takes no connection; the server is on 127.0.0.1."""
    tried: list[str] = []
    connect = socket.create_connection

    def noted(address: tuple[str, int], timeout: float) -> socket.socket:
        tried.append(address[0])
        assert timeout == 15
        return connect(address, timeout=timeout)

    with ScriptedServer() as server:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (name, server.port)) for name in ("127.0.0.3", HOST)]
        resolved_as(monkeypatch, "localhost", found)
        monkeypatch.setattr(socket, "create_connection", noted)
        post = channel(server.port, host="localhost")
        with sender_of_batch(post) as send:
            for _ in range(2 * MOST_MESSAGES + 1):
                send(delivery())
        assert tried == ["127.0.0.3", HOST, HOST, HOST]
        with sender_of_batch(post) as send:
            send(delivery())
    assert tried[4:] == ["127.0.0.3", HOST]


def test_an_address_that_was_dead_is_tried_again_when_all_are(monkeypatch: pytest.MonkeyPatch) -> None:
    places = MailServer("mail.example", free_port(), timedelta(seconds=5), {"127.0.0.1"})
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (name, places.port)) for name in ("127.0.0.1", "127.0.0.3")]
    resolved_as(monkeypatch, "mail.example", found)
    with pytest.raises(ConnectionRefusedError):
        places.connected(lambda _stage, _answer: None)
    assert places.dead == {"127.0.0.1", "127.0.0.3"}


# ---- settings


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"host": "mail.news.example"}, 'tls = "none" is only for a server on this machine'),
        ({"host": "10.0.0.5"}, 'tls = "none" is only for a server on this machine'),
        ({"username": "reader"}, 'tls = "none" is only for a server on this machine'),
        ({"tls": "starttls", "password_env": "SECRET"}, "there is a password but no username"),
        ({"hello": "not a name"}, "is not a name for this machine"),
        ({"hello": "a..b"}, "is not a name for this machine"),
        ({"hello": "a\r\nMAIL"}, "is not a name for this machine"),
        ({"connect_timeout": timedelta()}, "must be more than zero"),
        ({"host": "a..b", "tls": "starttls"}, "is not a host name"),
        ({"host": "", "tls": "starttls"}, "is not a host name"),
        ({"sender": "News Monitor"}, "is not a mail address"),
        ({"reply_timeout": timedelta()}, "must be more than zero"),
    ],
)
def test_settings_that_cannot_be_right_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        channel(25, **settings)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.8.8.8", "::1"])
def test_plain_text_is_for_this_machine(host: str) -> None:
    assert channel(25, host=host).host == host
