"""ntfy: a notification on telephones, by a server of one's own or a public one.

A repeat carries the same sequence id, so that a server of version 2.16 or newer shows it in place of the first; an
older one shows both.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from monitor.deliver.brief import brief, cut
from monitor.deliver.channel import OnStep, ignore_step
from monitor.deliver.http import HttpForm, redacted_value, resent_id, retried
from monitor.deliver.keys import short_hash
from monitor.errors import DeliveryError
from monitor.model.delivery import Delivery, Letter, NewDelivery

if TYPE_CHECKING:
    from monitor.model.alert_mail import AlertMail

MOST_BYTES = 4_000
"""Of a message; above 4,096 a server makes a file of it."""

MOST_TITLE_BYTES = 240
MOST_URL = 1_000
"""Of the address of an article: a server reads 8,192 bytes."""

TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")
REFUSES_ALL = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND})
"""Answers that speak of the token or the address of the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NtfyChannel(HttpForm):
    """`kind = "ntfy"`: a recipient is a topic of the server at `url`. Where topics are protected, `token` comes from
    `token_file` or the environment variable `token_env`, which are read by `config`. `priority` is that of the
    notifications, from 1 to 5.
    """

    is_brief: ClassVar[bool] = True

    url: str
    token_file: Path | None = None
    token_env: str = ""
    token: str = field(default="", repr=False)
    priority: int = 3

    def __post_init__(self) -> None:
        self.check_address(self.url)
        if self.priority not in range(1, 6):
            raise ValueError("priority is a number from 1 (least) to 5 (most)")

    @staticmethod
    def recipient(text: str) -> str:
        if not TOPIC.fullmatch(text):
            raise ValueError(f"{text!r} cannot be a topic of ntfy; write a-z, A-Z, 0-9, - and _, at most 64.")
        return text

    def compose(self, letter: Letter) -> bytes:
        said: dict[str, Any] = {
            "topic": letter.recipient,
            "title": cut(letter.subject, MOST_TITLE_BYTES).replace("\n", " "),
            "message": brief(letter, MOST_BYTES),
            "priority": self.priority,
            "sequence_id": short_hash(letter.message_id),
        }
        click = letter.page if letter.alert is None else _opens(letter.alert)
        return _written({**said, "click": click} if click else said)

    def send(self, delivery: Delivery) -> str:
        """Raises DeliveryError."""
        return self.send_with_steps(delivery, ignore_step)

    def send_with_steps(self, delivery: Delivery, on_step: OnStep) -> str:
        """As `send`, step by step."""
        own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers = {"Content-Type": "application/json", "User-Agent": "news-monitor", **own}
        got = self.called("POST", f"{self.url.rstrip('/')}/", headers, delivery.body, on_step)
        words = str(_read(got.body).get("error") or "") if got.status != HTTPStatus.OK else ""
        if got.status == HTTPStatus.OK:
            said = f"{got.status} message {_read(got.body).get('id', '')!s:.40}"
            on_step("data", said)
            return said
        if got.status == HTTPStatus.FORBIDDEN:
            raise DeliveryError(stage="recipient", code=got.status, answer=words or got.words, permanent=True)
        is_ours = got.status in REFUSES_ALL or got.status in range(300, 400)
        raise retried(got, words, permanent=True, ours=is_ours)

    def check_connection(self, _timeout: timedelta) -> str:
        """Ask for the health of the server. Raises DeliveryError."""
        got = self.called("GET", f"{self.url.rstrip('/')}/v1/health", {"User-Agent": "news-monitor"}, b"")
        if got.status != HTTPStatus.OK or _read(got.body).get("healthy") is not True:
            raise retried(got)
        return f"{self.url} answers and is healthy"

    def resent(self, delivery: Delivery, recipient: str, mark: str, _now: datetime) -> NewDelivery:
        message_id = resent_id(delivery, recipient, mark)
        said = {**_read(delivery.body), "topic": recipient, "sequence_id": short_hash(message_id)}
        return NewDelivery(recipient=recipient, message_id=message_id, body=_written(said))

    def advice(self, error: DeliveryError | None) -> str:
        if error is None:
            return "The server has taken it. Look whether your telephone is subscribed to the topic."
        if error.stage == "recipient":
            return "The token may not write to this topic: ntfy access USER TOPIC write-only."
        return "Compare url and token with those of the server; `ntfy token` on it makes a token."

    def described(self, body: bytes) -> Mapping[str, str]:
        said = _read(body)
        return {name: str(said[name]) for name in ("title", "click", "priority") if said.get(name)}

    def text_of(self, body: bytes) -> str:
        return str(_read(body).get("message", ""))

    def redacted(self, body: bytes, plain: Callable[[str], str], _page: Callable[[str], str]) -> bytes:
        said = _read(body)
        without = {
            name: redacted_value(each, plain) if name in {"title", "message"} else each
            for name, each in said.items()
            if name != "click" or plain(str(each)) == each
        }
        return body if without == said else _written(without)


def _opens(mail: "AlertMail") -> str:
    """What a tap opens: the article, if there is one alone."""
    url = mail.stories[0].lead.url if len(mail.stories) == 1 else ""
    return url if len(url) <= MOST_URL else ""


def _written(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")


def _read(body: bytes) -> dict[str, Any]:
    """An object of JSON; empty for anything else."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
