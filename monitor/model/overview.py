"""How things are, as the store tells those who look after the service."""

from dataclasses import dataclass
from datetime import datetime

from monitor.model.edition_input import FeedTrouble
from monitor.model.feed_update import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingFeed:
    """A feed whose last poll failed."""

    url: str
    """The URL in the config."""
    name: str
    """The feed's name for people."""
    since: datetime | None
    """Since when it has been failing (UTC)."""
    reason: str
    """The latest failure in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulFeed:
    """A feed that answers, and of which something is in doubt: what had to be guessed of its latest document, or
    whether it carries one outlet.
    """

    name: str
    """The feed's name for people."""
    reason: str
    """What is in doubt, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFeeds:
    """A hold that keeps feeds waiting."""

    hold: Hold
    """The hold."""
    feeds: int
    """How many feeds that are polled wait for its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The service at one moment."""

    feeds: int
    """The number of feeds that are polled."""
    polled_at: datetime | None
    """The latest poll of any (UTC); None if there was none."""
    succeeded_at: datetime | None
    """The latest poll of any that succeeded (UTC); None if none did."""
    failing: tuple[FailingFeed, ...]
    """The feeds whose last poll failed."""
    articles: int
    """The number of stored articles."""
    editions: int
    """The number of published editions."""
    unsent: int
    """The number of messages that wait or are being sent."""
    oldest_unsent_at: datetime | None
    """When the oldest of them was queued (UTC); None if there is none."""
    given_up: int
    """Messages of the last week that are held, or were lost while their recipient had no later one that says so."""
    held: tuple[HeldFeeds, ...] = ()
    """The holds that keep feeds waiting, the longest first."""
    tried: int = 0
    """The attempts that the most often tried of the unsent messages has had, if none was accepted since the first."""
    passed_over: int = 0
    """The same of messages that wait while others are accepted."""
    doubtful: tuple[DoubtfulFeed, ...] = ()
    """The feeds that answer, but with a document of which something had to be guessed."""
    troubles: tuple[FeedTrouble, ...] = ()
    """What is said of the failing feeds, of an incident of a host once."""
