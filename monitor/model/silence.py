"""What is known of a silent feed: when it brought something, and since when it has not."""

from dataclasses import dataclass
from datetime import datetime, timedelta


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
