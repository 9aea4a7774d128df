"""The webhook channel: its form, its signature, and what each answer of a receiver leads to."""

import hmac
import json
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest
from alert_mails import ALERTS, BUNDLE
from editions import ordinary_day
from outbox import NOON, delivery
from receiver import HOST, Answer, Receiver, answer

import monitor.deliver.http
from monitor.deliver.webhook import WebhookChannel
from monitor.errors import DeliveryError
from monitor.model.delivery import DeliveryState, Letter
from monitor.policy.retry import scope, verdict

SECRET = "a secret of the receiver"
SCHEMA = json.loads((Path(__file__).parent.parent / "docs/webhook.schema.json").read_text())


def channel(**changes: Any) -> WebhookChannel:
    return WebhookChannel(**{"secret": SECRET, "private_host": HOST, **changes})


def letter(**changes: Any) -> Letter:
    return Letter(
        **{
            "message_id": "daily.scheduled.2016-09-21.abc",
            "digest": "Daily",
            "recipient": "https://desk.example/in",
            "subject": "Two stories",
            "text": "Two stories\n",
            "html": "",
            "date": NOON,
            "edition": ordinary_day(),
            **changes,
        }
    )


def failed(answers: Sequence[Answer], **changes: Any) -> DeliveryError:
    with Receiver() as service:
        service.answers = list(answers)
        with pytest.raises(DeliveryError) as error:
            channel(**changes).send(delivery(recipient=service.url("/in"), body=b"{}"))
    return error.value


def test_what_is_sent_is_what_the_schema_says() -> None:
    check = fastjsonschema.compile(SCHEMA)
    said = check(json.loads(channel().compose(letter())))
    assert said["edition"]["topics"][0]["stories"][0]["headline"]
    assert said["alert"] is None
    assert check(json.loads(channel().compose(letter(edition=None))))["edition"] is None


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_is_sent_as_the_schema_says(name: str) -> None:
    check = fastjsonschema.compile(SCHEMA)
    said = check(json.loads(channel().compose(letter(edition=None, alert=ALERTS[name]))))
    assert said["edition"] is None
    assert [each["headline"] for each in said["alert"]["stories"]] == [each.lead.title for each in ALERTS[name].stories]


def test_a_bundle_says_of_each_story_what_held_it() -> None:
    said = json.loads(channel().compose(letter(edition=None, alert=BUNDLE)))["alert"]
    assert (said["topics"], said["timezone"]) == (["Syria ceasefire", "هدنة سوريا"], "Europe/London")
    first, *_, last = said["stories"]
    assert (first["held"], first["noticed_at"]) == ("quiet hours", "2016-09-21T07:40:00Z")
    assert (last["held"], last["publishers"], last["topics"]) == ("", 3, ["هدنة سوريا", "Syria ceasefire"])
    assert first["passage"].startswith("Trucks that had waited for the truce")
    assert first["found"] == [{"term": "truce", "words": "truce", "place": "headline"}]


def test_the_signature_is_of_the_time_of_the_attempt_and_of_the_very_bytes() -> None:
    body, tried_at = channel().compose(letter()), NOON + timedelta(hours=3)
    with Receiver() as service:
        channel().send(delivery(recipient=service.url("/in?desk=2"), body=body, tried_at=tried_at, message_id="the-id"))
        (request,) = service.requests
    timestamp = str(int(tried_at.timestamp()))
    expected = hmac.new(SECRET.encode(), f"{timestamp}.".encode() + request.body, sha256).hexdigest()
    assert request.headers["x-news-monitor-timestamp"] == timestamp
    assert request.headers["x-news-monitor-signature"] == f"sha256={expected}"
    assert request.headers["idempotency-key"] == "the-id"
    assert (request.path, request.body) == ("/in?desk=2", body)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_each_2xx_means_taken(status: int) -> None:
    with Receiver() as service:
        service.answers = [answer(status, b"")]
        assert channel().send(delivery(recipient=service.url("/in"), body=b"{}")).startswith(str(status))


