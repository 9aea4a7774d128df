"""Pages as they are stored: which article's is wanted, what became of it, and what its host said."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.ids import ArticleId, FeedId


class PageState(StrEnum):
    """What became of a page. `ASKED` is committed before the request and stays if nobody knows more; the text of one
    that is `FRESH` counts, and no topic has looked at it yet.
    """

    ASKED = "asked"
    FRESH = "fresh"
    READ = "read"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCandidate:
    """An article whose page may be wanted: it matches nothing, and its page has not been asked for."""

    id: ArticleId
    """The article."""
    feed_id: FeedId
    """Its feed."""
    feed_url: str
    """The URL of its feed, as stored."""
    link: str
    """The address of its page."""
    title: str
    """The headline."""
    text: str
    """The feed's own text."""
    outlet: str
    """Who speaks."""
    language: str
    """The language (BCP 47); "" if unknown."""
    first_seen_at: datetime
    """When it was first seen (UTC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResult:
    """What came of asking for a page."""

    state: PageState
    """What became of it."""
    kind: str = ""
    """A word for why its text does not count: a `PageRefusalKind`, or a `FetchProblem`; "" if it counts."""
    reason: str = ""
    """The same in a sentence."""
    text: str = ""
    """The text; "" unless it counts."""
    keep_until: datetime | None = None
    """When the text is to go (UTC); None if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """What is stored of the page behind an article."""

    article_id: ArticleId
    """The article."""
    host: str
    """The host that was asked."""
    asked_at: datetime
    """When it was last asked for (UTC)."""
    tries: int
    """How often."""
    state: PageState
    """What became of it."""
    kind: str
    """As in `PageResult`."""
    reason: str
    """As in `PageResult`."""
    text: str
    """The text; "" if it does not count, or is gone."""
    text_hash: str
    """The SHA-256 of the text, in hexadecimal digits, which stays when the text goes; "" if there was none."""
    fetched_at: datetime | None
    """When the answer came (UTC); None if none did."""
    keep_until: datetime | None
    """As in `PageResult`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHost:
    """What the origin of pages (scheme, name and port) has said so far."""

    origin: str
    """The origin."""
    robots_asked_at: datetime | None = None
    """When its robots.txt was last asked for (UTC); None: never."""
    robots_status: int | None = None
    """The status of the copy in force; None: there is no copy."""
    robots: bytes = b""
    """The copy of its robots.txt that is in force."""
    reservation: str = ""
    """Its tdmrep.json; "" if there is none."""
    licences: tuple[str, ...] = ()
    """The documents that `License:` lines of its robots.txt name, as they were read."""
    memory: tuple[tuple[int, int], ...] = ()
    """How many of its latest pages had each sentence (`pages.host_memory`), in the order in which they were seen."""
    asked_at: datetime | None = None
    """When a page of it was last asked for (UTC); None: never."""
    blocks: int = 0
    """Answers in a row that block us."""
    left_alone_until: datetime | None = None
    """Until when it is left alone because it blocks us (UTC); None: it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCount:
    """Pages of one feed that ended in the same way."""

    feed_id: FeedId
    """The feed."""
    state: PageState
    """What became of them."""
    kind: str
    """Why they do not count; "" if they do."""
    pages: int
    """How many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTally:
    """Pages by what became of them."""

    read: int = 0
    """Their texts count."""
    forbidden: int = 0
    """Their publishers do not want them to be read: robots.txt, a reservation, a licence."""
    walls: int = 0
    """A consent form, an offer, a login, an error or the beginning stood in place of the article."""
    unfit: int = 0
    """Something else than the article: another language or subject, too short, no page."""
    failed: int = 0
    """There was no answer, or a bad one."""
    asked: int = 0
    """Nobody knows what came of the request, or it is on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLeftAlone:
    """An origin of pages that blocks us."""

    origin: str
    """Scheme, name and port."""
    until: datetime
    """Until when it is asked for nothing (UTC)."""
    blocks: int
    """How many answers in a row blocked us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStanding:
    """How the reading of pages is."""

    feeds: int = 0
    """How many feeds have pages read."""
    lately: PageTally = PageTally()
    """What became of those of the last 24 hours."""
    left_alone: tuple[HostLeftAlone, ...] = ()
    """The hosts that block us."""
