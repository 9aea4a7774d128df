"""From the store to `digest`: everything one edition is made of, read in one go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from monitor.model.article import Article
from monitor.model.boilerplate import Boilerplate
from monitor.model.choice import Choice
from monitor.model.ids import ArticleId, StoryId
from monitor.model.match import Match, Origin
from monitor.model.perhaps import Resembling
from monitor.model.silence import FeedSightings, SilentFeed
from monitor.model.voices import Publishers


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A match that no edition of this digest has listed yet."""

    article: Article
    """The article."""
    match: Match
    """The match."""
    origin: Origin
    """Why there is the match, as this digest sees it."""
    story_id: StoryId
    """The story of the article."""
    shared: tuple[Boilerplate, ...] = ()
    """What texts of its feed begin or end with."""
    was_known: bool = False
    """Whether the edition before this one knew the article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFacts:
    """A story among the candidates."""

    id: StoryId
    """The id of the story, which is that of its first article."""
    first_seen_at: datetime
    """When its first article was seen (UTC)."""
    articles: tuple[Article, ...]
    """All its articles, whether they match or not."""
    shown_at: datetime | None = None
    """When this digest last showed it in full (UTC); None if never."""
    listed: frozenset[ArticleId] = frozenset()
    """Ids of its articles that this digest has shown in any form."""
    is_muted: bool = False
    """Whether the owner muted it."""
    dropped: frozenset[ArticleId] = frozenset()
    """Ids of its articles that a person has left out of an edition of this digest."""


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
class FeedGap:
    """A feed whose documents followed each other without a common item: what came and went between two polls was not
    seen, except for what was recovered from earlier pages of the feed.
    """

    name: str
    """The feed's name for people."""
    url: str
    """Its URL, safe to show."""
    times: int
    """How often that happened."""
    since: datetime
    """The time of the last document before the first gap (UTC)."""
    until: datetime
    """The time of the document behind the last gap (UTC)."""
    recovered: int = 0
    """The articles that were recovered from earlier pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A feed that had more items than `max_items`."""

    name: str
    """The feed's name for people."""
    url: str
    """Its URL, safe to show."""
    articles: int
    """How many items, the oldest, were not read at one poll, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedMove:
    """A feed that is read at another address from now on, because its publisher has redirected it for a week."""

    name: str
    """The feed's name for people."""
    url: str
    """The URL in the config, safe to show."""
    to: str
    """The new address, safe to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A time in which no server at all could be reached."""

    since: datetime
    """When it began (UTC)."""
    until: datetime | None
    """When it ended (UTC); None while it lasts."""
    probed_at: datetime | None = None
    """When a feed was last asked to see whether it is over (UTC); None if not known."""


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
    """Everything else that needs attention, and what changes of topics did, in sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineMatch:
    """A match among what was in a feed before its first poll."""

    article_id: ArticleId
    """The article."""
    topic: str
    """The name of the topic."""
    is_fresh: bool
    """Whether it had a credible date of the last 24 hours then, and so is news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineFacts:
    """What was in feeds at their first poll and no earlier edition of the digest has reported."""

    feeds: tuple[str, ...] = ()
    """The names of these feeds."""
    is_all: bool = False
    """Whether no other feed has brought anything."""
    articles: int = 0
    """The number of their articles, matching or not."""
    matches: tuple[BaselineMatch, ...] = ()
    """Those that match topics of the digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An article that was edited since a digest showed it."""

    article: Article
    """The article as it is now."""
    title: str
    """Its headline at `shown_at`."""
    text: str
    """Its text at `shown_at`."""
    shown_at: datetime
    """When the digest listed it last, or reported a correction of it (UTC)."""
    topics: tuple[str, ...]
    """The topics under which it was listed without being muted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resemblances:
    """Articles that match no rule and resemble what topics match, and what must not be shown of them. No number of an
    edition counts them.
    """

    found: Mapping[str, tuple[Resembling, ...]] = field(default_factory=dict)
    """Topic → the articles that resemble it, the most alike first."""
    settled: Mapping[str, frozenset[ArticleId]] = field(default_factory=dict)
    """Topic → those that the digest has shown below it in any form, or that a person said do not belong to it."""
    titles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Topic → the normalised headlines of the lines that the digest has shown below it."""
    muted: frozenset[StoryId] = frozenset()
    """The muted ones of the stories beside which they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HighWater:
    """The last row of each kind that an edition can know of; what has a higher id came after it.

    Ids, not times: a poll is dated before it is stored, and a clock may have been wrong.
    """

    articles: int = 0
    """The id of the last article; 0 if there was none."""
    matches: int = 0
    """That of the last match."""
    polls: int = 0
    """That of the last poll."""
    revisions: int = 0
    """That of the last edit."""
    rule_changes: int = 0
    """That of the last change of a topic."""

    def and_of(self, other: "HighWater") -> "HighWater":
        """What one of the two knows."""
        return HighWater(
            articles=max(self.articles, other.articles),
            matches=max(self.matches, other.matches),
            polls=max(self.polls, other.polls),
            revisions=max(self.revisions, other.revisions),
            rule_changes=max(self.rule_changes, other.rule_changes),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousEdition:
    """The latest earlier edition of a digest, whatever its kind."""

    slot: str
    """What it is called among its kind."""
    made_at: datetime
    """When it was made, as far as we know (UTC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionInput:
    """Everything that one edition of one digest is made of."""

    candidates: tuple[Candidate, ...]
    """Matches that no edition of this digest has listed yet."""
    stories: Mapping[StoryId, StoryFacts]
    """By story id, the stories of the candidates."""
    coverage: Coverage
    """The feeds and articles that the edition is based on."""
    previous: PreviousEdition | None
    """The previous edition of the digest; None if there is none."""
    listed_under: Mapping[ArticleId, str] = field(default_factory=dict)
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
    alerted: Mapping[tuple[str, StoryId], datetime] = field(default_factory=dict)
    """Topic and story → when an alert on it was sent (UTC)."""
    resemblances: Resemblances = Resemblances()
    """What resembles its topics and does not match them."""
    choices: Mapping[StoryId, Choice] = field(default_factory=dict)
    """Story → what a person decided about it in the draft of this edition."""


SlotKey = tuple[date, int]
"""A slot of a digest by its local date and its place in that date, which counts from 1. Slots are in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One scheduled edition of a digest."""

    day: date
    """The local date."""
    due_at: datetime
    """When it is due (UTC)."""
    ordinal: int = 1
    """Its place in that date, which counts from 1."""
    at: time | None = None
    """Its time of day where the digest has several; None where it has one."""
    covers: tuple["Slot", ...] = ()
    """The earlier slots that this edition covers, oldest first (D2)."""

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
