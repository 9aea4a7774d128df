"""What a command asks of the process that polls and delivers, and what it gets back.

Only one process polls and delivers; a command beside it leaves a request as a row and waits. Each kind has its own
type; they cross processes as plain JSON objects whose keys are the fields.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from monitor.errors import UsageError
from monitor.model.ids import ArticleId, DeliveryId, EditionId


class RequestKind(StrEnum):
    """What is asked."""

    POLL = "poll"
    """Poll feeds by hand."""
    SEND = "send"
    """Make a manual edition, or a test of one."""
    RELEASE = "release"
    """Publish the draft of a digest that waits for a person."""
    RESEND = "resend"
    """Send an edition again."""
    RETRY = "retry"
    """Try deliveries again now."""
    CANCEL = "cancel"
    """Never send these deliveries."""
    LEARN = "learn"
    """Forget what is remembered of past days, and calculate it again."""
    FORGET = "forget"
    """Remove articles, and what editions say of them."""
    REINDEX = "reindex"
    """Forget the index of searches, and build it again."""
    RELOAD = "reload"
    """Read the config again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRequest:
    """Of `news-monitor poll`."""

    urls: tuple[str, ...] = ()
    """Feeds of the config; none: all of them."""
    due: bool = False
    """Those that are due, and no others."""
    whole: bool = False
    """Ask for the whole document, without validators."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRequest:
    """Of `news-monitor digest send`."""

    digest: str
    """The name of the digest."""
    test: bool = False
    """Send and keep nothing of it."""
    to: tuple[str, ...] = ()
    """Of a test, those of the digest's recipients who get it; none: all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRequest:
    """Of `news-monitor digest review --release`, and of the page."""

    digest: str
    """The name of the digest."""
    version: int | None = None
    """The version of the draft that the person saw; None: whatever it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendRequest:
    """Of `news-monitor digest resend`."""

    edition: EditionId
    """The id of the edition."""
    to: tuple[str, ...]
    """The recipients."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRequest:
    """Of `news-monitor deliveries retry`."""

    ids: tuple[DeliveryId, ...]
    """Of deliveries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequest:
    """Of `news-monitor deliveries cancel`."""

    ids: tuple[DeliveryId, ...]
    """Of deliveries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnRequest:
    """Of `news-monitor topics learn`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetRequest:
    """Of `news-monitor articles forget`."""

    ids: tuple[ArticleId, ...]
    """Of articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReindexRequest:
    """Of `news-monitor search --rebuild`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadRequest:
    """Of `news-monitor reload`."""


AnyRequest = (
    PollRequest
    | SendRequest
    | ReleaseRequest
    | ResendRequest
    | RetryRequest
    | CancelRequest
    | LearnRequest
    | ForgetRequest
    | ReindexRequest
    | ReloadRequest
)

SHAPES: dict[RequestKind, type[AnyRequest]] = {
    RequestKind.POLL: PollRequest,
    RequestKind.SEND: SendRequest,
    RequestKind.RELEASE: ReleaseRequest,
    RequestKind.RESEND: ResendRequest,
    RequestKind.RETRY: RetryRequest,
    RequestKind.CANCEL: CancelRequest,
    RequestKind.LEARN: LearnRequest,
    RequestKind.FORGET: ForgetRequest,
    RequestKind.REINDEX: ReindexRequest,
    RequestKind.RELOAD: ReloadRequest,
}


def kind_of(request: AnyRequest) -> RequestKind:
    """The kind under which a request is stored."""
    return next(kind for kind, shape in SHAPES.items() if isinstance(request, shape))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRequest:
    """A request as a row."""

    id: int
    """The row id."""
    kind: RequestKind
    """What is asked."""
    arguments: dict[str, Any]
    """As the command wrote them, which may be of another version than this process."""
    asked_at: datetime
    """When it was asked (UTC)."""

    @property
    def asked(self) -> AnyRequest:
        """The request itself. Raises UsageError if this version has no such request."""
        given: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in self.arguments.items()
        }
        try:
            return SHAPES[self.kind](**given)
        except TypeError:
            raise UsageError(
                f'The daemon and the command "{self.kind}" are of different versions; restart the daemon.'
            ) from None


Outcome = dict[str, Any]
"""The answer as a plain JSON object: {"reports": […]}, {"deliveries": […]}, {"days": number}, {"removed": number, …},
{"is_reloaded": bool, …}, {}, or {"error": words, "is_usage": bool}."""
