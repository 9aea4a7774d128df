"""What a feed is worth: what it brought in some days that matched, what only it brought, and what that cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.model.ids import ArticleId, FeedId, StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFeed:
    """A feed of the config, and how often it was asked."""

    id: FeedId
    """The row id."""
    name: str
    """Its outlet, else its title, else its host."""
    url: str
    """Its URL, safe to show."""
    known_since: datetime | None
    """When it first answered (UTC); None if it never did."""
    polls: int
    """How many polls of these days the ledger has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueFacts:
    """What the store knows of the value of feeds in some days."""

    since: datetime
    """The beginning of these days (UTC)."""
    feeds: tuple[AskedFeed, ...]
    """The feeds of the config, by row id."""
    matching: Mapping[ArticleId, tuple[FeedId, StoryId]]
    """The articles of these days that match a topic, with their feed and story."""
    members: Mapping[StoryId, Sequence[tuple[ArticleId, FeedId]]]
    """All articles of these stories, also of other days, with their feeds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Another feed that had some of the same stories."""

    name: str
    """Its name."""
    url: str
    """Its URL, safe to show."""
    stories: int
    """How many of them it had."""
    percent: int
    """The same as a percentage of the feed's stories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedValue:
    """What one feed brought in some days, and what that cost."""

    name: str
    """Its name."""
    url: str
    """Its URL, safe to show."""
    known_since: datetime | None
    """When it first answered (UTC); None if it never did."""
    is_new: bool
    """Whether it is known for less than these days, so that there was less time to bring anything."""
    matches: int
    """Its articles of these days that match a topic, each counted once."""
    stories: int
    """The stories of these articles."""
    first: int
    """The stories that it brought before all other feeds."""
    only_here: int
    """The stories that no other feed brought."""
    polls: int
    """How often it was asked."""
    overlaps: tuple[Overlap, ...]
    """The feeds that had the most of its stories, the most first."""

    @property
    def polls_per_match(self) -> float | None:
        """Polls for each match; None without a match."""
        return round(self.polls / self.matches, 1) if self.matches else None
