"""What channels that speak HTTP have in common: the door, and what its answers mean for a delivery.

The door is `fetch.calls`: a channel reaches public addresses, and the one private host that it names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.deliver.channel import OnStep, ignore_step
from monitor.deliver.keys import short_hash
from monitor.errors import DeliveryError
from monitor.model.delivery import Delivery, NewDelivery

if TYPE_CHECKING:  # httpx takes a tenth of a second, and most commands send nothing
    from monitor.fetch.calls import CallAnswer

TIMEOUT = timedelta(seconds=10)
"""A service that has not answered by then may have accepted the message all the same."""

BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpForm:
    """The base of a channel that speaks HTTP. `private_host` is the one host that may have an address which is not
    public, for a service of one's own. `ca_file` holds certificates to trust beside the usual ones (PEM).
    """

    private_host: str = ""
    ca_file: Path | None = None

    def message_id(self, key: str) -> str:
        return key

    @property
    def send_timeout(self) -> timedelta:
        """The longest time that sending may take."""
        return TIMEOUT * 3

    def copy_after_refusal(self, delivery: Delivery) -> None:
        """There is no other form."""

    def resent(self, delivery: Delivery, recipient: str, mark: str, _now: datetime) -> NewDelivery:
        return NewDelivery(recipient=recipient, message_id=resent_id(delivery, recipient, mark), body=delivery.body)

    def check_address(self, url: str) -> None:
        """Raises ValueError if this URL cannot be called: words after the URL, for a person."""
        if problem := url_problem(url):
            raise ValueError(f"{problem}; write an address such as https://service.example/in")
        if url.startswith("http://") and not self.private_host:
            raise ValueError("the message would be sent in the clear; write https:// (or name a private_host)")

    def called(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, on_step: OnStep = ignore_step
    ) -> "CallAnswer":
        """The answer of the other side, whatever it is; `on_step` gets the steps to it. Raises DeliveryError if there
        is none.
        """
        from monitor.fetch.calls import Call, CallFailed, answered

        call = Call(
            method=method,
            url=url,
            headers=headers,
            body=body,
            timeout=TIMEOUT,
            private_host=self.private_host,
            ca_file=self.ca_file,
        )
        try:
            return answered(call, on_step=on_step)
        except CallFailed as error:
            if error.is_sent:
                raise DeliveryError(stage="data", answer=str(error), unknown=True, for_all=True) from error
            stage = error.stage if error.stage == "resolve" else "connect"
            raise DeliveryError(stage=stage, answer=str(error)) from error


def resent_id(delivery: Delivery, recipient: str, mark: str) -> str:
    """The id of a message once more. It does not grow, however often that is repeated."""
    return f"resent.{short_hash(delivery.message_id)}.{short_hash(recipient)}.{mark}"


def url_problem(url: str) -> str:
    """Why this cannot be called, whatever the settings; "" if it can be."""
    from monitor.fetch.calls import refusal_of

    if not url.isascii() or not url.isprintable() or " " in url:
        return "it has characters that no address has"
    if "@" in url.partition("://")[2].partition("/")[0]:
        return "it has a login in it, which is not sent"
    return refusal_of(url)


def retried(answer: "CallAnswer", words: str = "", *, permanent: bool = False, ours: bool = False) -> DeliveryError:
    """The error of an answer that is no success. Who is busy, or has a fault of its own, would tell all others the
    same. `words`: what it said, if that is not the body as it is.
    """
    is_server = answer.status in BUSY or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return DeliveryError(
        stage="data",
        code=answer.status,
        answer=words or answer.words or phrase(answer.status),
        permanent=permanent and not is_server,
        ours=ours,
        for_all=is_server or ours,
        retry_after=retry_after(answer.headers),
    )


def phrase(status: int) -> str:
    """What the number is called, such as "Not Found"."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "an answer without words"


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """How long the service wants to be left alone (RFC 9110 §10.2.3), a date by the clock of the service itself."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=int(text[:9]))
    until, now = (_moment(each) for each in (text, headers.get("date", "")))
    return max(until - now, timedelta()) if until and now else None


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else None


def redacted_value(value: object, plain: Callable[[str], str]) -> object:
    """A value of JSON with all its texts as `plain` makes them."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [redacted_value(each, plain) for each in value]
    if isinstance(value, dict):
        return {name: redacted_value(each, plain) for name, each in value.items()}
    return value
