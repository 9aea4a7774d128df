"""What all channels have in common: recipients, a letter composed into bytes, and an answer.

Callers use this protocol and know no kind of channel. What only mail has is in `deliver.mail`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from monitor.errors import DeliveryError
from monitor.model.delivery import Delivery, Letter, NewDelivery

OnStep = Callable[[str, str], None]
"""Called for each step that succeeded, with its stage, as on DeliveryError and what the other side answered."""


def ignore_step(_stage: str, _answer: str) -> None:
    """For callers that need only the outcome."""


class Channel(Protocol):
    """What sends messages: a channel of a kind, or several behind one (`deliver.routes`).

    All methods but `send` are pure. They are given only bodies that a channel composed; after a change of `kind` these
    may be another channel's.
    """

    def recipient(self, text: str) -> str:
        """`text` as one of `to`, if it is a valid recipient. Raises ValueError, in words for a person."""
        ...

    def message_id(self, key: str) -> str:
        """The form in which a message of this key (see `keys`) names itself; the key where there is no special one."""
        ...

    def compose(self, letter: Letter) -> bytes:
        """What is handed over. Equal letters give equal bytes, in any process (rule E13)."""
        ...

    def send(self, delivery: Delivery) -> str:
        """Hand over `delivery.body` and return the last answer, one line, fit to be shown.

        Raises DeliveryError for everything that can go wrong outside this program.
        """
        ...

    def copy_after_refusal(self, delivery: Delivery) -> NewDelivery | None:
        """Another form of a message that the other side judged and refused, tried once (rule D11); None if there is
        none. It has an id of its own. `delivery.answer` is the answer that refused it.
        """
        ...

    def resent(self, delivery: Delivery, recipient: str, mark: str, now: datetime) -> NewDelivery:
        """A message once more, because somebody asked for it: to its recipient or to another, with an id of its own;
        `mark` (letters, digits, dots) tells it from others of its edition.
        """
        ...

    def advice(self, error: DeliveryError | None) -> str:
        """What a person can do about a message that was not accepted, or where to look for one that was (None)."""
        ...

    def described(self, body: bytes) -> Mapping[str, str]:
        """Name → value of what stands above the text of a message, for `deliveries show`. Never raises."""
        ...

    def text_of(self, body: bytes) -> str:
        """The text of a message, for `digest show`; "" if there is none. Never raises."""
        ...


class KindOfChannel(Channel, Protocol):
    """A frozen dataclass whose fields are the keys of its table in the TOML file, `[mail]` or `[channels.NAME]`.

    Settings that cannot be right are a ValueError at construction, in words for a person.
    """

    @staticmethod
    def recipient(text: str) -> str:
        """A static method, so that recipients are checked even if other settings are wrong."""
        ...


@runtime_checkable
class ReportsSteps(Protocol):
    """A channel may also report its steps, which `mail test` prints as they happen."""

    def send_with_steps(self, delivery: Delivery, on_step: OnStep) -> str:
        """As `send`; `on_step` gets the stage, as on DeliveryError, and the answer of each step that went well."""
        ...


@runtime_checkable
class ChecksConnection(Protocol):
    """A channel that depends on somebody else may try how far it gets without a message, for `doctor`."""

    def check_connection(self, timeout: timedelta) -> str:
        """How far it came, in words; `timeout` is for each step. Raises DeliveryError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderFinding:
    """What the domain of a sender publishes about its mail."""

    about: str
    """What was looked at, such as "SPF of news.example"."""
    said: str
    """What is there."""
    advice: str = ""
    """What is missing, in sentences; "" if nothing is."""


@runtime_checkable
class ChecksSender(Protocol):
    """A channel whose receivers compare the sender with what its domain publishes may look at that, for `doctor`."""

    def check_sender(self, timeout: timedelta) -> Sequence[SenderFinding]:
        """What is there and what is missing; nothing for a sender whose domain publishes nothing. `timeout` is for all
        of it.
        """
        ...


@runtime_checkable
class ChecksReach(Protocol):
    """A channel may know of valid recipients whom it cannot reach with its settings; `check` and `mail test` ask."""

    def check_reach(self, recipient: str) -> str:
        """What is doubtful about it, in words for a person; "" for nothing. Raises ValueError if it cannot arrive."""
        ...


@runtime_checkable
class KnowsSpellings(Protocol):
    """A channel may have recipients that can be spelled in several ways."""

    @staticmethod
    def identity(recipient: str) -> str:
        """The same for two spellings of one recipient."""
        ...


@runtime_checkable
class WarnsOfSettings(Protocol):
    """A channel may find settings odd that it can work with; `check` shows them as warnings."""

    def warnings(self) -> Mapping[str, str]:
        """Key → what is odd about its value, as the rest of a sentence that begins with the key."""
        ...


DEFAULT_SEND_TIMEOUT = timedelta(minutes=10)


def send_timeout(channel: Channel) -> timedelta:
    """After what time a hand-over hangs. A channel that may take longer says so in a `send_timeout` of its own."""
    own: timedelta = getattr(channel, "send_timeout", DEFAULT_SEND_TIMEOUT)
    return own


@contextmanager
def sender_of_batch(channel: Channel) -> Iterator[Callable[[Delivery], str]]:
    """A `send` for messages that go out one after the other. A channel that keeps something meanwhile, such as a
    connection, gives one by a `batch` of its own; if that has a `close`, it is called at the end.
    """
    own: Callable[[], Callable[[Delivery], str]] | None = getattr(channel, "batch", None)
    send = channel.send if own is None else own()
    try:
        yield send
    finally:
        getattr(send, "close", _nothing)()


def _nothing() -> None:
    """For batches that keep nothing."""


def server_of(channel: Channel, recipient: str) -> str:
    """What stands for the server of this recipient: those of one server fail together. Of a channel with one server for
    all it is "". A channel whose recipients are on servers of their own says so by a `server_of` of its own.
    """
    own: Callable[[str], str] | None = getattr(channel, "server_of", None)
    return "" if own is None else own(recipient)


def copy_of_copy(channel: Channel, delivery: Delivery) -> NewDelivery | None:
    """A third form of a message, where its second was judged and refused too; None if there is none. A channel that
    has one makes it by a `copy_of_copy` of its own.
    """
    own: Callable[[Delivery], NewDelivery | None] | None = getattr(channel, "copy_of_copy", None)
    return None if own is None else own(delivery)


def redacted(channel: Channel, body: bytes, plain: Callable[[str], str], page: Callable[[str], str]) -> bytes:
    """A message in which the owner has removed words: its texts as `plain` or `page` (HTML) make them, all else as it
    is. A channel that can write a message again has a `redacted` of its own; of another one nothing is kept.
    """
    own: Callable[[bytes, Callable[[str], str], Callable[[str], str]], bytes] | None = getattr(
        channel, "redacted", None
    )
    return b"" if own is None else own(body, plain, page)


def is_brief(channel: Channel) -> bool:
    """Whether it says an edition in words of its own, shorter than a mail. A channel of that kind says so by an
    `is_brief` of its own.
    """
    return getattr(channel, "is_brief", False)


def is_local(channel: Channel) -> bool:
    """Whether its messages stay on this machine, so that their readers can open its files. A channel of that kind says
    so by an `is_local` of its own.
    """
    return getattr(channel, "is_local", False)
