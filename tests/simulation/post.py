"""The channel seam: a post office that takes messages or does not, and knows every copy that it took."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from monitor.deliver.mail.form import MailForm
from monitor.deliver.mail.replies import refusal
from monitor.errors import DeliveryError
from monitor.model.delivery import Delivery
from simulation.accidents import Seams

Weather = Literal["fair", "down", "greylisting", "unknown", "login"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A message that was accepted. `is_unknown`: the sender never heard of it."""

    at: datetime
    recipient: str
    body: bytes
    is_unknown: bool


@dataclass(kw_only=True)
class PostOffice(MailForm):
    """A `Channel`. Its weather is the world's to change."""

    seams: Seams
    true_now: Callable[[], datetime]
    sender: str = "News Monitor <monitor@reader.example>"
    weather: Weather = "fair"
    copies: defaultdict[str, list[Copy]] = field(default_factory=lambda: defaultdict(list))
    """By Message-ID, in order."""
    attempts: int = 0
    seen: set[str] = field(default_factory=set)

    def send(self, delivery: Delivery) -> str:
        """Accept the message, or say why not. A kill just after acceptance leaves an unknown outcome too."""
        self.attempts += 1
        self.seams.cross()
        self._refuse(delivery)
        is_unknown = self.weather == "unknown"
        copies = self.copies[delivery.message_id]
        copies.append(Copy(at=self.true_now(), recipient=delivery.recipient, body=delivery.body, is_unknown=is_unknown))
        try:
            self.seams.cross()
        except BaseException:
            copies[-1] = Copy(at=self.true_now(), recipient=delivery.recipient, body=delivery.body, is_unknown=True)
            raise
        if is_unknown:
            raise DeliveryError(stage="data", answer="connection lost after the final dot", unknown=True)
        return "250 2.0.0 queued"

    def doubt_latest(self) -> None:
        """An accident came before anybody could write down that the latest copies were accepted."""
        for copies in self.copies.values():
            if copies and copies[-1].at == self.true_now():
                latest = copies[-1]
                copies[-1] = Copy(at=latest.at, recipient=latest.recipient, body=latest.body, is_unknown=True)

    def _refuse(self, delivery: Delivery) -> None:
        if self.weather == "down":
            raise DeliveryError(stage="connect", answer="Connection refused")
        if self.weather == "login":
            raise refusal("login", 535, "5.7.8 authentication failed")
        if self.weather == "greylisting" and delivery.message_id not in self.seen:
            self.seen.add(delivery.message_id)
            raise refusal("recipient", 451, "4.7.1 greylisted, come back")
