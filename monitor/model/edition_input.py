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
    """A story among the candidates."""

    id: int
    """The id of the story, which is that of its first article."""
    first_seen_at: datetime
    """When its first article was seen (UTC)."""
    articles: tuple[Article, ...]
    """All its articles, whether they match or not."""
    told_at: datetime | None = None
    """When this digest last showed it in full (UTC); None if never."""
    listed: frozenset[int] = frozenset()
    """Ids of its articles that this digest has shown in any form."""
    is_muted: bool = False
    """Whether the owner muted it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTrouble:
    """A feed that needs attention, or all failing feeds of a host that are one incident."""

    name: str
    """Its outlet, else its title, else its host; of an incident how many feeds of which host."""
    url: str
    """Its URL, safe to show; of an incident the origin."""
    reason: str
    """What is wrong, in words; "" if an operator gets the reasons."""
    since: datetime
    """Since when it has been failing (UTC)."""
    feeds: int = 1
    """The number of feeds."""


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
    went between two polls was not seen, except for what was recovered from earlier pages of the feed.
    """

    name: str
    url: str
    times: int
    since: datetime
    until: datetime
    recovered: int = 0


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
    """What an edition is based on: the feeds and articles since the previous edition."""

    feeds: int
    """The number of feeds that are polled."""
    feeds_ok: int
    """The number of these that answered."""
    articles_read: int
    """The number of new articles in that time."""
    since: datetime | None = None
    """The beginning of that time (UTC); None if it has no beginning."""
    failing: tuple[FeedTrouble, ...] = ()
    """Feeds that need attention, not every feed that has failed for an hour."""
    silent: tuple[SilentFeed, ...] = ()
    """Feeds that answer and have brought nothing for unusually long."""
    gaps: tuple[FeedGap, ...] = ()
    """Feeds whose documents followed each other without a common item, and whose articles may have been missed."""
    closed_gaps: tuple[FeedGap, ...] = ()
    """Those whose earlier pages had all articles in between."""
    left_out: tuple[LeftOut, ...] = ()
    """Feeds with more items than `max_items`."""
    moved: tuple[FeedMove, ...] = ()
    """Feeds that are read at a new address."""
    outages: tuple[Outage, ...] = ()
    """Times in which no server could be reached."""
    notes: tuple[str, ...] = ()
    """Everything else that needs attention, in sentences."""


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
    """Everything that one edition of one digest is made of."""

    candidates: tuple[Candidate, ...]
    """Matches that no edition of this digest has listed yet."""
    stories: Mapping[int, StoryFacts]
    """By story id, the stories of the candidates."""
    coverage: Coverage
    """The feeds and articles that the edition is based on."""
    previous: PreviousEdition | None
    """The previous edition of the digest; None if there is none."""
    told_under: Mapping[int, str] = field(default_factory=dict)
    """Article id → the topic under which an earlier edition of this digest listed it."""
    last_match: Mapping[str, datetime] = field(default_factory=dict)
    """Topic → the time of its latest match (UTC), listed or not."""
    daily: Mapping[str, tuple[int | None, ...]] = field(default_factory=dict)
    """Topic → its stories per day, the latest day last; None is a day of which nothing is known."""
    sightings: tuple[FeedSightings, ...] = ()
    """When feeds that have been quiet for a while brought new articles."""
    mailed_at: datetime | None = None
    """When the digest last mailed an edition (UTC), else when it was configured."""
    baseline: BaselineFacts = BaselineFacts()
    """What the edition has to say about feeds that are new to the digest."""
    publishers: Publishers = Publishers()
    """The publishers of outlets according to the config."""
    edits: tuple[Edit, ...] = ()
    """Edits since the previous edition of articles that the digest has shown."""
    last_revision: int = 0
    """The id of the latest edit that this input includes."""


SlotKey = tuple[date, int]
"""A slot of a digest by its local date and its place in that date, which counts from 1. Slots are in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One scheduled edition of a digest, the `ordinal`-th of a local date, and the moment it is due (UTC).

    `at`: its time of day where the digest has several, None where it has one. `covers`: the earlier slots that this
    edition covers, oldest first (D2).
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
        """The covered slots that passed while nothing ran; the others were moved to this one or beyond by a clock
        change.
        """
        return tuple(slot for slot in self.covers if slot.due_at < self.due_at)
