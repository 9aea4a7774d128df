"""ntfy and Matrix: what each answer of the service leads to, limits, repeats, and services that are hostile."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from alert_mails import BUNDLE, LEAD, ONE, STORY, message
from editions import ordinary_day
from outbox import NOON, delivery
from receiver import HOST, Answer, Receiver, answer

import monitor.deliver.http
from monitor.deliver.matrix import MatrixChannel
from monitor.deliver.ntfy import NtfyChannel
from monitor.errors import DeliveryError
from monitor.model.delivery import DeliveryState, Letter
from monitor.policy.retry import scope, verdict

ROOM = "!desk/ä room:home.example".replace("ä ", "")
Made = NtfyChannel | MatrixChannel


def ntfy(url: str = "https://ntfy.example", **changes: Any) -> NtfyChannel:
    return NtfyChannel(**{"url": url, "private_host": HOST, **changes})


def matrix(url: str = "https://matrix.example", **changes: Any) -> MatrixChannel:
    return MatrixChannel(**{"url": url, "token": "syt_x", "private_host": HOST, **changes})


BOTH = pytest.mark.parametrize(("make", "to"), [(ntfy, "desk"), (matrix, ROOM)], ids=["ntfy", "matrix"])
GOOD = {ntfy: answer(200, b'{"id":"abc"}'), matrix: answer(200, b'{"event_id":"$abc"}')}


def failed(make: Any, to: str, answers: Sequence[Answer], **changes: Any) -> DeliveryError:
    with Receiver() as service:
        service.answers = list(answers)
        with pytest.raises(DeliveryError) as error:
            make(service.url(""), **changes).send(delivery(recipient=to, body=b"{}"))
    assert str(error.value).isprintable()
    return error.value


def says(code: str, words: str = "no", **more: Any) -> bytes:
    return json.dumps({"errcode": code, "error": words, **more}).encode()


def letter(**changes: Any) -> Letter:
    whole = Letter(
        message_id="daily.scheduled.2016-09-21.abc",
        digest="Daily",
        recipient="desk",
        subject="Two <b>stories</b>",
        text="Two stories. " * 4_000,
        html="",
        date=NOON,
        page="https://news.example/archive/1.html",
    )
    return replace(whole, **changes)


# ---- what is sent


def test_ntfy_gets_its_form_with_the_token() -> None:
    with Receiver() as service:
        service.answers = [GOOD[ntfy]]
        channel = ntfy(service.url("/push/"), token="tk_x", priority=4)
        body = channel.compose(letter(edition=ordinary_day()))
        assert channel.send(delivery(recipient="desk", body=body)) == "200 message abc"
        (request,) = service.requests
    said = json.loads(request.body)
    assert (request.method, request.path) == ("POST", "/push/")
    assert request.headers["authorization"] == "Bearer tk_x"
    assert (said["topic"], said["priority"], said["click"]) == ("desk", 4, "https://news.example/archive/1.html")
    assert "tk_x" not in repr(channel)


def test_a_tap_on_an_alert_opens_its_article_and_a_removed_article_is_opened_by_nothing() -> None:
    channel, alert = ntfy(), letter(page="", alert=ONE)
    said = json.loads(channel.compose(alert))
    assert said["click"] == LEAD.url
    assert said["message"].startswith(LEAD.title)
    assert "click" not in json.loads(channel.compose(replace(alert, alert=BUNDLE)))
    long = message(replace(STORY, lead=replace(LEAD, url=f"{LEAD.url}?{'x' * 1_000}")))
    assert "click" not in json.loads(channel.compose(replace(alert, alert=long)))
    left = json.loads(channel.redacted(channel.compose(alert), lambda text: text.replace(LEAD.url, "…"), str))
    assert "click" not in left
    assert LEAD.url not in left["message"]


def test_matrix_gets_the_transaction_of_the_message() -> None:
    with Receiver() as service:
        service.answers = [GOOD[matrix]]
        channel = matrix(service.url(""))
        sent = delivery(recipient=ROOM, body=channel.compose(letter()), message_id="the/id 1")
        assert channel.send(sent) == "200 event $abc"
        channel.send(sent)
        first, second = service.requests
    place = "/_matrix/client/v3/rooms/%21desk%2Froom%3Ahome.example/send/m.room.message/the%2Fid%201"
    assert (first.method, first.path) == ("PUT", place)
    assert (second.path, second.body) == (first.path, first.body)
    assert first.headers["authorization"] == "Bearer syt_x"
    said = json.loads(first.body)
    assert said["formatted_body"].startswith("<strong>Two &lt;b&gt;stories&lt;/b&gt;</strong>")


def test_a_repeat_by_ntfy_has_the_same_sequence_and_a_copy_another() -> None:
    channel = ntfy()
    old = delivery(recipient="desk", body=channel.compose(letter()))
    assert channel.compose(letter()) == old.body
    copy = channel.resent(old, "other", "1", NOON)
    assert json.loads(copy.body)["topic"] == "other"
    assert json.loads(copy.body)["sequence_id"] != json.loads(old.body)["sequence_id"]


@BOTH
@pytest.mark.parametrize("sign", ["x. ", "&", "<", "'", "قصة. ", "😀", "\x00", "https://a.example/b "])
def test_no_text_makes_a_message_that_is_too_long(make: Any, to: str, sign: str) -> None:
    body = make().compose(letter(text=sign * 20_000, subject=sign * 100))
    assert len(body) < 65_536
    assert len(make().text_of(body).encode()) <= (4_096 if make is ntfy else 16_000)
    if sign == "x. ":
        assert make().text_of(body).endswith("x.\n…: https://news.example/archive/1.html")


# ---- what is answered


@pytest.mark.parametrize(
    ("status", "body", "state", "what"),
    [
        (429, b'{"code":42901,"http":429,"error":"limit reached"}', DeliveryState.QUEUED, "server"),
        (500, b"", DeliveryState.QUEUED, "server"),
        (507, b'{"error":"full"}', DeliveryState.QUEUED, "server"),
        (403, b'{"error":"forbidden"}', DeliveryState.REFUSED, "recipient"),
        (401, b'{"error":"unauthorized"}', DeliveryState.QUEUED, "server"),
        (404, b"<html>", DeliveryState.QUEUED, "server"),
        (302, b"", DeliveryState.QUEUED, "server"),
        (413, b'{"error":"too large"}', DeliveryState.DEAD, "message"),
        (400, b'{"error":"bad"}', DeliveryState.DEAD, "message"),
    ],
)
def test_what_an_answer_of_ntfy_leads_to(status: int, body: bytes, state: DeliveryState, what: str) -> None:
    error = failed(ntfy, "desk", [answer(status, body)])
    assert verdict(delivery(), error, NOON).state is state
    assert scope(error) == what
    assert error.code == status


@pytest.mark.parametrize(
    ("status", "body", "state", "what"),
    [
        (429, says("M_LIMIT_EXCEEDED", "slow", retry_after_ms=1_800_000), DeliveryState.QUEUED, "server"),
        (502, b"<html>bad gateway", DeliveryState.QUEUED, "server"),
        (500, says("M_UNKNOWN"), DeliveryState.QUEUED, "server"),
        (401, says("M_UNKNOWN_TOKEN"), DeliveryState.QUEUED, "server"),
        (403, says("M_FORBIDDEN", "not in the room"), DeliveryState.REFUSED, "recipient"),
        (404, says("M_NOT_FOUND"), DeliveryState.REFUSED, "recipient"),
        (404, says("M_UNRECOGNIZED"), DeliveryState.QUEUED, "server"),
        (404, b"", DeliveryState.QUEUED, "server"),
        (200, b"<html>a login page", DeliveryState.QUEUED, "server"),
        (413, says("M_TOO_LARGE"), DeliveryState.DEAD, "message"),
        (400, says("M_BAD_JSON"), DeliveryState.DEAD, "message"),
    ],
)
def test_what_an_answer_of_matrix_leads_to(status: int, body: bytes, state: DeliveryState, what: str) -> None:
    error = failed(matrix, ROOM, [answer(status, body)])
    outcome = verdict(delivery(), error, NOON)
    assert outcome.state is state
    assert scope(error) == what
    if b"retry_after_ms" in body:
        assert outcome.next_attempt_at == NOON + timedelta(minutes=30)


@BOTH
def test_retry_after_is_kept(make: Any, to: str) -> None:
    error = failed(make, to, [answer(503, b'{"x":1}', retry_after="1200")])
    assert verdict(delivery(), error, NOON).next_attempt_at == NOON + timedelta(minutes=20)


@BOTH
def test_accepted_and_answered_late_is_unknown(make: Any, to: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor.deliver.http, "TIMEOUT", timedelta(seconds=0.3))
    assert failed(make, to, [Answer(wait=3)]).unknown


@BOTH
@pytest.mark.parametrize(
    "nasty",
    [
        Answer(raw=b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 100_000),
        Answer(raw=b"HTTP/1.1 500 \x1b[2J\r\nContent-Length: 3\r\n\r\n\x00\xff\x1b"),
        answer(400, json.dumps({"error": "\x1b[2J\u202e" * 10_000, "errcode": ["M_FORBIDDEN"]}).encode()),
        answer(429, b'{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1e999}'),
        answer(429, b'{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":-5}', retry_after="-5"),
        answer(301, b"", location="http://127.0.0.1:1/"),
        Answer(hangs_up=True),
    ],
)
def test_a_hostile_service_gets_nothing_but_another_attempt_or_a_refusal(make: Any, to: str, nasty: Answer) -> None:
    with Receiver() as service:
        service.answers = [nasty]
        try:
            said = make(service.url("")).send(delivery(recipient=to, body=b"{}"))
        except DeliveryError as error:
            said = str(error)
    assert said.isprintable()
    assert len(said) < 400


# ---- the connection, the settings


def test_the_connection_is_tried_without_a_message() -> None:
    with Receiver() as service:
        service.answers = [answer(200, b'{"healthy":true}'), answer(200, b'{"healthy":false}')]
        assert ntfy(service.url("")).check_connection(timedelta()).endswith("answers and is healthy")
        with pytest.raises(DeliveryError):
            ntfy(service.url("")).check_connection(timedelta())
        service.answers = [answer(200, b'{"user_id":"@news:home.example"}'), answer(401, says("M_UNKNOWN_TOKEN"))]
        assert "@news:home.example" in matrix(service.url("")).check_connection(timedelta())
        with pytest.raises(DeliveryError, match=r"login: 401 M_UNKNOWN_TOKEN"):
            matrix(service.url("")).check_connection(timedelta())
        assert [request.path for request in service.requests][::2] == [
            "/v1/health",
            "/_matrix/client/v3/account/whoami",
        ]


def test_settings_that_cannot_be_right_are_refused() -> None:
    for make in (ntfy, matrix):
        with pytest.raises(ValueError, match="in the clear"):
            make("http://service.example", private_host="")
        with pytest.raises(ValueError, match="only http"):
            make("file:///etc/passwd")
    with pytest.raises(ValueError, match="from 1"):
        ntfy(priority=6)
    assert failed(matrix, ROOM, [answer()], token="").stage == "login"


@BOTH
def test_there_is_advice_for_each_outcome(make: Any, to: str) -> None:
    errors = [None, *(DeliveryError(stage=stage, answer="no") for stage in ("recipient", "login"))]
    assert len({make().advice(error) for error in errors}) == 3


@BOTH
def test_words_that_the_owner_removes_go(make: Any, to: str) -> None:
    body = make().compose(letter(text="a secret story\n", recipient=to))
    without = make().redacted(body, lambda text: text.replace("secret", "…"), str)
    assert b"secret" not in without
    assert make().redacted(body, str, str) == body
    assert make().redacted(b"Subject: secret", lambda text: "", str) == b"Subject: secret"