@pytest.mark.parametrize("status", [301, 302, 400, 401, 403, 404, 413, 422, 429, 500, 503])
def test_what_is_no_success_is_tried_again_for_five_days(status: int) -> None:
    error = failed([answer(status, b"no\x1b[31m\n thanks", location="https://elsewhere.example/")])
    assert str(error).isprintable()
    waiting = delivery(attempts=4, queued_at=NOON)
    assert verdict(waiting, error, NOON + timedelta(days=4)).state is DeliveryState.QUEUED
    assert verdict(waiting, error, NOON + timedelta(days=5)).state is DeliveryState.DEAD


def test_410_is_the_end_at_once() -> None:
    error = failed([answer(410, b"moved out")])
    outcome = verdict(delivery(), error, NOON)
    assert (outcome.state, outcome.answer) == (DeliveryState.REFUSED, "gone: 410 moved out")
    assert scope(error) == "recipient"


@pytest.mark.parametrize(("asked", "minutes"), [("7", 5), ("1800", 30), ("999999999999", 60), ("soon", 5)])
def test_who_asks_for_quiet_gets_it_up_to_an_hour(asked: str, minutes: int) -> None:
    outcome = verdict(delivery(), failed([answer(429, retry_after=asked)]), NOON)
    assert outcome.next_attempt_at == NOON + timedelta(minutes=minutes)


def test_quiet_until_a_date_is_counted_by_the_clock_of_the_service() -> None:
    headers = {"retry-after": "Wed, 21 Sep 2016 12:20:00 GMT", "date": "Wed, 21 Sep 2016 12:00:00 GMT"}
    assert monitor.deliver.http.retry_after(headers) == timedelta(minutes=20)
    assert monitor.deliver.http.retry_after({**headers, "date": "yesterday"}) is None


def test_a_message_that_was_accepted_and_answered_late_is_repeated_under_the_same_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(monitor.deliver.http, "TIMEOUT", timedelta(seconds=0.3))
    with Receiver() as service:
        service.answers = [Answer(wait=3), answer(200)]
        sent = delivery(recipient=service.url("/in"), body=b"{}")
        with pytest.raises(DeliveryError) as late:
            channel().send(sent)
        channel().send(sent)
        first, second = service.requests
    assert late.value.unknown
    assert verdict(sent, late.value, NOON).state is DeliveryState.QUEUED
    assert verdict(sent, late.value, NOON, on_unknown="hold").state is DeliveryState.HELD
    assert (first.headers["idempotency-key"], first.body) == (second.headers["idempotency-key"], second.body)


def test_a_server_that_is_down_or_busy_is_asked_once_for_all() -> None:
    assert scope(failed([answer(503)])) == "server"
    assert scope(failed([answer(422)])) == "message"


def test_nothing_private_is_reached_that_is_not_named() -> None:
    error = failed([answer(200)], private_host="")
    assert (error.stage, error.unknown, error.permanent) == ("connect", False, False)
    assert "private_host" in error.answer


def test_nothing_is_sent_without_a_secret() -> None:
    error = failed([answer(200)], secret="")
    assert (error.stage, error.permanent) == ("login", True)
    assert SECRET not in repr(channel())


def test_a_message_in_the_clear_is_refused_unless_it_stays_at_home() -> None:
    with pytest.raises(ValueError, match=r"in the clear; write https"):
        channel(private_host="").check_reach("http://desk.example/in")
    assert channel(private_host="").check_reach("https://desk.example/in") == ""
    assert channel(private_host="desk.lan").check_reach("http://desk.lan/in") == ""


def test_a_copy_names_itself_in_its_body_and_another_channels_message_stays_as_it_is() -> None:
    old = delivery(body=channel().compose(letter()))
    new = channel().resent(old, "https://other.example/in", "1", NOON)
    assert json.loads(new.body)["id"] == new.message_id
    assert channel().resent(delivery(body=b"Subject: x\n\n"), "https://o.example/", "1", NOON).body == b"Subject: x\n\n"


def test_words_that_the_owner_removes_go_from_every_text_and_the_id_stays() -> None:
    def plain(text: str) -> str:
        return text.replace("stories", "…").replace("daily", "…")

    body = channel().redacted(channel().compose(letter(edition=None)), plain, plain)
    assert json.loads(body)["subject"] == "Two …"
    assert json.loads(body)["id"] == "daily.scheduled.2016-09-21.abc"
    foreign = b"Subject: stories\n\n"
    assert channel().redacted(foreign, plain, plain) == foreign
