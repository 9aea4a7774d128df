"""Around `reconcile`: the state it judges by, and the change it decides on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.model.article import Arrival
from monitor.model.feed import PollHints
from monitor.model.fetch import FetchProblem, Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """A feed as the last poll left it. Hashes are hex SHA-256; times are None until they happen.

    `baseline_at` is the first successful parse, `is_baseline_open` while all that was parsed was cut off;
    `succeeded_at` is the latest 200 or 304.
    `failures` counts polls in a row without success, since `failing_since`. `hints` are those of
    the latest document, which a 304 does not repeat; `window` tells which items it held (`reconcile.window`).

    `validators_from` is the fingerprint of the URL that served the validators ("": the feed's own).
    `fetched_at` is the latest 200, `probed_at` the latest look whether a 304 can be believed (rule P15).
    `arrivals` are the latest moments at which something was published, oldest first; `turnover` is the time in
    which the document is filled anew, where that is short. A permanent redirect is watched in `moving_…` and
    followed as `moved_to` (P10). `paused_at`: the publisher has said twice that the feed is gone (P11).
    `hold_until`: the latest answer asked this feed to wait until then (P8).
    `shows_several`: a document of it has had two different links, or two different guids.
    """

    id: int
    url: str
    title: str = ""
    language: str = ""
    validators: Validators = Validators()
    body_hash: str = ""
    next_poll_at: datetime
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    baseline_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    problem: FetchProblem | None = None
    problem_detail: str = ""
    gone_since: datetime | None = None
    hints: PollHints = PollHints()
    is_baseline_open: bool = False
    window: bytes = b""
    validators_from: str = ""
    fetched_at: datetime | None = None
    probed_at: datetime | None = None
    arrivals: tuple[datetime, ...] = ()
    turnover: timedelta | None = None
    moving_to: str = ""
    moving_since: datetime | None = None
    moving_sightings: int = 0
    moved_to: str = ""
    moved_at: datetime | None = None
    paused_at: datetime | None = None
    hold_until: datetime | None = None
    shows_several: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A server has asked to be left alone until then (429, 503; rule P8). It said so to the feed `asked_by`, a URL.

    It binds all feeds of `origin` (scheme, host and port), or that feed alone if `origin` is "": what comes by a
    redirect from elsewhere is no word of the host's own, or any feed could silence any other.
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
class KnownArticle:
    """What identity needs of an article that is stored already. `content_hash` covers title and text.

    By its aliases it is recognised under another guid or address (rule I3); None: there is nothing to go by.
    """

    id: int
    key: str
    title: str
    link: str
    content_hash: str
    revisions: int = 0
    published_at: datetime | None = None
    link_alias: int | None = None
    guid_alias: int | None = None


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
    """What a feed has under a `Lookup`. Several articles may share an alias; they stand in the order of their ids.

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
    has said. `late` is part of new, and `left_out`, the items beyond `max_items`, of refused.
    """

    fetched: int = 0
    new: int = 0
    known: int = 0
    changed: int = 0
    duplicate: int = 0
    refused: int = 0
    late: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedUpdate:
    """All that one poll of one feed changes; stored in one transaction.

    `excess` are edits beyond what one article may cost: they are matched, and stored only where that finds a
    topic that was not known to hold (`reconcile.admitted`). `reread`: stored articles of which an earlier version kept
    only the longest text, with all that they say; nobody has edited them. `recalled`: traces of articles that retention
    has taken and the feed still has.
    `hold` binds the other feeds of its origin too (Retry-After, P8). `gap_since`: this document shares no
    item with the one before, so that articles may have come and gone unseen since then. `reached`: whether
    any server answered; None where nobody was asked (P12).
    """

    state: FeedState
    new: tuple[NewArticle, ...] = ()
    changed: tuple[ChangedArticle, ...] = ()
    excess: tuple[ChangedArticle, ...] = ()
    reread: tuple[ChangedArticle, ...] = ()
    renamed: tuple[RenamedArticle, ...] = ()
    recalled: tuple[int, ...] = ()
    counts: PollCounts = PollCounts()
    status: str
    hold: Hold | None = None
    gap_since: datetime | None = None
    reached: bool | None = None
    elapsed: timedelta = timedelta()
    warning: str = ""


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
    `has_gap`: nothing of the document before is in this one. `baseline`: of a first poll that brought something.

    `reason` says why it failed or was not asked, "" if all went well.
    """

    url: str
    name: str
    status: str
    is_failure: bool
    reason: str
    counts: PollCounts = PollCounts()
    has_gap: bool = False
    matches: int = 0
    baseline: BaselineCounts | None = None
    next_poll_at: datetime
