"""The ways a finished message leaves the house. A new one is one file here and one line in `KINDS`.

A channel composes bytes once and hands over exactly those bytes, however often it is asked to.
What an answer means for the delivery is not decided here but in `retry`, and nothing here knows
of editions, topics or the database.
"""

from datetime import timedelta
from typing import Protocol, runtime_checkable

from monitor.deliver.email import SmtpChannel
from monitor.deliver.maildir import MaildirChannel
from monitor.deliver.smtp_session import OnStep
from monitor.model.delivery import Delivery, Letter


class Channel(Protocol):
    """A frozen dataclass whose fields are the keys of the `[mail]` table in the TOML file.

    Settings that cannot be right are a ValueError at construction, in words for a person.
    """

    @property
    def sender(self) -> str:
        """`Name <user@domain>`, or the address alone."""
        ...

    def compose(self, letter: Letter) -> bytes:
        """The message, with CRLF line ends. Pure: equal letters give equal bytes, in any process (rule E13)."""
        ...

    def send(self, delivery: Delivery) -> str:
        """Hand over `delivery.body` and return the last answer, one line, fit to be shown.

        Raises DeliveryError for everything that can go wrong outside this program.
        """
        ...


@runtime_checkable
class ReportsSteps(Protocol):
    """A channel may also tell of its steps, which `mail test` prints as they happen."""

    def send_with_steps(self, delivery: Delivery, on_step: OnStep) -> str:
        """As `send`; `on_step` gets the stage, as on DeliveryError, and the answer of each step that went well."""
        ...


@runtime_checkable
class ChecksConnection(Protocol):
    """A channel that depends on somebody else may try how far it gets without a message, for `doctor`."""

    def check_connection(self, timeout: timedelta) -> str:
        """How far it came, in words; `timeout` is for each step. Raises DeliveryError."""
        ...


DEFAULT_SEND_TIMEOUT = timedelta(minutes=10)


def send_timeout(channel: Channel) -> timedelta:
    """After what time a hand-over hangs. A channel that may take longer says so in a `patience` of its own."""
    return getattr(channel, "patience", DEFAULT_SEND_TIMEOUT)


def is_local(channel: Channel) -> bool:
    """Whether its messages stay on this machine, so that their readers can open its files. A channel of that kind says
    so by an `is_local` of its own.
    """
    return getattr(channel, "is_local", False)


KINDS: dict[str, type[Channel]] = {
    "maildir": MaildirChannel,
    "smtp": SmtpChannel,
}
