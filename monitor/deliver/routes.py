"""Several channels behind one: each message goes by the channel of its recipient.

A recipient is an address of the channel of `[mail]`, or a name of `[recipients]`; only a name may have another channel.
Messages are stored under the name: an address of a service may be a secret of its own.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.deliver.channel import (
    Channel,
    ChecksReach,
    KnowsSpellings,
    copy_of_copy,
    is_local,
    redacted,
    send_timeout,
    sender_of_batch,
    server_of,
)
from monitor.errors import DeliveryError, UsageError
from monitor.model.delivery import Delivery, Letter, NewDelivery
from monitor.model.settings import OnUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The way to a named recipient."""

    name: str
    """The name of its channel."""
    channel: Channel
    """The channel."""
    address: str = field(repr=False)
    """The recipient as the channel knows it."""
    on_unknown: OnUnknown = "resend"
    """What to do with a message that may have been accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The channel of `[mail]`, and those of named recipients."""

    mail: Channel
    """For every recipient without a name."""
    named: Mapping[str, Route] = field(default_factory=dict)
    """By the name of the recipient."""

    def towards(self, recipient: str) -> Channel:
        """The channel that composes the messages to this recipient, and reads them."""
        route = self.named.get(recipient)
        return self.mail if route is None else route.channel

    def recipient(self, text: str) -> str:
        return text if text in self.named else self.mail.recipient(text)

    def message_id(self, key: str) -> str:
        return self.mail.message_id(key)

    def compose(self, letter: Letter) -> bytes:
        return self.towards(letter.recipient).compose(replace(letter, recipient=self._address(letter.recipient)))

    def send(self, delivery: Delivery) -> str:
        """Raises DeliveryError, also for a name that has left the config."""
        return self.sent(delivery, self.towards(delivery.recipient).send)

    def batch(self) -> "RoutedBatch":
        """A `send` for several messages, which is one for each channel."""
        return RoutedBatch(self)

    def copy_after_refusal(self, delivery: Delivery) -> NewDelivery | None:
        return self._back(delivery, self.towards(delivery.recipient).copy_after_refusal(self._forth(delivery)))

    def copy_of_copy(self, delivery: Delivery) -> NewDelivery | None:
        return self._back(delivery, copy_of_copy(self.towards(delivery.recipient), self._forth(delivery)))

    def resent(self, delivery: Delivery, recipient: str, mark: str, now: datetime) -> NewDelivery:
        """Raises UsageError if the other recipient has another channel: the message was written for the first one."""
        old, new = (self.named.get(each) for each in (delivery.recipient, recipient))
        if (old and old.name) != (new and new.name):
            raise UsageError(
                f"The message to {delivery.recipient} was written for another channel than that of {recipient}; "
                "send it to somebody who has the same channel."
            )
        copy = self.towards(recipient).resent(self._forth(delivery), self._address(recipient), mark, now)
        return replace(copy, recipient=recipient)

    def redacted(self, body: bytes, plain: Callable[[str], str], page: Callable[[str], str]) -> bytes:
        return redacted(self.mail, body, plain, page)

    def advice(self, error: DeliveryError | None) -> str:
        return self.mail.advice(error)

    def described(self, body: bytes) -> Mapping[str, str]:
        return self.mail.described(body)

    def text_of(self, body: bytes) -> str:
        return self.mail.text_of(body)

    def check_reach(self, recipient: str) -> str:
        channel = self.towards(recipient)
        return channel.check_reach(self._address(recipient)) if isinstance(channel, ChecksReach) else ""

    def identity(self, recipient: str) -> str:
        is_spelled = recipient not in self.named and isinstance(self.mail, KnowsSpellings)
        return self.mail.identity(recipient) if is_spelled else recipient  # type: ignore[attr-defined]

    def server_of(self, recipient: str) -> str:
        """Who fails together: recipients of one channel, and of one server of it."""
        route = self.named.get(recipient)
        return f"{route.name if route else ''} {server_of(self.towards(recipient), self._address(recipient))}"

    def on_unknown(self, recipient: str, of_mail: OnUnknown) -> OnUnknown:
        """What to do with a message to this recipient that may have been accepted."""
        route = self.named.get(recipient)
        return of_mail if route is None else route.on_unknown

    @property
    def is_local(self) -> bool:
        """Whether no message leaves this machine."""
        return is_local(self.mail) and all(is_local(route.channel) for route in self.named.values())

    @property
    def send_timeout(self) -> timedelta:
        """The longest time that sending may take, by any of them."""
        return max(send_timeout(each) for each in (self.mail, *(route.channel for route in self.named.values())))

    def _address(self, recipient: str) -> str:
        route = self.named.get(recipient)
        return recipient if route is None else route.address

    def _forth(self, delivery: Delivery) -> Delivery:
        return replace(delivery, recipient=self._address(delivery.recipient))

    def _back(self, delivery: Delivery, copy: NewDelivery | None) -> NewDelivery | None:
        return None if copy is None else replace(copy, recipient=delivery.recipient)

    def sent(self, delivery: Delivery, send: Callable[[Delivery], str]) -> str:
        """Send by this sender of its channel. Raises DeliveryError, also for a name that has left the config."""
        if delivery.recipient not in self.named:
            self._check_known(delivery.recipient)
        return send(self._forth(delivery))

    def _check_known(self, recipient: str) -> None:
        """A name that left the config is not a valid address of mail. Its message is for another channel."""
        if "@" in recipient:
            return
        try:
            self.mail.recipient(recipient)
        except ValueError as error:
            answer = (
                f'no recipient is called "{recipient}" any more; add [recipients.{recipient}], or cancel the delivery'
            )
            raise DeliveryError(stage="recipient", answer=answer, permanent=True) from error


class RoutedBatch:
    """Senders of a batch, one for each channel that has a message; `close` ends them all."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._open = ExitStack()
        self._senders: dict[str, Callable[[Delivery], str]] = {}

    def __call__(self, delivery: Delivery) -> str:
        """Raises DeliveryError."""
        route = self._routes.named.get(delivery.recipient)
        name = "" if route is None else route.name
        if name not in self._senders:
            channel = self._routes.towards(delivery.recipient)
            self._senders[name] = self._open.enter_context(sender_of_batch(channel))
        return self._routes.sent(delivery, self._senders[name])

    def close(self) -> None:
        """End all senders. One that fails at it keeps no other from ending."""
        self._senders.clear()
        self._open.close()


def towards(channel: Channel, recipient: str) -> Channel:
    """The channel that composes the messages to this recipient, and reads them, where there may be several."""
    own: Callable[[str], Channel] | None = getattr(channel, "towards", None)
    return channel if own is None else own(recipient)


def on_unknown(channel: Channel, recipient: str, of_mail: OnUnknown) -> OnUnknown:
    """What to do with a message to this recipient that may have been accepted."""
    own: Callable[[str, OnUnknown], OnUnknown] | None = getattr(channel, "on_unknown", None)
    return of_mail if own is None else own(recipient, of_mail)
