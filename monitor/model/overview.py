"""How things are, as the store tells those who look after the service."""

from dataclasses import dataclass
from datetime import datetime

from monitor.model.feed_update import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingFeed:
    """A feed whose last poll failed, and since when they do."""

    url: str
    name: str
    since: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulFeed:
    """A feed that answers, and what had to be guessed of its latest document, as a sentence."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFeeds:
    """A hold that is on, and how many feeds that are polled wait for its end."""

    hold: Hold
    feeds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """`feeds` are those that are polled; `held` are the holds that keep some of them waiting. `unsent` messages wait or
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
    doubtful: tuple[DoubtfulFeed, ...] = ()
