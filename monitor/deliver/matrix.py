"""Matrix: a message in a room. The id of the message is the id of its transaction, so a repeat is no second message."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from monitor.deliver.brief import brief, size
from monitor.deliver.channel import OnStep, ignore_step
from monitor.deliver.http import HttpForm, resent_id, retried
from monitor.errors import DeliveryError
from monitor.model.delivery import Delivery, Letter, NewDelivery
from monitor.plain_text import one_line

MOST_BYTES = 16_000
MOST_HTML_BYTES = 40_000
"""Of the text, and of the same as HTML: an event has at most 65,536 bytes."""

ROOM = re.compile(r"![\x21-\x7e]{1,250}")
LINK = re.compile(r"https?://[^\s<>\"]+")
API = "/_matrix/client/v3"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixChannel(HttpForm):
    """`kind = "matrix"`: a recipient is the id of a room, on the homeserver at `url`. `token` is the access token of
    the account that writes; it comes from `token_file` or the environment variable `token_env`, read by
    `config`.
    """

    is_brief: ClassVar[bool] = True
    needs: ClassVar[tuple[str, ...]] = ("token",)

    url: str
    token_file: Path | None = None
    token_env: str = ""
    token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        self.check_address(self.url)

    @staticmethod
    def recipient(text: str) -> str:
        if not ROOM.fullmatch(text):
            raise ValueError(f"{text!r} is not the id of a room; write one such as !abc:home.example.")
        return text

    def compose(self, letter: Letter) -> bytes:
        text = brief(letter, MOST_BYTES)
        html = f"<strong>{escape(letter.subject)}</strong><br><br>{_html(text)}"
        return _written({"msgtype": "m.text", "body": f"{letter.subject}\n\n{text}", **_formatted(html)})

    def send(self, delivery: Delivery) -> str:
        """Raises DeliveryError."""
        return self.send_with_steps(delivery, ignore_step)

    def send_with_steps(self, delivery: Delivery, on_step: OnStep) -> str:
        """As `send`, step by step."""
        if not self.token:
            answer = "there is no access token; set token_file or token_env in the table of the channel"
            raise DeliveryError(stage="login", answer=answer, permanent=True)
        room, transaction = (quote(each, safe="") for each in (delivery.recipient, delivery.message_id))
        address = f"{self.url.rstrip('/')}{API}/rooms/{room}/send/m.room.message/{transaction}"
        got = self.called("PUT", address, self._headers(), delivery.body, on_step)
        said = _read(got.body)
        if got.status == HTTPStatus.OK and said.get("event_id"):
            answer = f"{got.status} event {said['event_id']!s:.80}"
            on_step("data", answer)
            return answer
        raise _refusal(got.status, said) or retried(got, _words(said), permanent=got.status in range(400, 500))

    def check_connection(self, _timeout: timedelta) -> str:
        """Ask who the token belongs to. Raises DeliveryError."""
        got = self.called("GET", f"{self.url.rstrip('/')}{API}/account/whoami", self._headers(), b"")
        said = _read(got.body)
        if got.status != HTTPStatus.OK:
            raise _refusal(got.status, said) or retried(got, _words(said))
        return f"{self.url} answers, the token is that of {said.get('user_id', '')!s:.80}"

    def resent(self, delivery: Delivery, recipient: str, mark: str, _now: datetime) -> NewDelivery:
        message_id = resent_id(delivery, recipient, mark)
        return NewDelivery(recipient=recipient, message_id=message_id, body=delivery.body)

    def advice(self, error: DeliveryError | None) -> str:
        if error is None:
            return "The homeserver has taken it. It is in the room."
        if error.stage == "recipient":
            return "Invite the account of the token to the room, and have it join."
        return "Compare url and token with those of the homeserver; a client shows the token of its session."

    def described(self, body: bytes) -> Mapping[str, str]:
        said = _read(body)
        subject = str(said.get("body", "")).partition("\n\n")[0]
        return {"subject": subject} if "msgtype" in said else {}

    def text_of(self, body: bytes) -> str:
        said = _read(body)
        return str(said.get("body", "")).partition("\n\n")[2] if "msgtype" in said else ""

    def redacted(self, body: bytes, plain: Callable[[str], str], _page: Callable[[str], str]) -> bytes:
        said = _read(body)
        if "msgtype" not in said or plain(str(said.get("body", ""))) == said.get("body"):
            return body
        text = plain(str(said["body"]))
        plain_alone = {name: each for name, each in said.items() if name not in {"format", "formatted_body"}}
        return _written({**plain_alone, "body": text, **_formatted(_html(text))})

    def _headers(self) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "User-Agent": "news-monitor",
            "Authorization": f"Bearer {self.token}",
        }


def _refusal(status: int, said: Mapping[str, Any]) -> DeliveryError | None:
    """The error of an answer that says by its code what is wrong; None for others."""
    code, words = said.get("errcode"), _words(said)
    if code == "M_LIMIT_EXCEEDED":
        wait = said.get("retry_after_ms")
        after = timedelta(milliseconds=min(wait, 86_400_000)) if isinstance(wait, int) and wait > 0 else None
        return DeliveryError(stage="data", code=status, answer=words, for_all=True, retry_after=after)
    if status == HTTPStatus.UNAUTHORIZED:
        return DeliveryError(stage="login", code=status, answer=words, permanent=True)
    if code in {"M_FORBIDDEN", "M_NOT_FOUND"}:
        return DeliveryError(stage="recipient", code=status, answer=words, permanent=True)
    if code == "M_UNRECOGNIZED" or not said:
        is_server = status >= HTTPStatus.INTERNAL_SERVER_ERROR
        answer = words or "this is not a homeserver of Matrix"
        return DeliveryError(stage="data", code=status, answer=answer, permanent=not is_server, ours=True, for_all=True)
    return None


def _words(said: Mapping[str, Any]) -> str:
    return one_line(" ".join(str(said[name]) for name in ("errcode", "error") if said.get(name)), 200)


def _formatted(html: str) -> dict[str, str]:
    """The keys of the text as HTML; none if it is too long, as many escapes can make it."""
    return {"format": "org.matrix.custom.html", "formatted_body": html} if size(html) <= MOST_HTML_BYTES else {}


def _html(text: str) -> str:
    """The text as HTML: escaped, its addresses as links."""
    return LINK.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', escape(text)).replace("\n", "<br>")


def _written(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")


def _read(body: bytes) -> dict[str, Any]:
    """An object of JSON; empty for anything else."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
