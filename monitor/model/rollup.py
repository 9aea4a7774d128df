"""From `digest` to `render`: a roll-up, the week in numbers and what to fix in topics and feeds.

A summary: it repeats what editions told and lists nothing as told. The templates get it as `edition`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.model.article import Article
from monitor.model.audit import Audit
from monitor.model.edition import Baseline, Correction, Listing, Perhaps, Trend, spoken_at
from monitor.model.edition_input import BaselineFacts, Coverage, FeedTrouble
from monitor.model.entries import Item
from monitor.model.fate import MissedCounts
from monitor.model.ids import StoryId
from monitor.model.match import Tier
from monitor.model.voices import Publishers, Voices

LEAST_NOISE = 5
MISSES_COUNTED = timedelta(days=30)
"""How far back a roll-up counts what was reported as missed."""

NOISE = 0.8
"""A topic is noisy when so great a part of its matches are mere mentions; of fewer than five nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekMatch:
    """A match of the last two weeks."""

    topic: str
    """The name of the topic."""
    tier: Tier
    """Where all groups were found."""
    story_id: StoryId
    """The story of the article."""
    article: Article
    """The article."""
    is_muted: bool = False
    """Whether that story is muted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What the workbench finds of a topic."""

    dead_terms: tuple[str, ...] = ()
    """Terms that no article of 30 days has."""
    near_misses: int | None = None
    """How many articles of the week lack exactly one group; None: not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchWeek:
    """The week of a saved search."""

    name: str
    """The name of the search."""
    new: int | None
    """How many of the week's articles it finds; None while the index of searches is not whole: it would be too few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFacts:
    """What a roll-up is made of."""

    bounds: tuple[datetime, ...]
    """The bounds of fourteen local days (UTC)."""
    matches: tuple[WeekMatch, ...]
    """The matches of these days."""
    daily: Mapping[str, tuple[int | None, ...]]
    """Topic → its stories on each of these days; None is a day of which nothing is known."""
    tuning: Mapping[str, Tuning]
    """Topic → what the workbench finds of it."""
    coverage: Coverage
    """The feeds and articles of the last seven days."""
    idle: tuple[FeedTrouble, ...] = ()
    """Feeds that have brought nothing for long."""
    baseline: BaselineFacts = BaselineFacts()
    """What is to be said about feeds that are new to the digest."""
    publishers: Publishers = Publishers()
    """The publishers of outlets according to the config."""
    audits: Mapping[str, Audit] = field(default_factory=dict)
    """Topic → its last audit, for those that have one."""
    missed: MissedCounts | None = None
    """What was reported as missed; None if nothing ever was."""
    searches: tuple[SearchWeek, ...] = ()
    """The saved searches, in the order of the config."""
    unmatched: Mapping[str, str] = field(default_factory=dict)
    """URL → name of the feeds that have been known for a month and brought nothing in it that matches any topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicWeek:
    """A topic's week."""

    topic: str
    """The name of the topic."""
    trend: Trend
    """Its stories on each of seven days."""
    stories: int
    """Its stories of the week, each counted once."""
    before: int | None
    """Those of the week before; None: not known."""
    matches: int
    """The number of its matches."""
    passing: int
    """The number of these that are mere mentions."""
    tuning: Tuning
    """What the workbench finds of it."""
    audit: Audit | None = None
    """Its last audit; None if there was none."""

    @property
    def needs_mending(self) -> bool:
        """Whether there is anything to say of how it is written."""
        return bool(self.tuning.dead_terms or self.tuning.near_misses or self.is_noisy)

    @property
    def is_noisy(self) -> bool:
        return self.matches >= LEAST_NOISE and self.passing >= NOISE * self.matches


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekStory:
    """A story of the week."""

    lead: Item
    """Its best article."""
    outlets: int
    """The number of outlets that carried it."""
    days: int
    """The number of dates on which they did."""
    topics: tuple[str, ...]
    """The names of the topics that its articles match."""
    voices: Voices
    """How many publishers and texts these outlets are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletShare:
    """An outlet's share in the week's matching articles."""

    outlet: str
    """The outlet."""
    articles: int
    """How many of them it carried."""
    percent: int
    """The same as a percentage of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp:
    """The week up to `dated`."""

    digest: str
    """The name of the digest."""
    kind: str
    """Scheduled, manual or test."""
    slot: str
    """What it is called among its kind: a scheduled one by its local date, and its time if its digest has several a
    day.
    """
    timezone: str
    """The IANA time zone of its dates."""
    language: str
    """The language of its dates."""
    dated: datetime
    """The moment that it is for (UTC): when it was due, if it is scheduled."""
    made_at: datetime
    """When it was made (UTC)."""
    next_at: datetime | None
    """When the next one is due (UTC); None if none is."""
    topics: tuple[TopicWeek, ...]
    """The week of each topic."""
    stories: tuple[WeekStory, ...]
    """The five biggest stories, by outlets × days."""
    outlets: tuple[OutletShare, ...]
    """All outlets, most articles first."""
    publishers: int
    """The number of publishers behind these outlets."""
    articles: int
    """The number of articles that matched this week."""
    all_stories: int
    """The number of stories that matched this week."""
    new: int
    """Of these, those that did not match in the week before."""
    ended: int
    """Stories of the week before that did not go on."""
    coverage: Coverage
    """The feeds and articles that it is based on."""
    to_remove: tuple[FeedTrouble, ...]
    """Feeds that no longer bring anything."""
    is_one_of_several: bool = False
    """Whether its digest has several a day."""
    baseline: Baseline | None = None
    """What it says about feeds that are new to it, with what it shows counted here; None if there is nothing to say."""
    missed: MissedCounts | None = None
    """What was reported as missed; None if nothing ever was."""
    searches: tuple[SearchWeek, ...] = ()
    """The saved searches, in the order of the config."""
    unmatched: tuple[str, ...] = ()
    """The names of feeds that brought nothing in 30 days that matches any topic, without those of `to_remove`."""

    @property
    def moment(self) -> datetime:
        return spoken_at(self.dated, self.made_at)

    @property
    def is_empty(self) -> bool:
        return not self.articles

    @property
    def is_mailed(self) -> bool:
        """Always: it says what is wrong with topics and feeds, all the more when nothing matched."""
        return True

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """None: editions report them."""
        return ()

    @property
    def perhaps(self) -> tuple[Perhaps, ...]:
        """None: what may belong to a topic is shown on its day."""
        return ()

    @property
    def listings(self) -> tuple[Listing, ...]:
        """None: it consumes nothing."""
        return ()
