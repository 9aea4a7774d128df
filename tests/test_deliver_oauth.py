"""OAuth2 for SMTP, against a scripted token endpoint and a scripted server; and relays on private addresses."""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from outbox import delivery
from receiver import HOST, Answer, Receiver, answer
from smtp_server import Answer as Line
from smtp_server import Authority, ScriptedServer, mail_server

from monitor.deliver import sender_of_batch
from monitor.deliver.mail.oauth import TokenSource, reason
from monitor.deliver.mail.smtp import SmtpChannel
from monitor.errors import DeliveryError
from monitor.policy.retry import is_ours

SENDER = "News <news@monitor.example>"
REFRESH = "1//refresh-me"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "oauth.json"
    file.write_text(json.dumps({"refresh_token": REFRESH, "client_secret": "cs", "scope": "smtp"}))
    file.chmod(0o600)
    return file


def source(service: Receiver, file: Path) -> TokenSource:
    return TokenSource(url=service.url("/token"), client_id="id", file=file, private_host=HOST)


def refused(service: Receiver, file: Path) -> DeliveryError:
    with pytest.raises(DeliveryError) as error:
        source(service, file).access_token()
    assert REFRESH not in str(error.value)
    assert error.value.stage == "login"
    assert is_ours(error.value)
    return error.value


def test_the_refresh_token_becomes_an_access_token(file: Path) -> None:
    with Receiver() as service:
        service.answers = [answer(200, b'{"access_token":"at-1","expires_in":3600}')]
        assert source(service, file).access_token() == "at-1"
        (request,) = service.requests
    assert {name: value for name, (value,) in parse_qs(request.body.decode()).items()} == {
        "grant_type": "refresh_token",
        "client_id": "id",
        "client_secret": "cs",
        "scope": "smtp",
        "refresh_token": REFRESH,
    }
    assert json.loads(file.read_text())["refresh_token"] == REFRESH


def test_a_new_refresh_token_takes_the_place_of_the_old_one(file: Path) -> None:
    with Receiver() as service:
        service.answers = [answer(200, b'{"access_token":"at-1","refresh_token":"newer"}')]
        source(service, file).access_token()
    assert json.loads(file.read_text()) == {"refresh_token": "newer", "client_secret": "cs", "scope": "smtp"}
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_that_others_can_read_or_that_has_no_token_is_not_used(file: Path) -> None:
    with Receiver() as service:
        file.chmod(0o640)
        assert "chmod 600" in refused(service, file).answer
        file.chmod(0o600)
        for text in ("", "[]", "{}", '{"refresh_token": ""}'):
            file.write_text(text)
            assert "docs/smtp-oauth2.md" in refused(service, file).answer
        file.unlink()
        assert "cannot read" in refused(service, file).answer
        assert service.requests == []


@pytest.mark.parametrize(
    ("said", "is_permanent", "words"),
    [
        (answer(400, b'{"error":"invalid_grant","error_description":"expired 1//refresh-me"}'), True, "invalid_grant"),
        (answer(401, b"<html>"), True, "401"),
        (answer(429, b"{}"), False, "429"),
        (answer(503, b"busy"), False, "503"),
        (answer(200, b"[]"), False, "without an access token"),
        (answer(200, b'{"access_token":"a\\u0001b"}'), False, "without an access token"),
        (answer(302, b"", location="https://elsewhere.example/"), False, "302"),
        (Answer(hangs_up=True), False, "no access token"),
    ],
)
def test_an_endpoint_that_gives_none_is_explained_and_tried_again(
    file: Path,
    said: Answer,
    is_permanent: bool,  # noqa: FBT001 (a row of the table)
    words: str,
) -> None:
    with Receiver() as service:
        service.answers = [said]
        error = refused(service, file)
    assert (error.permanent, words in error.answer) == (is_permanent, True)
    assert str(error).isprintable()


# ---- the login


TOKENS: list[TokenSource] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Local(SmtpChannel):
    """Asks the token endpoint of the test."""

    def _token_source(self, file: Path) -> TokenSource:
        return TOKENS[-1]


def channel(server: ScriptedServer, authority: Authority, file: Path) -> SmtpChannel:
    return Local(
        host=HOST,
        port=server.port,
        sender=SENDER,
        username="news@monitor.example",
        ca_file=authority.ca_file,
        oauth_file=file,
        oauth_client_id="id",
        oauth_token_url="https://login.example/token",
    )


def offering(*mechanisms: str, **more: Line) -> dict[str, Line]:
    ehlo = f"250-scripted\r\n250-STARTTLS\r\n250 AUTH {' '.join(mechanisms)}\r\n".encode()
    return {"ehlo": ehlo, "AUTH": b"235 welcome\r\n", **more}


