"""Apprise: what its failures mean for a message, what is sent again and what is not, and what is not said."""

import json
import logging
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alert_mails import ONE
from apprise.plugins.custom_json import NotifyJSON
from editions import ordinary_day
from outbox import NOON, delivery
from receiver import Answer, Receiver, answer
from smtp_server import free_port

import monitor.deliver.by_apprise
from monitor.config import load
from monitor.deliver.brief import size
from monitor.deliver.by_apprise import AppriseChannel, Said, refusal
from monitor.errors import ConfigError, DeliveryError
from monitor.model.delivery import DeliveryState, Letter
from monitor.policy.retry import scope, verdict

TOKEN = "very-secret-token-4f1c9a"
SECONDS = timedelta(seconds=1)
BODY = b'{"title": "t", "body": "b"}'


def letter(**changes: Any) -> Letter:
    usual = {
        "message_id": "id",
        "digest": "Daily",
        "subject": "Two stories",
        "text": "Two.\n",
        "html": "",
        "date": NOON,
    }
    return Letter(**{**usual, "recipient": "json://127.0.0.1/desk", **changes})


def address_of(service: Receiver) -> str:
    return service.url(f"/{TOKEN}?:message=body").replace("http://", "json://")


def failed(answers: Sequence[Answer], **settings: Any) -> tuple[DeliveryError, int]:
    """The error of one message, and how often the service was asked."""
    channel = AppriseChannel(**settings)
    with Receiver() as service:
        service.answers = list(answers)
        body = channel.compose(letter(recipient=address_of(service)))
        with pytest.raises(DeliveryError) as error:
            channel.send(delivery(recipient=address_of(service), body=body))
        count = len(service.requests)
    assert TOKEN not in str(error.value)
    assert str(error.value).isprintable()
    return error.value, count


def test_an_edition_goes_out_in_few_words_with_its_title() -> None:
    channel = AppriseChannel()
    with Receiver() as service:
        steps: list[tuple[str, str]] = []
        body = channel.compose(letter(recipient=address_of(service), edition=ordinary_day()))
        message = delivery(recipient=address_of(service), body=body)
        assert channel.send_with_steps(message, lambda *step: steps.append(step)) == "JSON has taken it"
        (request,) = service.requests
    said = json.loads(request.body)
    assert said["title"] == "Two stories"
    assert said["body"].startswith("Syria ceasefire")
    assert steps == [("resolve", "by Apprise to JSON"), ("data", "JSON has taken it")]


def test_a_service_with_little_room_gets_what_fits() -> None:
    """Telegram takes 4,096 characters, and has no title of its own; this one takes a hundred and sixty."""
    address = "tgram://123456789:abcdefg_hijklmnop/12315544/"
    telegram = AppriseChannel().compose(letter(recipient=address, edition=ordinary_day()))
    assert size(json.loads(telegram)["body"]) <= 4_096 - len("Two stories") - 2
    sms = AppriseChannel().compose(letter(recipient="clicksend://user:pass@15551234567", alert=ONE))
    assert size(json.loads(sms)["body"]) <= 160
    assert json.loads(sms)["body"].startswith("Aid convoy burns near Aleppo")


@pytest.mark.parametrize(
    ("answers", "state", "stage"),
    [
        ([answer(401)], DeliveryState.REFUSED, "recipient"),
        ([answer(404)], DeliveryState.REFUSED, "recipient"),
        ([answer(410)], DeliveryState.REFUSED, "recipient"),
        ([answer(429, retry_after="7")], DeliveryState.QUEUED, "data"),
        ([answer(500)], DeliveryState.QUEUED, "data"),
        ([answer(503)], DeliveryState.QUEUED, "data"),
        ([Answer(hangs_up=True)], DeliveryState.HELD, "data"),
        ([Answer(raw=b"gibberish without end")], DeliveryState.HELD, "data"),
    ],
)
def test_what_a_failure_leads_to_and_that_it_is_asked_once(
    answers: list[Answer], state: DeliveryState, stage: str
) -> None:
    error, count = failed(answers)
    outcome = verdict(delivery(), error, NOON, on_unknown="hold")
    assert (outcome.state, error.stage, count) == (state, stage, 1)
    assert scope(error) == ("recipient" if stage == "recipient" else "message")


def test_a_service_that_answers_late_may_have_taken_it_and_is_not_asked_again_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error, count = failed([Answer(wait=2)], timeout=0.3 * SECONDS)
    assert (error.unknown, count) == (True, 1)
    assert "did not answer within 0.3 seconds" in str(error)
    monkeypatch.setattr(monitor.deliver.by_apprise, "ANSWER_SECONDS", 0.3)
    error, count = failed([Answer(wait=2)])
    assert (error.unknown, count) == (True, 1)
    assert verdict(delivery(), error, NOON, on_unknown="hold").state is DeliveryState.HELD
    assert verdict(delivery(), error, NOON, on_unknown="resend").state is DeliveryState.QUEUED


