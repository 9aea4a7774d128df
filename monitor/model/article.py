"""An article: one item of a feed, stored once, whether it matches or not."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.ids import ArticleId, FeedId


class Arrival(StrEnum):
    """How an article came (docs/flow.md): in a feed's first successful poll, as news, or long
    after its own date.
    """

    BASELINE = "baseline"
    NEW = "new"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFacts:
    """What an item says, as it is stored: the same for a new article, for an edit, and for all who read it."""

    key: str
    """The key under which it is stored, unique within its feed (rule I1)."""
    link: str
    """The canonical address of its page; "" if none."""
    title: str
    """The headline, plain text."""
    text: str
    """All that the item said, its summary first, plain text; "" if nothing."""
    outlet: str
    """Who speaks: the outlet, the source or the domain."""
    language: str
    """The language (BCP 47); "" if unknown."""
    author: str = ""
    """A line of names; "" if none."""
    categories: tuple[str, ...] = ()
    """The categories of the item, as written."""
    identified_language: str = ""
    """What its text shows to be its language (primary subtag), where `language` is unknown; "" if that is not clear.
    """
    via: str = ""
    """Whom the item names as its `<source>`, where that is not the outlet; shown, and nothing is decided by it. "" in
    aggregators, and if it names nobody else.
    """
    text_removed_at: datetime | None = None
    """When its text was removed for the licence of its feed (UTC); None if it was not."""
    text_runs: bytes = b""
    """By what copies of a text that was removed are known (`copies.runs_of`); else empty."""

    @property
    def shown_language(self) -> str:
        """The language as the feed or its owner says, else the identified one; "" if neither is known."""
        return self.language or self.identified_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(ArticleFacts):
    """An article as stored, whole, for all who match, list or show it. Other shapes of an article have fewer facts,
    because thousands are read at once, or others, because nothing is stored yet; each says its reason.
    """

    id: ArticleId
    """The row id."""
    feed_id: FeedId
    """The feed that brought it."""
    published_at: datetime | None
    """The feed's claim (UTC); None if missing or not credible."""
    first_seen_at: datetime
    """When it was first seen (UTC)."""
    arrival: Arrival
    """How it came."""
    is_mailable: bool
    """False only for what a baseline brought without a credible date of the last 24 hours: it is matched and can be
    found, and is listed only by a digest with `baseline = "list"`.
    """
    is_new_outlet: bool = False
    """Whether an aggregator brought it, of an outlet that no feed had brought before that day."""
    is_paid: bool = False
    """Whether its page has to be paid for, by what the config says of its feed (`access`)."""

    @property
    def dated(self) -> datetime:
        """The date to show and sort by: the feed's claim, but none that is after the article was first seen."""
        return min(self.published_at or self.first_seen_at, self.first_seen_at)
