"""From `fetch` to `reconcile`: what one request to a feed brought.

An answer we cannot use is a value here, not an exception: feeds fail every day.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from monitor.model.settings import FeedSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """ETag and Last-Modified exactly as a server sent them: opaque bytes, never parsed, never
    invented (reliability rule P1). None: the server sent none.
    """

    etag: bytes | None = None
    last_modified: bytes | None = None

    def __bool__(self) -> bool:
        return self.etag is not None or self.last_modified is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """Ask this URL, conditionally where the validators came from: `validators_from` is the fingerprint of that
    URL, "" for `url` itself. `feed` tells how its owner wants it to be asked. `is_own_word`: an answer speaks for the
    origin of `url`; not if a document of another origin has named it.
    """

    feed_id: int
    url: str = field(repr=False)
    validators: Validators = field(default_factory=Validators)
    validators_from: str = ""
    feed: FeedSettings = FeedSettings(url="")
    is_own_word: bool = True


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
    BROKEN_OFF = "broken off"
    PARSER = "parser gave up"
    SET_ASIDE = "set aside"
    SURPRISE = "our own fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A 200 with a body, decoded from its Content-Encoding. `headers` has lower-case names.
    `moved_to`: where a chain of only permanent redirects (301, 308) ended.
    """

    request: FetchRequest
    final_url: str
    status: int
    headers: dict[str, str]
    validators: Validators
    body: bytes
    moved_to: str | None = None
    elapsed: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A 304. `validators` holds only what this answer carried (P3); `moved_to` as in `Fetched`."""

    request: FetchRequest
    final_url: str
    headers: dict[str, str]
    validators: Validators
    moved_to: str | None = None
    elapsed: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """No usable answer. `reached` tells whether any server answered at all (P12); `retry_after` is the raw header, if
    one was sent. `origin` is that of the URL that was asked for, if it is this origin's own word: no redirect led
    elsewhere on the way, not even there and back. Else it is "".
    """

    request: FetchRequest
    problem: FetchProblem
    detail: str
    status: int | None = None
    retry_after: str | None = None
    reached: bool = False
    origin: str = ""
    elapsed: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAsked:
    """The origin has asked for quiet (429, 503), so this feed of its, or redirected to it, was left alone (P8)."""

    request: FetchRequest
    origin: str = ""


FetchOutcome = Fetched | NotModified | FetchFailed
