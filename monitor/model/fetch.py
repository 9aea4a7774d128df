"""From `fetch` to `reconcile`: what one request to a feed brought.

An answer we cannot use is a value here, not an exception: feeds fail every day.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from monitor.model.ids import FeedId
from monitor.model.settings import FeedSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """ETag and Last-Modified exactly as a server sent them: opaque bytes, never parsed, never invented (reliability
    rule P1).
    """

    etag: bytes | None = None
    """The ETag; None: the server sent none."""
    last_modified: bytes | None = None
    """The Last-Modified; None: the server sent none."""

    def __bool__(self) -> bool:
        return self.etag is not None or self.last_modified is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """Ask this URL, conditionally if there are validators."""

    feed_id: FeedId
    """The feed."""
    url: str = field(repr=False)
    """The URL to ask."""
    validators: Validators = field(default_factory=Validators)
    """Those of the latest answer."""
    validators_from: str = ""
    """The fingerprint of the URL that they came from; "" for `url` itself."""
    feed: FeedSettings = FeedSettings(url="")
    """How its owner wants it to be asked."""
    is_own_word: bool = True
    """Whether an answer speaks for the origin of `url`; not if a document of another origin has named it."""
    accept: str = ""
    """The Accept header; "" for that of feeds."""
    may_follow: Callable[[str], bool] | None = field(default=None, compare=False, repr=False)
    """Whether it may be followed to this URL, asked before each redirect and each page that sends on; None: to any."""


class FetchProblem(StrEnum):
    """Why a request brought no feed document; the word is shown to people and logged."""

    ADDRESS = "address refused"
    RESOLVE = "name not resolved"
    CONNECT = "no connection"
    TLS = "TLS failed"
    TIMEOUT = "timed out"
    PROTOCOL = "not HTTP"
    STATUS = "HTTP error"
    REDIRECT = "bad redirect"
    TOO_BIG = "too big"
    ENCODING = "unknown encoding"
    EMPTY = "empty body"
    NOT_A_FEED = "not a feed"
    GENERATOR = "generator failed"
    BROKEN_OFF = "broken off"
    PARSER = "parser gave up"
    SET_ASIDE = "set aside"
    SURPRISE = "our own fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer with a body: a 200 or 203, or the feed that a 404 or 410 sends all the same."""

    request: FetchRequest
    """What was asked."""
    final_url: str
    """The URL that answered, after redirects."""
    status: int
    """The status code."""
    headers: dict[str, str]
    """The headers, with lower-case names."""
    validators: Validators
    """ETag and Last-Modified of this answer."""
    body: bytes
    """The document, decoded from its Content-Encoding."""
    note: str = ""
    """What a person should know of the answer; "" if nothing."""
    moved_to: str | None = None
    """Where a chain of only permanent redirects (301, 308) ended; None if there was none."""
    elapsed: timedelta = timedelta()
    """How long the request took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A 304."""

    request: FetchRequest
    """What was asked."""
    final_url: str
    """The URL that answered, after redirects."""
    headers: dict[str, str]
    """The headers, with lower-case names."""
    validators: Validators
    """Only what this answer carried (P3)."""
    moved_to: str | None = None
    """As in `Fetched`."""
    elapsed: timedelta = timedelta()
    """How long the request took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """No usable answer."""

    request: FetchRequest
    """What was asked."""
    problem: FetchProblem
    """The kind of the failure."""
    detail: str
    """The failure in words."""
    status: int | None = None
    """The status code; None if there was none."""
    retry_after: str | None = None
    """The header Retry-After as it was sent; None if it was not."""
    dated: dict[str, str] = field(default_factory=dict, compare=False)
    """The headers Date and Age, with lower-case names: what time it is there, and nothing of the failure."""
    reached: bool = False
    """Whether any server answered at all (P12)."""
    origin: str = ""
    """The origin of the URL that was asked, if the answer is this origin's own: no redirect led elsewhere on the way,
    not even there and back; else "".
    """
    sent_on_to: str = ""
    """Where the answer sends on to that may not be followed (`FetchRequest.may_follow`); "" if it does not."""
    elapsed: timedelta = timedelta()
    """How long the request took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAsked:
    """The origin has asked for quiet (429, 503), so this feed of its, or redirected to it, was left alone (P8)."""

    request: FetchRequest
    """What was not asked."""
    origin: str = ""
    """The origin that asked for quiet; "" if not known."""
    is_busy: bool = False
    """No origin asked for quiet: another process was asking the host all the time."""


FetchOutcome = Fetched | NotModified | FetchFailed
