"""From the store to the workbench: what was decided about an article, and how busy a topic is."""

from dataclasses import dataclass
from datetime import datetime

from monitor.model.match import Match, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMatch:
    """A match as it was stored. `match.fingerprint` tells whether the topic has been reworded since."""

    match: Match
    origin: Origin
    matched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicActivity:
    """How many matches are stored for a topic, in all and of articles that were new lately (`policy.news.recent`);
    `last_match_at` is None if there is none.
    """

    matches: int = 0
    last_7_days: int = 0
    last_30_days: int = 0
    last_match_at: datetime | None = None
