"""One edition, alert or note × one recipient: finished bytes on their way."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.model.ids import DeliveryId, EditionId

if TYPE_CHECKING:  # most commands need no edition
    from monitor.model.alert_mail import AlertMail
    from monitor.model.edition import Edition
    from monitor.model.rollup import RollUp

REST_FILE = "rest-of-the-digest.txt"
"""The name of the file that lists what had no room in a mail."""


class DeliveryState(StrEnum):
    """`queued → sending → sent | refused | held | dead | cancelled`. The bytes never change after `queued`.

    A message found in `sending` at a start has an unknown outcome. `held` waits for the owner: the outcome is unknown,
    or the recipient is suspended. `refused`: the server does not accept this recipient; `dead`: it does not accept this
    message, or could not be reached for days. `cancelled`: by the owner, or by the recipient, who paused such messages.
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
    """A message ready for its channel to compose, for one recipient."""

    message_id: str
    """Its id, in the channel's own form."""
    digest: str
    """The name by which readers sort messages: that of the digest, or one for notes and tests; one line."""
    recipient: str
    """The recipient, as the channel accepted it."""
    subject: str
    """The subject, one line."""
    text: str
    """The text."""
    html: str
    """The same as HTML; "" for plain text alone."""
    date: datetime
    """Its date (UTC)."""
    unsubscribe_url: str = ""
    """An https address that takes a POST (RFC 8058), with the placeholders {recipient} and {list}; "" for none."""
    pause_url: str = ""
    """Where the recipient, and nobody else, can pause such messages by mail; "" if they cannot."""
    attachment: str = ""
    """A file of plain text that goes along because the text has no room for all; "" for none."""
    attachment_name: str = REST_FILE
    """The name of that file."""
    page: str = ""
    """The address of the edition's page, for its readers; "" if they can open none."""
    references: tuple[str, ...] = ()
    """The ids of earlier messages on the same story, the oldest first; a mail program shows them as one thread."""
    edition: "Edition | RollUp | None" = None
    """What the texts say, for a channel that wants words of its own; None if the message is not of an edition."""
    alert: "AlertMail | None" = None
    """The same of a message of alerts; None for any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """A delivery to insert."""

    recipient: str
    """The recipient, as the channel accepted it."""
    message_id: str
    """The id of the message."""
    body: bytes
    """The exact bytes that the channel sends."""
    held: str = ""
    """Why it is not to be tried yet; "" if it is."""
    unwanted: str = ""
    """Why it is made and not sent (`policy.pausing`); "" if it is."""
    names: tuple[DeliveryId, ...] = ()
    """The deliveries of which its text says that they never arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A stored delivery."""

    id: DeliveryId
    """The row id."""
    edition_id: EditionId | None
    """The edition that it carries; None for an alert or a mail to the operator."""
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
    repairs: DeliveryId | None = None
    """The id of the delivery that it is a copy of, in another form or resent by hand; None if it is not a copy."""
    tried_at: datetime | None = None
    """When the attempt that is being made began (UTC); None while none is. Not stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one attempt leads to."""

    state: DeliveryState
    """The next state."""
    next_attempt_at: datetime | None
    """When to try again (UTC); None: never."""
    answer: str
    """The answer to keep, as one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """A delivery as people look at it: everything but its bytes."""

    id: DeliveryId
    """The row id."""
    digest: str
    """The name of the digest, for an alert "alert: " and its topic; "" for a mail to the operator."""
    slot: str
    """What its edition is called, or which alert it is; "" for a mail to the operator."""
    recipient: str
    """The recipient."""
    message_id: str
    """The id of the message."""
    state: DeliveryState
    """How far it is."""
    attempts: int
    """The number of finished attempts."""
    queued_at: datetime
    """When it was queued (UTC)."""
    next_attempt_at: datetime | None
    """When it is tried next (UTC); None if it is not."""
    finished_at: datetime | None
    """When it was over (UTC); None while it is not."""
    answer: str
    """The last answer of the server, as one line; "" if none."""
    repairs: DeliveryId | None
    """The delivery that it is a copy of; None if it is not a copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Attempts with the same outcome, one after the other."""

    state: DeliveryState
    """What they led to."""
    answer: str
    """The answer of the server, as one line."""
    times: int
    """How many there were."""
    first_at: datetime
    """The first of them (UTC)."""
    last_at: datetime
    """The last of them (UTC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """An edition that never reached its recipient."""

    delivery_id: DeliveryId
    """The delivery that failed."""
    slot: str
    """What the edition is called."""
    dated: date | datetime
    """Its local date, or the moment it was made by hand (UTC)."""
    answer: str
    """The last answer of the server, as one line; of a message that its recipient had paused, why it was not sent."""
    clock: str = ""
    """Its time of day where its digest had several; else ""."""
