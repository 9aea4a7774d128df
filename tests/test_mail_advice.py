"""What a person reads about a mail that was not accepted: by what the server says, not by where it says it."""

import pytest

from monitor.deliver.mail import advice as advices
from monitor.deliver.mail.advice import advice
from monitor.deliver.mail.replies import refusal
from monitor.errors import DeliveryError


@pytest.mark.parametrize(
    ("stage", "code", "answer", "words"),
    [
        ("connect", 421, "too many connections", advices.BUSY),
        ("hello", 421, "4.7.0 come back later, closing (EHLO)", advices.HELLO_NOT_NOW),
        ("hello", 450, "4.7.1 helo command rejected: host not found", advices.HELLO_NOT_NOW),
        ("recipient", 504, "5.5.2 <[192.0.2.7]>: Helo command rejected: need a full name", advices.BAD_HELLO),
        ("recipient", 450, "4.7.1 <desk>: Helo command rejected: Host not found", advices.BAD_HELLO),
        ("sender", 550, "Access denied - Invalid HELO name (see RFC 5321)", advices.BAD_HELLO),
        ("recipient", 554, "5.7.1 Client host [192.0.2.7] blocked using zone.example", advices.TURNED_AWAY),
        ("recipient", 450, "4.7.25 Client host rejected: cannot find your name", advices.TURNED_AWAY),
        ("sender", 554, "192.0.2.7 is on our blocklist", advices.TURNED_AWAY),
        ("recipient", 553, "5.7.1 <desk@a.example>: Sender address rejected: not owned", advices.BY_STAGE["sender"]),
        ("recipient", 554, "5.7.1 <a@b.example>: Relay access denied", advices.NO_RELAY),
        ("recipient", 550, "5.7.54 Unable to relay recipient", advices.NO_RELAY),
        ("recipient", None, "the server does not offer SMTPUTF8, which an address needs", advices.NO_SMTPUTF8),
        ("login", 535, "5.7.0 please use OAuth 2.0", advices.OAUTH_ONLY),
        ("login", 534, "5.7.1 password logins are over, XOAUTH2 required", advices.OAUTH_ONLY),
        ("login", 535, "5.7.8 use OAuth or an app password", advices.BY_STAGE["login"]),
        ("login", 534, "5.7.9 Application-specific password required, or OAuth", advices.BY_STAGE["login"]),
        ("login", None, "the server accepts no password login; it offers: CRAM-MD5", advices.NO_LOGIN),
        ("data", 554, "client host named in a blacklist of links", advices.BY_STAGE["data"]),
        ("recipient", 421, "going down", advices.BUSY),
        ("connect", 554, "no SMTP service here", advices.TURNED_AWAY),
        ("connect", 550, "your address is listed", advices.TURNED_AWAY),
        ("connect", 521, "this host takes no mail", advices.TURNED_AWAY),
        ("connect", 501, "go away", advices.TURNED_AWAY),
        ("connect", 451, "not now", advices.NOT_NOW),
        ("hello", 501, "syntactically invalid EHLO argument", advices.BAD_HELLO),
        ("hello", 504, "need a fully qualified name", advices.BAD_HELLO),
        ("hello", 550, "invalid name", advices.BAD_HELLO),
        ("hello", 554, "helo name rejected", advices.BAD_HELLO),
        ("hello", 502, "what?", advices.NO_MAIL_SERVER),
        ("connect", -1, "HTTP/1.1 400 Bad Request", advices.NO_MAIL_SERVER),
        ("hello", -1, "", advices.NO_MAIL_SERVER),
        ("connect", None, "connection refused", advices.BY_STAGE["connect"]),
        ("hello", None, "connection reset", advices.BY_STAGE["hello"]),
        ("resolve", None, "name not found", advices.BY_STAGE["resolve"]),
        ("login", 535, "5.7.8 username and password not accepted", advices.BY_STAGE["login"]),
        ("login", 454, "temporary failure", advices.NOT_NOW),
        ("login", 535, "5.7.139 authentication unsuccessful, basic authentication is disabled", advices.OAUTH_ONLY),
        ("login", 535, "5.7.139 SmtpClientAuthentication is disabled for the mailbox", advices.OAUTH_ONLY),
        ("login", None, "the server accepts OAuth2 only, and no password; it offers: XOAUTH2", advices.OAUTH_ONLY),
        ("sender", 530, "log in first", advices.LOGIN_NEEDED),
        ("connect", 530, "log in first", advices.LOGIN_NEEDED),
        ("sender", 553, "not your address", advices.BY_STAGE["sender"]),
        ("recipient", 550, "no such user", advices.BY_STAGE["recipient"]),
        ("recipient", 451, "greylisted", advices.NOT_NOW),
        ("data", 554, "spam", advices.BY_STAGE["data"]),
        ("elsewhere", None, "odd", advices.NOT_NOW),
    ],
)
def test_advice_follows_the_code_of_the_server(stage: str, code: int | None, answer: str, words: str) -> None:
    error = DeliveryError(stage=stage, answer=answer) if code is None else refusal(stage, code, answer)
    assert advice(error) == words


def test_a_server_that_answers_is_never_said_to_be_silent() -> None:
    for code in (421, 450, 500, 501, 502, 504, 521, 530, 550, 554):
        for stage in ("connect", "hello"):
            assert "No mail server answers" not in advice(refusal(stage, code, "words"))
