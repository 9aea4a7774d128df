"""Signed webhooks: each message is one POST of JSON, in the form of docs/webhook.schema.json.

The id of the delivery is the key for repeats: a receiver that keeps the ids it has seen gets each message once.
"""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar

from monitor.deliver.channel import OnStep, ignore_step
from monitor.deliver.http import HttpForm, phrase, redacted_value, resent_id, retried, url_problem
from monitor.errors import DeliveryError
from monitor.model.delivery import Delivery, Letter, NewDelivery
from monitor.policy.suspension import GONE
from monitor.url import origin_of

VERSION = 1
"""Of the form of the messages. It changes only if a name goes or changes its meaning."""

GOOD = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChannel(HttpForm):
    """`kind = "webhook"`: a recipient is a URL. `secret` signs each message; it comes from `secret_file` or the
    environment variable `secret_env`, which are read by `config`. A 2xx within ten seconds means that the message was
    taken, and 410 that the receiver wants no more; after everything else it is tried again for five days.
    """

    needs: ClassVar[tuple[str, ...]] = ("secret",)

    secret_file: Path | None = None
    secret_env: str = ""
    secret: str = field(default="", repr=False)

    @staticmethod
    def recipient(text: str) -> str:
        if problem := url_problem(text):
            raise ValueError(
                f"this is not the address of a webhook ({problem}); write one such as https://desk.example/in"
            )
        return text

    def check_reach(self, recipient: str) -> str:
        self.check_address(recipient)
        return ""

    @staticmethod
    def server_of(recipient: str) -> str:
        """Who fails together: the recipients of one server."""
        return origin_of(recipient)

    def compose(self, letter: Letter) -> bytes:
        from monitor.deliver.told import alerted, moment, told  # most commands compose nothing

        said: dict[str, Any] = {
            "version": VERSION,
            "id": letter.message_id,
            "digest": letter.digest,
            "at": moment(letter.date),
            "subject": letter.subject,
            "text": letter.text,
            "page": letter.page,
            "edition": told(letter.edition),
            "alert": alerted(letter.alert),
        }
        return _written(said)

    def send(self, delivery: Delivery) -> str:
        """Raises DeliveryError."""
        return self.send_with_steps(delivery, ignore_step)

    def send_with_steps(self, delivery: Delivery, on_step: OnStep) -> str:
        """As `send`, step by step."""
        if not self.secret:
            answer = "there is no secret to sign with; set secret_file or secret_env in the table of the channel"
            raise DeliveryError(stage="login", answer=answer, permanent=True)
        headers = self._headers(delivery)
        on_step("sign", f"sha256 of {len(delivery.body):,} bytes, id {delivery.message_id}")
        got = self.called("POST", delivery.recipient, headers, delivery.body, on_step)
        if got.status in GOOD:
            said = f"{got.status} {got.words or phrase(got.status)}"
            on_step("data", said)
            return said
        if got.status == HTTPStatus.GONE:
            raise DeliveryError(stage=GONE, code=got.status, answer=got.words or "Gone", permanent=True)
        raise retried(got)

    def resent(self, delivery: Delivery, recipient: str, mark: str, _now: datetime) -> NewDelivery:
        message_id = resent_id(delivery, recipient, mark)
        said = _read(delivery.body)
        body = _written({**said, "id": message_id}) if said else delivery.body
        return NewDelivery(recipient=recipient, message_id=message_id, body=body)

    def advice(self, error: DeliveryError | None) -> str:
        if error is None:
            return "The receiver has taken it. What it does with it is written in its own log."
        if error.stage == GONE:
            return "The receiver wants no more messages. Take it out of the config, or ask whoever runs it."
        return "Compare the address and the secret with those of the receiver; its log says why it refused the message."

    def described(self, body: bytes) -> Mapping[str, str]:
        said = _read(body)
        return {name: str(said[name]) for name in ("id", "digest", "at", "subject", "page") if said.get(name)}

    def text_of(self, body: bytes) -> str:
        return str(_read(body).get("text", ""))

    def redacted(self, body: bytes, plain: Callable[[str], str], _page: Callable[[str], str]) -> bytes:
        said = _read(body)
        without = {name: value if name == "id" else redacted_value(value, plain) for name, value in said.items()}
        return body if without == said else _written(without)

    def _headers(self, delivery: Delivery) -> dict[str, str]:
        timestamp = str(int((delivery.tried_at or delivery.queued_at).timestamp()))
        return {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "news-monitor",
            "Idempotency-Key": delivery.message_id,
            "X-News-Monitor-Timestamp": timestamp,
            "X-News-Monitor-Signature": f"sha256={signature(self.secret, timestamp, delivery.body)}",
        }


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What a receiver computes to know that the message is ours and new: HMAC-SHA256 of timestamp, dot and body."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, sha256).hexdigest()


def _written(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _read(body: bytes) -> dict[str, Any]:
    """What `compose` wrote; empty for the message of another channel."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) and "version" in said else {}
