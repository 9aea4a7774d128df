"""A stored delivery for tests, of which each says only what matters to it, and a channel that does as it is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from monitor.deliver.mail.form import MailForm
from monitor.deliver.mail.replies import refusal
from monitor.errors import DeliveryError
from monitor.model.delivery import Delivery, DeliveryState
from monitor.model.ids import DeliveryId, EditionId

NOON = datetime(2016, 9, 21, 12, tzinfo=UTC)
BODY = b"Subject: hello\r\n\r\n.a dot\r\n..two dots\r\nFrom the desk\r\n.\r\nafter a lonely dot\r\n"

DELIVERY = Delivery(
    id=DeliveryId(1),
    edition_id=EditionId(1),
    recipient="reader@home.example",
    message_id="<daily.scheduled.2016-09-21.0123456789abcdef@news.example>",
    body=BODY,
    state=DeliveryState.SENDING,
    attempts=0,
    queued_at=NOON,
    next_attempt_at=NOON,
)


def delivery(**changes: Any) -> Delivery:
    return replace(DELIVERY, **changes)


class ScriptedChannel(MailForm):
    """Composes real messages and hands them to `answer`, which returns the server's words or raises DeliveryError."""

    sender = "News Monitor <news@monitor.example>"

    def __init__(self, answer: Callable[[Delivery], str] = lambda _: "250 taken") -> None:
        self.answer = answer
        self.tried: list[Delivery] = []
        self.accepted: list[Delivery] = []

    def send(self, delivery: Delivery) -> str:
        self.tried.append(delivery)
        answer = self.answer(delivery)
        self.accepted.append(delivery)
        return answer


def no(stage: str, code: int | None = None, answer: str = "no") -> Callable[[Delivery], str]:
    """A server that says so to everyone."""

    def refuse(_: Delivery) -> str:
        if code is not None:
            raise refusal(stage, code, answer)
        raise DeliveryError(stage=stage, answer=answer, unknown=stage == "lost")

    return refuse


def text_of(body: bytes, subtype: str = "plain") -> str:
    """The text part of a message, or its page, with its lines joined."""
    part = BytesParser(EmailMessage, policy=default).parsebytes(body).get_body((subtype,))
    assert part is not None
    return " ".join(str(part.get_content()).split())
