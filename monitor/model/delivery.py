"""One edition × one recipient: finished bytes on their way."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # most commands need no edition
    from monitor.model.edition import Edition
    from monitor.model.rollup import RollUp

REST_FILE = "rest-of-the-digest.txt"
"""The name of the file that lists what had no room in a mail."""


class DeliveryState(StrEnum):
    """`queued → sending → sent | refused | held | dead | cancelled`. The bytes never change after `queued`.

    A message found in `sending` at a start has an unknown outcome. `held` waits for the owner: the outcome is unknown,
    or the recipient is suspended. `refused`: the server does not accept this recipient; `dead`: it does not accept this
    message, or could not be reached for days. `cancelled`: by the owner.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    HELD = "held"
    DEAD = "dead"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message ready for its channel to compose: one recipient, subject and names already one line.

    `message_id` is in the channel's own form. `digest`: the name by which readers sort messages, that of the digest
    or one for notes and tests. `recipient`: as the channel accepted it. Without `html` it is plain text.
    `attachment`: a file of plain text that goes along because the text has no room for all, "" for none, named
    `attachment_name`. `edition`: what the texts say, for a channel that wants words of its own; None if the message
    is not of an edition. `unsubscribe_url` is an https address that takes a POST (RFC 8058), in which {recipient} and
    {list} are to be filled in, or "".
    """

    message_id: str
    digest: str
    recipient: str
    subject: str
    text: str
    html: str
    date: datetime
    unsubscribe_url: str = ""
    attachment: str = ""
    attachment_name: str = REST_FILE
    edition: "Edition | RollUp | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """A delivery to insert: `body` is exactly what the channel will hand over.

    `held`: why it is not to be tried yet, "" if it is. `names`: the deliveries that its text says never came.
    """

    recipient: str
    message_id: str
    body: bytes
    held: str = ""
    names: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A stored delivery."""

    id: int
    """The row id."""
    edition_id: int | None
    """The edition that it carries; None for a mail to the operator."""
    recipient: str
    """The bare address of the recipient."""
    message_id: str
    """The Message-ID of the message."""
    body: bytes
    """The exact bytes that the channel sends."""
    state: DeliveryState
    """How far it is."""
    attempts: int
    """The number of finished attempts."""
    queued_at: datetime
    """When it was queued (UTC)."""
    next_attempt_at: datetime | None
    """When it is tried next (UTC); None if it is not."""
    answer: str = ""
    """The last answer of the server, as one line."""
    repairs: int | None = None
    """The id of the delivery that it is a copy of, in another form or resent by hand; None if it is not a copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one attempt leads to: the next state, when to try again (None: never), the answer to keep."""

    state: DeliveryState
    next_attempt_at: datetime | None
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """A delivery as people look at it: all but its bytes. `digest` and `slot` are "" for a mail to the operator."""

    id: int
    digest: str
    slot: str
    recipient: str
    message_id: str
    state: DeliveryState
    attempts: int
    queued_at: datetime
    next_attempt_at: datetime | None
    finished_at: datetime | None
    answer: str
    repairs: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What attempts came to, in the server's words: `times` in a row, from `first_at` to `last_at`."""

    state: DeliveryState
    answer: str
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """An edition that never reached its recipient. `dated`: its local date, or the moment it was made by hand.
    `clock`: its time of day, where its digest had several.
    """

    delivery_id: int
    slot: str
    dated: date | datetime
    answer: str
    clock: str = ""
