"""A stored delivery for tests, of which each test says only what matters to it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from monitor.model.delivery import Delivery, DeliveryState

NOON = datetime(2016, 9, 21, 12, tzinfo=UTC)
BODY = b"Subject: hello\r\n\r\n.a dot\r\n..two dots\r\nFrom the desk\r\n.\r\nafter a lonely dot\r\n"

DELIVERY = Delivery(
    id=1,
    edition_id=1,
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
