"""From the store to `digest`: everything one edition is made of, read in one go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from monitor.model.article import Article
from monitor.model.boilerplate import Boilerplate
from monitor.model.match import Match
from monitor.model.voices import Publishers


class Origin(StrEnum):
    """Why there is a match: the article is news, was in a feed's baseline without a credible date of the last 24 hours
    (listed only by digests that ask for it) or came too long ago to be listed when its match was found, surfaced long
    after its date, or was stored before a change of the topic made it match.
    """

    NEW = "new"
    BASELINE = "baseline"
    LATE = "late"
    BACKFILL = "backfill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A match that no edition of this digest has listed yet. `shared`: what texts of its feed begin or end with."""

    article: Article
    match: Match
    origin: Origin
    story_id: int
    shared: tuple[Boilerplate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFacts:
    """A story among the candidates: when it began, and who carries it (all its articles, matched or not).

    `told_at`: when this digest last printed it in full; None if never. `listed`: those of its articles that this
    digest has printed in any form. `is_muted`: its reader wants no more of it.
    """

    id: int
    first_seen_at: datetime
    articles: tuple[Article, ...]
    told_at: datetime | None = None
    listed: frozenset[int] = frozenset()
    is_muted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTrouble:
    """A feed that needs attention. `name` is its outlet, else its title, else its host. `reason` is "" where the
    operator hears of it.
    """

    name: str
    url: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentFeed:
    """A feed that answers and has brought nothing new since then, though it usually does every `usual_gap`."""

    name: str
    url: str
    since: datetime
    usual_gap: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSightings:
    """When a feed that has been quiet for a while brought new articles, in order of time."""

    name: str
    url: str
    seen_at: tuple[datetime, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedGap:
    """A feed whose documents followed each other without a common item, so often in that time: what came and
    went between two polls was not seen.
    """

    name: str
    url: str
    times: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A feed that held more items than `max_items`: so many, the oldest, were not read at one poll."""

    name: str
    url: str
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedMove:
    """A feed that is read at another address from now on, because its publisher has sent us there for a week."""

    name: str
    url: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A time in which no server at all could be reached; `until` is None while it lasts. `probed_at`: when a feed
    was last asked to see whether it is over.
    """

    since: datetime
    until: datetime | None
    probed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What an edition rests on, from `since` on (None: since ever): the edition before it, as a rule.

    `failing` names feeds that need attention, not each that has missed an hour; URLs are fit to be shown. `notes`:
    what else needs a hand, in sentences.
    """

    feeds: int
    feeds_ok: int
    articles_read: int
    since: datetime | None = None
    failing: tuple[FeedTrouble, ...] = ()
    silent: tuple[SilentFeed, ...] = ()
    gaps: tuple[FeedGap, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    moved: tuple[FeedMove, ...] = ()
    outages: tuple[Outage, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineMatch:
    """A match among what was there. `is_fresh`: it had a credible date of the last 24 hours then, and so is news."""

    article_id: int
    topic: str
    is_fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineFacts:
    """What was in feeds when they were read first, and no earlier edition of the digest has said.

    `feeds` are their names; `is_all`: no other feed has brought anything. `articles` counts theirs, matching or not.
    """

    feeds: tuple[str, ...] = ()
    is_all: bool = False
    articles: int = 0
    matches: tuple[BaselineMatch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An article that was edited since a digest showed it. `title`, `text`: its words at `shown_at`, when the digest
    listed it last or reported a correction of it; `topics`: those under which it was listed, without being muted.
    """

    article: Article
    title: str
    text: str
    shown_at: datetime
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HighWater:
    """The last row of each kind that an edition can know of; what has a higher id came after it. Revisions are edits.

    Ids, not times: a poll is dated before it is stored, and a clock may have been wrong.
    """

    articles: int = 0
    matches: int = 0
    polls: int = 0
    revisions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousEdition:
    """The latest earlier edition of a digest, whatever its kind. `made_at`: when it was built, as far as we know."""

    slot: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionInput:
    """What one edition of one digest is made of.

    `told_under` maps an article to the topic under which an earlier edition of this digest
    listed it; `last_match` a topic to the time of its latest match, listed or not. `daily` has the
    stories a day of each topic, the latest day last; None is a day of which nothing is known.
    `mailed_at`: when the digest last mailed an edition, else when it was configured. `baseline`: what is to be said of
    feeds that are new to it. `publishers`: what the config says of them. `edits`: those of what the digest has shown,
    since its previous edition; `last_revision`: the last edit that all these words know.
    """

    candidates: tuple[Candidate, ...]
    stories: Mapping[int, StoryFacts]
    coverage: Coverage
    previous: PreviousEdition | None
    told_under: Mapping[int, str] = field(default_factory=dict)
    last_match: Mapping[str, datetime] = field(default_factory=dict)
    daily: Mapping[str, tuple[int | None, ...]] = field(default_factory=dict)
    sightings: tuple[FeedSightings, ...] = ()
    mailed_at: datetime | None = None
    baseline: BaselineFacts = BaselineFacts()
    publishers: Publishers = Publishers()
    edits: tuple[Edit, ...] = ()
    last_revision: int = 0


SlotKey = tuple[date, int]
"""A slot of a digest by its local date and its place in that date, which counts from 1. Slots are in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One scheduled edition of a digest, the `ordinal`-th of a local date, and the moment it is due (UTC).

    `at`: its time of day where the digest has several, None where it has one. `covers`: the earlier slots that this
    edition stands for, oldest first (D2).
    """

    day: date
    due_at: datetime
    ordinal: int = 1
    at: time | None = None
    covers: tuple["Slot", ...] = ()

    @property
    def key(self) -> SlotKey:
        return self.day, self.ordinal

    @property
    def label(self) -> str:
        """What its edition is called: 2016-09-21, or 2016-09-21T18:00 where the digest has several times a day."""
        return f"{self.day}" if self.at is None else f"{self.day}T{self.at:%H:%M}"

    @property
    def missed(self) -> tuple["Slot", ...]:
        """Those it stands for that passed while nothing ran; the others a change of the clock moved to it or beyond."""
        return tuple(slot for slot in self.covers if slot.due_at < self.due_at)
