"""The facts about one poll that every step of reconciling needs. No logic."""

from dataclasses import dataclass
from datetime import datetime

from monitor.model.feed_update import FeedState
from monitor.model.settings import FeedSettings, PollingSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """`state` is the feed as the poll before left it; `jitter` is a number in [0, 1)."""

    state: FeedState
    feed: FeedSettings
    polling: PollingSettings
    now: datetime
    jitter: float
