"""Everything that Apprise knows: some hundred services, each by an address of its own (extra `news-monitor[apprise]`).

Apprise does its own HTTP, outside the door of the other channels. It says only whether it succeeded, and what it logs
says why: a service that answers late, or breaks off, may have taken the message, and none of them has a key for
repeats. So that is unknown, and nothing is sent twice unless the owner says `on_unknown = "resend"`.
"""

import json
import logging
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

from monitor.deliver.brief import brief, cut
from monitor.deliver.channel import OnStep, ignore_step
from monitor.deliver.http import redacted_value, resent_id
from monitor.deliver.keys import short_hash
from monitor.errors import DeliveryError
from monitor.model.delivery import Delivery, Letter, NewDelivery
from monitor.plain_text import one_line

if TYPE_CHECKING:
    from apprise import NotifyBase

INSTALL = 'kind = "apprise" needs the extra of that name; install news-monitor[apprise]'
MOST_CHARACTERS = 16_000
"""Of a message, where a service takes more."""

LEAST_CHARACTERS = 100
MOST_TITLE_CHARACTERS = 250
CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 20.0
LONGEST_ADDRESS = 2_000
SHORTEST_SECRET = 6
"""Parts of an address that are shorter are no secrets, and stand in many words."""

ADDRESS = re.compile(r"[a-z][a-z0-9+-]{1,40}://[\x21-\x7e]+")
PARTS = re.compile(r"[^A-Za-z0-9_-]+")
ERROR = re.compile(r"\berror[= ](\d{3})\b")
NOT_REACHED = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "CertificateError", "SSLCertVerif")
"""What is in the words of an error after which nothing was sent."""

BUSY, LATE, SERVER_FAULT = 429, 408, 500