def auth_lines(server: ScriptedServer) -> list[tuple[str, str]]:
    """The mechanism and the secret of each AUTH."""
    lines = [line.decode().split() for line in server.lines if line.upper().startswith(b"AUTH")]
    return [(mechanism, b64decode(secret).decode()) for _, mechanism, secret in lines]


def test_the_better_of_the_two_mechanisms_is_taken(file: Path, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    expected = {
        "OAUTHBEARER": "n,a=news@monitor.example,\x01host=127.0.0.1\x01port=PORT\x01auth=Bearer at-1\x01\x01",
        "XOAUTH2": "user=news@monitor.example\x01auth=Bearer at-1\x01\x01",
    }
    for offer in (("PLAIN", "XOAUTH2", "OAUTHBEARER"), ("XOAUTH2",)):
        with Receiver() as service, ScriptedServer(offering(*offer), tls=authority.good) as server:
            service.answers = [answer(200, b'{"access_token":"at-1"}')]
            TOKENS.append(source(service, file))
            channel(server, authority, file).send(delivery())
            ((mechanism, secret),) = auth_lines(server)
            port = str(server.port)
        assert mechanism == offer[-1]
        assert secret == expected[mechanism].replace("PORT", port)


def test_a_batch_asks_for_one_token(file: Path, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with Receiver() as service, ScriptedServer(offering("XOAUTH2"), tls=authority.good) as server:
        service.answers = [answer(200, b'{"access_token":"at-1"}')]
        TOKENS.append(source(service, file))
        with sender_of_batch(channel(server, authority, file)) as send:
            for _ in range(3):
                send(delivery())
        assert len(service.requests) == len(auth_lines(server)) == 1
        assert len(server.bodies) == 3


def test_a_token_that_is_not_taken_is_explained_not_repeated_and_asked_for_again(file: Path, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    challenge = b64encode(b'{"status":"invalid_token","was":"at-1"}')
    answers = offering("XOAUTH2") | {"AUTH": b"334 " + challenge + b"\r\n", "": b"220 hello\r\n"}
    with Receiver() as service, ScriptedServer(answers, tls=authority.good) as server:
        service.answers = [answer(200, b'{"access_token":"at-1"}')]
        TOKENS.append(source(service, file))
        send = channel(server, authority, file).batch()
        for _ in range(2):
            with pytest.raises(DeliveryError) as error:
                send(delivery())
        assert len(service.requests) == 2
    assert error.value.stage == "login"
    assert "invalid_token" in error.value.answer
    assert "at-1" not in error.value.answer


def test_a_server_without_oauth_is_named(file: Path, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with Receiver() as service, ScriptedServer(offering("PLAIN"), tls=authority.good) as server:
        service.answers = [answer(200, b'{"access_token":"at-1"}')]
        TOKENS.append(source(service, file))
        with pytest.raises(DeliveryError, match="takes no OAuth2; it offers: PLAIN"):
            channel(server, authority, file).send(delivery())
        assert not server.said("AUTH")


def test_words_that_are_no_base64_are_shown_as_they_are() -> None:
    assert reason(b"go away\x1b[2J").isprintable()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"oauth_file": Path("x")}, "write all of them"),
        ({"oauth_client_id": "id", "username": "me@news.example"}, "write all of them"),
        ({"oauth_token_url": "http://login.example/"}, "begins with https"),
        ({"password": "hush"}, "a password beside"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(changes: dict[str, Any], words: str) -> None:
    whole = {
        "host": "smtp.news.example",
        "sender": SENDER,
        "username": "me@news.example",
        "oauth_file": Path("oauth.json"),
        "oauth_client_id": "id",
        "oauth_token_url": "https://login.example/token",
    }
    SmtpChannel(**whole)  # type: ignore[arg-type]
    given = {"host": whole["host"], "sender": SENDER, **({} if words.startswith("write all") else whole), **changes}
    with pytest.raises(ValueError, match=words):
        SmtpChannel(**given)


# ---- relays


def test_a_relay_on_a_private_address_needs_an_open_word() -> None:
    with pytest.raises(ValueError, match="plain_relay = true"):
        SmtpChannel(host="relay.lan", tls="none", sender=SENDER)
    SmtpChannel(host="relay.lan", tls="none", sender=SENDER, plain_relay=True)
    with pytest.raises(ValueError, match="without a login"):
        SmtpChannel(host="relay.lan", tls="none", sender=SENDER, plain_relay=True, username="me", password="hush")


def test_a_plain_relay_that_is_not_private_gets_nothing() -> None:
    relay = SmtpChannel(host="8.8.8.8", tls="none", sender=SENDER, plain_relay=True)
    with pytest.raises(DeliveryError, match="plain_relay is for a private address") as error:
        relay.send(delivery())
    assert is_ours(error.value)
    with mail_server() as server:
        SmtpChannel(host=HOST, port=server.port, tls="none", sender=SENDER, plain_relay=True).send(delivery())
        assert len(server.messages) == 1
