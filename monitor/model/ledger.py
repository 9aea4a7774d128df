"""From the store to commands: the state of a feed, and the result of each poll."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.article import Article
from monitor.model.feed_update import FeedState, Hold, PollCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStanding:
    """A feed of the config as commands show it."""

    name: str
    """Its outlet, else its title, else its host."""
    outlet: str
    """The outlet in the config; "" if none."""
    state: FeedState
    """The feed as the last poll left it."""
    new_in_7_days: int
    """The number of its articles that were new in 7 days, without the first poll."""
    at_first_poll: int
    """How many of its stored articles were there at its first poll."""
    former_urls: tuple[str, ...] = ()
    """The URLs that it had before."""
    hold: Hold | None = None
    """The hold that keeps it waiting; None if none."""
    seen_at: tuple[datetime, ...] = ()
    """If it may be silent, when it brought new articles (UTC), in order of time; else none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineArticle:
    """An article that was in a feed before its first poll, is not news, and matches topics."""

    feed: str
    """The feed's name for people."""
    article: Article
    """The article."""
    topics: tuple[str, ...]
    """The names of the topics that it matches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRecord:
    """One poll as it was recorded."""

    polled_at: datetime
    """When it was (UTC)."""
    status: str
    """The result, as a word of the poll log."""
    reason: str
    """Why it failed, or what was odd; "" if nothing was."""
    counts: PollCounts
    """The numbers of the poll."""
    gap_since: datetime | None
    """The time of the document before (UTC), if the two share no item; else None."""
    is_gap_closed: bool
    """Whether earlier pages had everything between the two."""
    elapsed: timedelta
    """How long the request took."""
