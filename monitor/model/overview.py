"""How things are, as the store tells those who look after the service."""

from dataclasses import dataclass
from datetime import datetime

from monitor.model.edition_input import FeedTrouble
from monitor.model.feed_update import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingFeed:
    """A feed whose last poll failed, and since when they do."""

    url: str
    name: str
    since: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFeeds:
    """A hold that is on, and how many feeds that are polled wait for its end."""

    hold: Hold
    feeds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """`feeds` are those that are polled; `troubles` is what is said of those that fail, of an incident of a host once;
    `held` are the holds that keep some of them waiting. `unsent` messages wait or
    are being sent; `given_up`, of the last week, are held, or were lost and their recipient has had no later one that
    says so.
    """

    feeds: int
    polled_at: datetime | None
    succeeded_at: datetime | None
    failing: tuple[FailingFeed, ...]
    articles: int
    editions: int
    unsent: int
    oldest_unsent_at: datetime | None
    given_up: int
    held: tuple[HeldFeeds, ...] = ()
    troubles: tuple[FeedTrouble, ...] = ()
