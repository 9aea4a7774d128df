"""The channels that send finished messages. A new channel is one file here and one line in `KINDS`.

A channel composes the bytes of a message once, and sends exactly those bytes at every attempt.
`retry` decides what an answer means for the delivery. Nothing here knows about editions, topics or
the database.
"""

from datetime import timedelta
from typing import Protocol, runtime_checkable

from monitor.deliver.email import SmtpChannel
from monitor.deliver.maildir import MaildirChannel
from monitor.deliver.smtp_session import OnStep
from monitor.model.delivery import Delivery, Letter


class Channel(Protocol):
    """A frozen dataclass whose fields are the keys of the `[mail]` table in the TOML file.

    Invalid settings raise a ValueError at construction, with a sentence for a person.
    """

    @property
    def sender(self) -> str:
        """`Name <user@domain>`, or the address alone."""
        ...

    def compose(self, letter: Letter) -> bytes:
        """The message, with CRLF line ends. Pure: equal letters give equal bytes, in any process (rule E13)."""
        ...

    def send(self, delivery: Delivery) -> str:
        """Send `delivery.body` and return the last answer, as one line that is safe to show.

        Raises DeliveryError for everything that can go wrong outside this program.
        """
        ...


@runtime_checkable
class ReportsSteps(Protocol):
    """A channel may also report its steps, which `mail test` prints as they happen."""

    def send_with_steps(self, delivery: Delivery, on_step: OnStep) -> str:
        """Like `send`; `on_step` gets the stage (as on DeliveryError) and the answer of each successful step."""
        ...


@runtime_checkable
class ChecksConnection(Protocol):
    """A channel that depends on a server may test the connection without sending a message, for `doctor`."""

    def check_connection(self, timeout: timedelta) -> str:
        """How far the connection got, in words; `timeout` bounds each step. Raises DeliveryError."""
        ...


DEFAULT_SEND_TIMEOUT = timedelta(minutes=10)


def send_timeout(channel: Channel) -> timedelta:
    """The time after which sending counts as hanging. A channel that may take longer defines its own `patience`."""
    return getattr(channel, "patience", DEFAULT_SEND_TIMEOUT)


def is_local(channel: Channel) -> bool:
    """Whether messages of this channel stay on this machine, so that readers can open its files. Such a channel
    defines its own `is_local`.
    """
    return getattr(channel, "is_local", False)


KINDS: dict[str, type[Channel]] = {
    "maildir": MaildirChannel,
    "smtp": SmtpChannel,
}