def test_a_service_that_is_not_there_is_tried_again() -> None:
    channel = AppriseChannel()
    with pytest.raises(DeliveryError) as error:
        channel.send(delivery(recipient=f"json://127.0.0.1:{free_port()}/x", body=BODY))
    assert (error.value.stage, error.value.unknown, error.value.permanent) == ("connect", False, False)


W, INFO, D = logging.WARNING, logging.INFO, logging.DEBUG


@pytest.mark.parametrize(
    ("logged", "stage", "unknown", "words"),
    [
        ([(W, "Failed to send X: error=403.")], "recipient", False, "Failed to send X: error=403."),
        (
            [(W, "A Connection error."), (D, "NameResolutionError(...)")],
            "connect",
            False,
            "A Connection error.",
        ),
        ([(W, "A Connection error."), (D, "SSLCertVerificationError")], "connect", False, "A Connection error."),
        ([(W, "A Connection error."), (D, "Read timed out.")], "data", True, "A Connection error."),
        ([(INFO, "Sent X to a."), (W, "Failed to send X to b: error=400.")], "data", True, "only a part was taken"),
        ([], "data", True, "Apprise gives no reason"),
        ([(W, f"Failed at {TOKEN}: error=500")], "data", False, "Failed at [hidden]: error=500"),
    ],
)
def test_what_apprise_logs_is_what_the_failure_means(logged: Said, stage: str, *, unknown: bool, words: str) -> None:
    error = refusal(logged, f"tgram://{TOKEN}/room")
    assert (error.stage, error.unknown) == (stage, unknown)
    assert words in error.answer
    assert TOKEN not in error.answer


def test_an_address_of_no_service_is_refused_and_not_repeated() -> None:
    channel = AppriseChannel()
    for address in (f"nosuch://{TOKEN}", "tgram://x"):
        with pytest.raises(ValueError, match="knows no service") as told:
            channel.check_reach(channel.recipient(address))
        assert TOKEN not in str(told.value)
        with pytest.raises(DeliveryError) as error:
            channel.send(delivery(recipient=address, body=b"{}"))
        assert (error.value.stage, error.value.permanent) == ("recipient", True)
    assert channel.check_reach("json://127.0.0.1/x") == ""
    with pytest.raises(ValueError, match="not an address of Apprise") as told:
        channel.recipient(f"{TOKEN} tgram")
    assert TOKEN not in str(told.value)


def test_a_plugin_that_fails_leaves_the_outcome_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> bool:
        raise RuntimeError(f"a fault at {TOKEN}")

    monkeypatch.setattr(NotifyJSON, "send", fails)
    with pytest.raises(DeliveryError) as error:
        AppriseChannel().send(delivery(recipient=f"json://127.0.0.1/{TOKEN}", body=BODY))
    assert (error.value.unknown, TOKEN in str(error.value)) == (True, False)


def test_nothing_of_apprise_gets_into_our_log(capsys: pytest.CaptureFixture[str]) -> None:
    heard: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.name)

    root, ear = logging.getLogger(), Ear()
    root.addHandler(ear)
    try:
        failed([answer(500)])
    finally:
        root.removeHandler(ear)
    assert "apprise" not in heard
    assert TOKEN not in str(capsys.readouterr())


def test_without_the_extra_the_kind_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor.deliver.by_apprise, "find_spec", lambda _: None)
    with pytest.raises(ValueError, match=r"install news-monitor\[apprise\]"):
        AppriseChannel()
    monkeypatch.undo()
    with pytest.raises(ValueError, match="more than zero"):
        AppriseChannel(timeout=timedelta())


CONFIG = f"""
[[feeds]]
url = "https://harbour.example/rss"
[[topics]]
name = "Ports"
any = ["dock strike"]
[[digests]]
name = "Daily"
to = ["ann"]
[storage]
archive_url = "https://news.example/archive"
[channels.push]
kind = "apprise"
[recipients.ann]
channel = "push"
address = "json://127.0.0.1/{TOKEN}"
"""


def test_an_address_is_a_secret_in_the_config_and_its_messages_are_held_where_nobody_knows(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG, encoding="utf-8")
    file.chmod(0o644)
    with pytest.raises(ConfigError, match=r"recipients\.ann\.address: it has a secret in it.*chmod 600") as told:
        load(file, {"HOME": str(tmp_path)})
    assert TOKEN not in str(told.value)
    file.chmod(0o600)
    settings = load(file, {"HOME": str(tmp_path)})
    assert settings.routes["ann"].on_unknown == "hold"
    assert TOKEN not in repr(settings)
    file.write_text(f'{CONFIG}[mail]\nkind = "apprise"\n', encoding="utf-8")
    assert load(file, {"HOME": str(tmp_path)}).mailing.on_unknown == "hold"
