"""Around `reconcile`: the state it judges by, and the change it decides on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.model.article import Arrival
from monitor.model.feed import PollHints
from monitor.model.fetch import FetchProblem, Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """A feed as the last poll left it. Times are UTC, and None until they happen."""

    id: int
    """The row id of the feed."""
    url: str
    """The URL in the config."""
    title: str = ""
    """The title in the latest document."""
    language: str = ""
    """The language that the latest document declares; "" if none."""
    validators: Validators = Validators()
    """ETag and Last-Modified of the latest answer, for conditional requests."""
    body_hash: str = ""
    """SHA-256 (hex) of the latest body that was parsed; "" if none."""
    next_poll_at: datetime
    """When the feed is due."""
    polled_at: datetime | None = None
    """When the feed was last polled, with or without success."""
    succeeded_at: datetime | None = None
    """The latest poll answered with 200 or 304."""
    baseline_at: datetime | None = None
    """The first document that was parsed: what it held is not news."""
    failures: int = 0
    """The number of polls in a row without success."""
    failing_since: datetime | None = None
    """The first of these failures."""
    problem: FetchProblem | None = None
    """The kind of the latest failure; None after a success."""
    problem_detail: str = ""
    """The latest failure in words."""
    gone_since: datetime | None = None
    """Since when the server has answered that the feed is gone (410)."""
    hints: PollHints = PollHints()
    """What the latest document asks of its readers; a 304 does not repeat it."""
    is_baseline_open: bool = False
    """Whether all documents so far were cut off, so that the baseline is not complete."""
    window: bytes = b""
    """Which items the latest document held (`reconcile.window`)."""
    validators_from: str = ""
    """Fingerprint of the URL that served the validators; "" if it is the feed's own."""
    fetched_at: datetime | None = None
    """The latest poll answered with 200."""
    probed_at: datetime | None = None
    """The latest unconditional poll that checked whether a 304 can be believed (rule P15)."""
    arrivals: tuple[datetime, ...] = ()
    """The latest times at which something was published, oldest first."""
    turnover: timedelta | None = None
    """The time in which all items of the document are replaced; None if that takes long."""
    moving_to: str = ""
    """The target of a permanent redirect that is being watched (rule P10); "" if none."""
    moving_since: datetime | None = None
    """When that redirect was first seen."""
    moving_sightings: int = 0
    """How many polls have seen that redirect."""
    moved_to: str = ""
    """The URL at which the feed is read after it has moved; "" if it has not."""
    moved_at: datetime | None = None
    """When the feed moved."""
    paused_at: datetime | None = None
    """When the feed was paused because its publisher said twice that it is gone (rule P11)."""
    hold_until: datetime | None = None
    """The latest answer asked this feed to wait until then (rule P8)."""
    shows_several: bool = False
    """Whether a document has had two different links, or two different guids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A server has asked to be left alone until then (429, 503; rule P8). It said so to the feed `asked_by`, a URL.

    It binds all feeds of `origin` (scheme, host and port), or that feed alone if `origin` is "": an answer after a
    redirect from elsewhere does not count for the host, or any feed could silence any other.
    """

    origin: str
    until: datetime
    asked_by: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A poll that reached no server, as the ledger has it."""

    feed_id: int
    host: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A poll that reached its server, as the ledger has it."""

    poll_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownArticle:
    """A stored article, as far as `reconcile` needs it to recognise items."""

    id: int
    """The row id of the article."""
    key: str
    """The key under which it is stored, unique within its feed (rule I1)."""
    title: str
    """The headline, as stored."""
    link: str
    """The canonical address of its page; "" if none."""
    content_hash: str
    """SHA-256 (hex) of title and text."""
    revisions: int = 0
    """The number of earlier wordings that are stored."""
    published_at: datetime | None = None
    """The date that it claims; None if missing or not credible."""
    link_alias: int | None = None
    """The alias by its page (rule I3); None if there is nothing to go by."""
    guid_alias: int | None = None
    """The alias by its guid (rule I3); None if there is nothing to go by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """An article that may not be the one which an item under its guid or address is. `issues`: how the keys of earlier
    articles under that name begin.
    """

    article_id: int
    issues: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerTitle:
    """A headline that came under a guid or an address before, and how long it stood there."""

    title: str
    stood: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What decides about a doubt: the text of the stored article, and the headlines that were there before its own."""

    text: str
    titles: tuple[FormerTitle, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Under what the items of a document may be stored, or have been: load what there is under any of it."""

    keys: tuple[str, ...] = ()
    aliases: tuple[int, ...] = ()
    tombstones: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a feed has under a `Lookup`. Several articles may share an alias; they are in the order of their ids.

    `tombstones`: traces of articles that retention has taken (`reconcile.tombstones`), and when the feed had them
    last (to the month). `past`: of those in doubt, by id.
    """

    by_key: Mapping[str, KnownArticle] = field(default_factory=dict)
    by_alias: Mapping[int, tuple[KnownArticle, ...]] = field(default_factory=dict)
    tombstones: Mapping[int, datetime] = field(default_factory=dict)
    past: Mapping[int, Past] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticle:
    """An article to insert. `key` is unique within its feed (rule I1)."""

    key: str
    link: str
    title: str
    text: str
    outlet: str
    language: str
    published_at: datetime | None
    first_seen_at: datetime
    arrival: Arrival
    is_mailable: bool
    content_hash: str
    link_alias: int | None = None
    guid_alias: int | None = None
    author: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedArticle:
    """An edit of a stored article: the new words, matched again; the old ones stay as a revision.

    `key` is a new one if the publisher has changed the guid as well.
    """

    id: int
    key: str
    link: str
    title: str
    text: str
    outlet: str
    language: str
    content_hash: str
    revisions: int
    link_alias: int | None = None
    guid_alias: int | None = None
    author: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RenamedArticle:
    """A stored article with the words it had, under another guid or address: from now on it has these.

    Or one whose guid or address its publisher has used again: its key goes to the new article.
    """

    id: int
    key: str
    link: str
    link_alias: int | None
    guid_alias: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollCounts:
    """The ledger of one poll: `fetched = new + known + duplicate + refused`; `changed` is part of known.

    `known` is what is stored already, under whatever guid; `duplicate` what another item of the same document
    has said. `late` is part of new, `recovered` too: what was read on earlier pages of the feed, to fill a gap.
    `left_out`, the items beyond `max_items`, is part of refused.
    """

    fetched: int = 0
    new: int = 0
    known: int = 0
    changed: int = 0
    duplicate: int = 0
    refused: int = 0
    late: int = 0
    left_out: int = 0
    recovered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedUpdate:
    """Everything that one poll of one feed changes; it is stored in one transaction."""

    state: FeedState
    """The feed after the poll."""
    new: tuple[NewArticle, ...] = ()
    """Articles to insert."""
    changed: tuple[ChangedArticle, ...] = ()
    """Edits of stored articles, matched again."""
    excess: tuple[ChangedArticle, ...] = ()
    """Edits beyond what one article may cost: stored only if a new topic matches (`reconcile.admitted`)."""
    reread: tuple[ChangedArticle, ...] = ()
    """Stored articles whose earlier version kept only the longest text, now with all texts; not edits."""
    renamed: tuple[RenamedArticle, ...] = ()
    """Stored articles that now have another guid or address."""
    recalled: tuple[int, ...] = ()
    """Tombstones of articles that retention has removed and the feed still has."""
    counts: PollCounts = PollCounts()
    """The numbers of the poll."""
    status: str
    """The result of the poll, as a word of the poll log."""
    hold: Hold | None = None
    """A request to wait that binds the other feeds of its origin too (Retry-After, rule P8); None if none."""
    gap_since: datetime | None = None
    """The time of the previous document, if this one shares no item with it: articles may have been missed since."""
    is_gap_closed: bool = False
    """Whether earlier pages of the feed were read up to an article that was known before the gap."""
    reached: bool | None = None
    """Whether any server answered; None if no server was asked (rule P12)."""
    elapsed: timedelta = timedelta()
    """How long the request took."""
    warning: str = ""
    """How the document is ill-formed; "" if it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineCounts:
    """Articles that were in a feed before its first poll: all, those that match a topic, and of these the fresh ones,
    which are news: with a credible date of the last 24 hours.
    """

    articles: int
    matching: int
    fresh: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What one poll of one feed came to, for people. `matches` counts topic × article, where this is a new match;
    `has_gap`: nothing of the document before is in this one; `is_gap_closed`: earlier pages had it all. `baseline`:
    of a first poll that brought something.

    `reason` says why it failed or was not asked, "" if all went well.
    """

    url: str
    name: str
    status: str
    is_failure: bool
    reason: str
    counts: PollCounts = PollCounts()
    has_gap: bool = False
    is_gap_closed: bool = False
    matches: int = 0
    baseline: BaselineCounts | None = None
    next_poll_at: datetime
