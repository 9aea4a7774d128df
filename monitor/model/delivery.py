"""One edition × one recipient: finished bytes on their way."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DeliveryState(StrEnum):
    """`queued → sending → sent | refused | held | dead`. Bytes never change after `queued`.

    `sending` found at start-up means that nobody knows whether the message was accepted.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    HELD = "held"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message ready for its channel to compose: one recipient, header values already one line."""

    message_id: str
    list_id: str
    recipient: str
    subject: str
    text: str
    html: str
    date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """A delivery to insert: `body` is exactly what the channel will hand over."""

    recipient: str
    message_id: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A stored delivery. `attempts` counts finished tries; `answer` is the server's last word."""

    id: int
    edition_id: int
    recipient: str
    message_id: str
    body: bytes
    state: DeliveryState
    attempts: int
    queued_at: datetime
    next_attempt_at: datetime
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one attempt leads to: the next state, when to try again (None: never), the answer to keep."""

    state: DeliveryState
    next_attempt_at: datetime | None
    answer: str
