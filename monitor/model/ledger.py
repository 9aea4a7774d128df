"""From the store to commands: the state of a feed, and the result of each poll."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.article import Article
from monitor.model.feed_update import FeedState, Hold, PollCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStanding:
    """A feed of the config. `name` is its outlet, else its title, else its host; `new_in_7_days` without a baseline,
    which is `at_first_poll`: so many of its stored articles were there then.
    `hold` is the one that keeps it waiting, if any. `seen_at`: of a feed that may be silent, when it brought new
    articles, in order of time.
    """

    name: str
    outlet: str
    state: FeedState
    new_in_7_days: int
    at_first_poll: int
    former_urls: tuple[str, ...] = ()
    hold: Hold | None = None
    seen_at: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineArticle:
    """An article that was in a feed before its first poll, is not news, and matches these topics."""

    feed: str
    article: Article
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRecord:
    """One poll as the ledger has it; `reason` says why it failed, or what was odd."""

    polled_at: datetime
    status: str
    reason: str
    counts: PollCounts
    gap_since: datetime | None
    is_gap_closed: bool
    elapsed: timedelta
