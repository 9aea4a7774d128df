"""Around `reconcile`: the state it judges by, and the change it decides on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.model.article import Arrival, ArticleFacts
from monitor.model.feed import PollHints
from monitor.model.fetch import FetchProblem, Validators
from monitor.model.ids import ArticleId, FeedId
from monitor.model.sitemap_index import PartState


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """A feed as the last poll left it. Times are UTC, and None until they happen."""

    id: FeedId
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
    """The latest failure in words; of a feed that answers, what of its document had to be guessed."""
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
    off_since: datetime | None = None
    """When its owner paused it (`enabled = false`) the last time."""
    off_until: datetime | None = None
    """When that pause ended; None while it lasts."""
    kind: str = ""
    """What the latest document was that could be read: a feed, a news sitemap or an index of them; "" until then."""
    parts: tuple[PartState, ...] = ()
    """Of an index of news sitemaps, what is remembered of its parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A request to be left alone until then (429, 503; rule P8).

    An answer after a redirect from elsewhere does not count for the host, or any feed could silence any other.
    """

    origin: str
    """Scheme, host and port of the feeds that it binds; "" for that feed alone."""
    until: datetime
    """When it ends (UTC)."""
    asked_by: str
    """The URL of the feed that got the answer."""
    asked_at: datetime
    """When that was (UTC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A poll that reached no server."""

    feed_id: FeedId
    """The feed that was asked."""
    host: str
    """Its host."""
    at: datetime
    """When it was asked (UTC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A poll that reached its server."""

    poll_id: int
    """The number of its record."""
    at: datetime
    """When it was (UTC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownArticle:
    """A stored article, as far as `reconcile` needs it to recognise items: without its text, which is most of a row."""

    id: ArticleId
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
    """A stored article that may not be the one which an item under its guid or address is."""

    article_id: ArticleId
    """The stored article."""
    issues: str
    """How the keys of earlier articles under that name begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerTitle:
    """A headline that came under a guid or an address before."""

    title: str
    """The headline."""
    stood: timedelta
    """How long it stood there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What decides about a doubt."""

    text: str
    """The text of the stored article."""
    text_runs: bytes = b""
    """See `ArticleFacts`: of a text that was removed."""
    titles: tuple[FormerTitle, ...] = ()
    """The headlines that were there before its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Under what the items of a document may be stored, or have been: load what there is under any of it."""

    keys: tuple[str, ...] = ()
    """Keys of articles (rule I1)."""
    aliases: tuple[int, ...] = ()
    """Aliases by page and by guid (rule I3)."""
    tombstones: tuple[int, ...] = ()
    """Traces of articles that retention may have removed (rule I10)."""
    outlets: tuple[str, ...] = ()
    """Of an aggregator, the outlets of its items, case folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a feed has under a `Lookup`."""

    by_key: Mapping[str, KnownArticle] = field(default_factory=dict)
    """The article of each key."""
    by_alias: Mapping[int, tuple[KnownArticle, ...]] = field(default_factory=dict)
    """The articles of each alias, in the order of their ids: several may share one."""
    tombstones: Mapping[int, datetime] = field(default_factory=dict)
    """Traces of articles that retention has removed (`reconcile.tombstones`) → when the feed last had them (UTC, to the
    month).
    """
    past: Mapping[ArticleId, Past] = field(default_factory=dict)
    """Of articles in doubt, by id."""
    outlets: Mapping[str, datetime] = field(default_factory=dict)
    """When an outlet (case folded) was first seen in any feed (UTC); one that never was is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenArticle(ArticleFacts):
    """An article as it is written: what it says, and what it is recognised by."""

    content_hash: str
    """SHA-256 (hex) of title and text."""
    link_alias: int | None = None
    """The alias by its page (rule I3); None if there is nothing to go by."""
    guid_alias: int | None = None
    """The alias by its guid (rule I3); None if there is nothing to go by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticle(WrittenArticle):
    """An article to insert."""

    published_at: datetime | None
    """The date that it claims (UTC); None if missing or not credible."""
    first_seen_at: datetime
    """When it was first seen (UTC)."""
    arrival: Arrival
    """How it came."""
    is_mailable: bool
    """See `Article`."""
    is_new_outlet: bool = False
    """See `Article`."""
    is_paid: bool = False
    """See `Article`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedArticle(WrittenArticle):
    """An edit of a stored article: the new words, matched again; the old ones stay as a revision.

    `key` is a new one if the publisher has changed the guid as well.
    """

    id: ArticleId
    """The row id of the article."""
    revisions: int
    """The number of earlier wordings that are stored, this edit included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenamedArticle:
    """A stored article with its words as they were, under another guid or address: from now on it has these.

    Or one whose guid or address its publisher has used again: its key goes to the new article.
    """

    id: ArticleId
    """The row id."""
    key: str
    """The new key (rule I1)."""
    link: str
    """The new address."""
    link_alias: int | None
    """The new alias by its page (rule I3); None if there is nothing to go by."""
    guid_alias: int | None
    """The new alias by its guid (rule I3); None if there is nothing to go by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollCounts:
    """The numbers of one poll: `fetched = new + known + duplicate + refused`."""

    fetched: int = 0
    """The items of the document."""
    new: int = 0
    """Those that were stored."""
    known: int = 0
    """Those that are stored already, under whatever guid."""
    changed: int = 0
    """Of the known, those that were edited."""
    duplicate: int = 0
    """Those that say what another item of the document says."""
    refused: int = 0
    """Those with nothing to store, or beyond `max_items`."""
    late: int = 0
    """Of the new, those that came long after their date."""
    left_out: int = 0
    """Of the refused, those beyond `max_items`."""
    recovered: int = 0
    """Of the new, those that were read on earlier pages of the feed, to fill a gap."""


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
class IdlePoll:
    """A poll that was answered and brought nothing."""

    before: FeedState
    """The feed before the poll."""
    update: FeedUpdate
    """What the poll changes: no article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineCounts:
    """Articles that were in a feed before its first poll."""

    articles: int
    """The number of all."""
    matching: int
    """The number of those that match a topic."""
    fresh: int
    """Of these, those with a credible date of the last 24 hours, which are news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """The result of one poll of one feed, for people."""

    url: str
    """The URL in the config."""
    name: str
    """The feed's name for people."""
    status: str
    """The result, as a word of the poll log."""
    is_failure: bool
    """Whether the poll failed."""
    reason: str
    """Why it failed or was not asked; "" if all went well."""
    counts: PollCounts = PollCounts()
    """The numbers of the poll."""
    has_gap: bool = False
    """Whether this document shares no item with the one before."""
    is_gap_closed: bool = False
    """Whether earlier pages had everything between the two."""
    matches: int = 0
    """The number of new matches (topic × article)."""
    baseline: BaselineCounts | None = None
    """Of a first poll that brought something; else None."""
    next_poll_at: datetime
    """When the feed is due next (UTC)."""
