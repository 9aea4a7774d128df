"""From the store to the workbench: what was decided about an article, and how busy a topic is."""

from dataclasses import dataclass
from datetime import datetime

from monitor.model.match import Match, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMatch:
    """A match as it was stored."""

    match: Match
    """The match; its fingerprint tells whether the topic has been reworded since."""
    origin: Origin
    """Why there is the match."""
    matched_at: datetime
    """When it was found (UTC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicActivity:
    """How many matches are stored for a topic."""

    matches: int = 0
    """The number of all."""
    last_7_days: int = 0
    """Of articles that were new in the last 7 days (`policy.news.recent`)."""
    last_30_days: int = 0
    """Of articles that were new in the last 30 days."""
    last_match_at: datetime | None = None
    """When the latest was found (UTC); None if there is none."""
