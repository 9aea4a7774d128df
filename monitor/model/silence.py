"""What is known of a silent feed: when it brought something, and since when it has not."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentFeed:
    """A feed that answers and has brought nothing new for unusually long."""

    name: str
    """The feed's name for people."""
    url: str
    """Its URL, safe to show."""
    since: datetime
    """When it last brought something new (UTC)."""
    usual_gap: timedelta
    """The time between two of its articles, usually."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSightings:
    """When a feed that has been quiet for a while brought new articles."""

    name: str
    """The feed's name for people."""
    url: str
    """Its URL in the config."""
    seen_at: tuple[datetime, ...]
    """The moments (UTC), in order of time."""
