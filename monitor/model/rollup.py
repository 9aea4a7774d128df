"""From `digest` to `render`: a roll-up, the week in numbers and what to fix in topics and feeds.

A summary: it repeats what editions told and lists nothing as told. The templates get it as `edition`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.model.article import Article
from monitor.model.edition import Baseline, Correction, Item, Listing, Trend, spoken_at
from monitor.model.edition_input import BaselineFacts, Coverage, FeedTrouble
from monitor.model.voices import Publishers, Voices

LEAST_NOISE = 5
NOISE = 0.8
"""A topic is noisy when so great a part of its matches are mere mentions; of fewer than five nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekMatch:
    """A match of the last two weeks, by the tier and the story it has. `is_muted`: that story is."""

    topic: str
    tier: str
    story_id: int
    article: Article
    is_muted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What the workbench finds of a topic: terms that no article of 30 days holds, and how many articles of the
    week lack one group only (None: not counted).
    """

    dead_terms: tuple[str, ...] = ()
    near_misses: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFacts:
    """What a roll-up is made of. `bounds` are those of fourteen days; `matches` and `daily` (the stories of each
    topic by day) are of these, `coverage` of the last seven. `idle`: feeds that have long brought nothing.
    `baseline`: what is to be said of feeds that are new to the digest. `publishers`: what the config says of them.
    """

    bounds: tuple[datetime, ...]
    matches: tuple[WeekMatch, ...]
    daily: Mapping[str, tuple[int | None, ...]]
    tuning: Mapping[str, Tuning]
    coverage: Coverage
    idle: tuple[FeedTrouble, ...] = ()
    baseline: BaselineFacts = BaselineFacts()
    publishers: Publishers = Publishers()


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicWeek:
    """A topic's week. `trend` has its stories on each of seven days; `stories` those of the week, each once, and
    `before` those of the week before (None: not known). `passing` of its `matches` are mere mentions.
    """

    topic: str
    trend: Trend
    stories: int
    before: int | None
    matches: int
    passing: int
    tuning: Tuning

    @property
    def needs_mending(self) -> bool:
        """Whether there is anything to say of how it is written."""
        return bool(self.tuning.dead_terms or self.tuning.near_misses or self.is_noisy)

    @property
    def is_noisy(self) -> bool:
        return self.matches >= LEAST_NOISE and self.passing >= NOISE * self.matches


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekStory:
    """A story of the week: its best article, the outlets that carried it and on how many dates they did. `voices`: how
    many publishers and texts these outlets are.
    """

    lead: Item
    outlets: int
    days: int
    topics: tuple[str, ...]
    voices: Voices


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletShare:
    """How many of the week's matching articles an outlet carried."""

    outlet: str
    articles: int
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp:
    """The week up to `dated`. `stories` are the five biggest, by outlets × days; `outlets` all, most articles first;
    `publishers`: how many are behind these.

    `articles`, `all_stories`: how many matched this week; of the stories so many are `new`, and so many of the week
    before have `ended`. `to_remove`: feeds that bring nothing any more. `is_one_of_several`: its digest has several
    a day. `baseline`: what is to be said of feeds that are new to it, if anything; what it shows is counted here.
    """

    digest: str
    kind: str
    slot: str
    timezone: str
    language: str
    dated: datetime
    made_at: datetime
    next_at: datetime | None
    topics: tuple[TopicWeek, ...]
    stories: tuple[WeekStory, ...]
    outlets: tuple[OutletShare, ...]
    publishers: int
    articles: int
    all_stories: int
    new: int
    ended: int
    coverage: Coverage
    to_remove: tuple[FeedTrouble, ...]
    is_one_of_several: bool = False
    baseline: Baseline | None = None

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
    def listings(self) -> tuple[Listing, ...]:
        """None: it consumes nothing."""
        return ()