Said = Sequence[tuple[int, str]]
"""Level and words of what Apprise logged of one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppriseChannel:
    """`kind = "apprise"`: a recipient is an address as Apprise reads it, which has the secrets of its service in it.
    `timeout` is how long a message may take; after that its outcome is unknown.
    """

    is_brief: ClassVar[bool] = True
    default_on_unknown: ClassVar[str] = "hold"
    has_secret_addresses: ClassVar[bool] = True

    timeout: timedelta = timedelta(seconds=60)

    def __post_init__(self) -> None:
        if find_spec("apprise") is None:
            raise ValueError(INSTALL)
        if self.timeout <= timedelta():
            raise ValueError("timeout must be more than zero")

    @staticmethod
    def recipient(text: str) -> str:
        """Its errors do not repeat the address."""
        if len(text) > LONGEST_ADDRESS or not ADDRESS.fullmatch(text):
            raise ValueError("this is not an address of Apprise; write one such as tgram://TOKEN/CHAT")
        return text

    def check_reach(self, recipient: str) -> str:
        if _service(recipient) is None:
            raise ValueError("Apprise knows no service by this address, or lacks what it needs for it")
        return ""

    def message_id(self, key: str) -> str:
        return key

    @staticmethod
    def server_of(recipient: str) -> str:
        """Each has its own service."""
        return short_hash(recipient)

    @property
    def send_timeout(self) -> timedelta:
        """The longest time that sending may take."""
        return self.timeout + timedelta(seconds=30)

    def compose(self, letter: Letter) -> bytes:
        title = cut(letter.subject, MOST_TITLE_CHARACTERS).replace("\n", " ")
        return _written(
            {"id": letter.message_id, "title": title, "body": brief(letter, _room(letter.recipient, title))}
        )

    def send(self, delivery: Delivery) -> str:
        """Raises DeliveryError."""
        return self.send_with_steps(delivery, ignore_step)

    def send_with_steps(self, delivery: Delivery, on_step: OnStep) -> str:
        """As `send`, step by step."""
        said = _read(delivery.body)
        service = _service(delivery.recipient)
        if service is None:
            answer = "Apprise knows no service by this address, or lacks what it needs for it"
            raise DeliveryError(stage="recipient", answer=answer, permanent=True)
        name = one_line(str(service.service_name), 60)
        on_step("resolve", f"by Apprise to {name}")
        is_good, logged = _notified(service, str(said.get("title", "")), str(said.get("body", "")), self.timeout)
        if is_good is None:
            seconds = self.timeout.total_seconds()
            raise DeliveryError(stage="data", answer=f"{name} did not answer within {seconds:g} seconds", unknown=True)
        if not is_good:
            raise refusal(logged, delivery.recipient)
        answer = f"{name} has taken it"
        on_step("data", answer)
        return answer

    def copy_after_refusal(self, delivery: Delivery) -> None:
        """There is no other form."""

    def resent(self, delivery: Delivery, recipient: str, mark: str, _now: datetime) -> NewDelivery:
        message_id = resent_id(delivery, recipient, mark)
        said = _read(delivery.body)
        body = _written({**said, "id": message_id}) if said else delivery.body
        return NewDelivery(recipient=recipient, message_id=message_id, body=body)

    def advice(self, error: DeliveryError | None) -> str:
        if error is None:
            return "The service has taken it. Look there."
        if error.unknown:
            return "It may have arrived: look there before you try again (news-monitor deliveries retry)."
        return "Try the address by the command of Apprise: apprise -vv -b test ADDRESS."

    def described(self, body: bytes) -> Mapping[str, str]:
        said = _read(body)
        return {name: str(said[name]) for name in ("id", "title") if said.get(name)}

    def text_of(self, body: bytes) -> str:
        return str(_read(body).get("body", ""))

    def redacted(self, body: bytes, plain: Callable[[str], str], _page: Callable[[str], str]) -> bytes:
        said = _read(body)
        without = {name: each if name == "id" else redacted_value(each, plain) for name, each in said.items()}
        return body if without == said else _written(without)


def refusal(logged: Said, address: str) -> DeliveryError:
    """What the failure of a message means, by what Apprise logged of it: not reached, refused, or unknown."""
    words = _words(logged, address)
    everything = " ".join(text for _, text in logged)
    has_part = any(level == logging.INFO and text.startswith("Sent ") for level, text in logged)
    if has_part:
        return DeliveryError(stage="data", answer=f"only a part was taken: {words}", unknown=True)
    if any(each in everything for each in NOT_REACHED):
        return DeliveryError(stage="connect", answer=words)
    found = ERROR.search(everything)
    code = int(found[1]) if found else None
    if code is None:
        return DeliveryError(stage="data", answer=words, unknown=True)
    if code in {BUSY, LATE} or code >= SERVER_FAULT:
        return DeliveryError(stage="data", code=code, answer=words)
    return DeliveryError(stage="recipient", code=code, answer=words, permanent=True)


def _words(logged: Said, address: str) -> str:
    """The first warning, without parts of the address, which may be secrets."""
    warning = next((text for level, text in logged if level >= logging.WARNING), "Apprise gives no reason")
    for part in sorted(PARTS.split(address), key=len, reverse=True):
        if len(part) >= SHORTEST_SECRET:
            warning = warning.replace(part, "[hidden]")
    return one_line(warning, 200)


def _service(address: str) -> "NotifyBase | None":
    """What Apprise makes of an address; None if it knows no such service."""
    _quiet()
    import apprise

    asset = apprise.AppriseAsset(app_id="News Monitor", async_mode=False)
    try:
        service: NotifyBase | None = apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    except Exception:  # each of its plugins reads addresses in its own way
        return None
    return service


def _room(address: str, title: str) -> int:
    """How long a message may be; bytes are counted, of which there are never fewer than characters."""
    service = _service(address)
    most = min(int(getattr(service, "body_maxlen", MOST_CHARACTERS)), MOST_CHARACTERS)
    has_title = int(getattr(service, "title_maxlen", 1)) > 0
    return max(most - (0 if has_title else len(title.encode()) + 2), LEAST_CHARACTERS)


def _notified(service: "NotifyBase", title: str, body: str, timeout: timedelta) -> tuple[bool | None, Said]:
    """Whether the service took it, None if it has not answered in time; and what was logged. A thread that is late is
    left behind: it cannot be stopped, and ends by itself.
    """
    service.socket_connect_timeout, service.socket_read_timeout = CONNECT_SECONDS, ANSWER_SECONDS
    logged, outcome = list[tuple[int, str]](), list[bool]()

    def work() -> None:
        with _Ear(logged):
            try:
                outcome.append(bool(service.notify(body=body, title=title, body_format="text")))
            except Exception as surprise:  # what a plugin raises says nothing of what arrived
                logged.append((logging.ERROR, f"{type(surprise).__name__}"))
                outcome.append(False)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(timeout.total_seconds())
    return (outcome[0] if outcome else None), tuple(logged)


def _quiet() -> logging.Logger:
    """Apprise logs addresses and texts: none of it goes into our log."""
    logger = logging.getLogger("apprise")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    return logger


class _Ear(logging.Handler):
    """Keeps what this thread logs meanwhile."""

    def __init__(self, logged: list[tuple[int, str]]) -> None:
        super().__init__()
        self._logged = logged
        self._thread = threading.get_ident()

    def __enter__(self) -> None:
        logger = _quiet()
        logger.setLevel(logging.DEBUG)
        logger.addHandler(self)

    def __exit__(self, *_: object) -> None:
        _quiet().removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self._logged.append((record.levelno, record.getMessage()[:2_000]))


def _written(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")


def _read(body: bytes) -> dict[str, Any]:
    """An object of JSON; empty for anything else."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
