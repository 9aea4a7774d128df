"""From the store to `why`: what happened to one article, and what the feeds did that could have had it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.model.article import Article
from monitor.model.delivery import DeliveryRecord
from monitor.model.edition_input import Outage
from monitor.model.history import StoredMatch
from monitor.model.ids import ArticleId, EditionId, FeedId, StoryId
from monitor.model.stored_page import StoredPage


@dataclass(frozen=True, slots=True, kw_only=True)
class FatedMatch:
    """A topic that matches the article, or did."""

    id: int
    """The row id: an edition knows all matches up to one."""
    stored: StoredMatch
    """The match as it was stored."""
    stale_since: datetime | None
    """When a changed topic took it back (UTC); None if it did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownIn:
    """An edition that shows the article under a topic."""

    edition_id: EditionId
    """The row id of the edition."""
    digest: str
    """The name of its digest."""
    slot: str
    """What the edition is called among its kind."""
    made_at: datetime
    """When it was made (UTC)."""
    topic: str
    """The name of the topic."""
    form: str
    """In what form it is listed (`Form`); "perhaps" for a line below "Perhaps also"."""
    why: str = ""
    """Of such a line, the words behind the headline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FatedStory:
    """The story of the article."""

    id: StoryId
    """The number of the story."""
    title: str
    """The headline of its first article; "" if that is gone."""
    articles: int
    """How many articles it has."""
    outlets: int
    """How many outlets they are of."""
    muted_at: datetime | None
    """When it was muted (UTC); None if it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestProgress:
    """How far a digest is."""

    configured_at: datetime
    """Since when it has been configured (UTC)."""
    knew: int
    """The last match that its newest edition knew; 0 if it has none."""
    drafted: int | None = None
    """The last match that its draft which waits has; None if none waits."""
    is_dropped: bool = False
    """Whether a person has dropped the story of the article from that draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What happened to an article, in one snapshot."""

    article: Article
    """The article as it is stored."""
    feed: str
    """The name of its feed."""
    feed_url: str
    """The URL of its feed."""
    is_feed_configured: bool
    """Whether that feed is polled."""
    earlier: tuple[tuple[datetime, str, str], ...]
    """What edits replaced: (until when (UTC), headline, address), the oldest first."""
    matches: tuple[FatedMatch, ...]
    """The topics that match it, by name."""
    shown: tuple[ShownIn, ...]
    """Where it was shown, in the order of the editions."""
    corrected: tuple[ShownIn, ...]
    """The editions that reported it as corrected; they have no topic."""
    story: FatedStory | None
    """Its story; None if it is of none yet."""
    deliveries: Mapping[EditionId, tuple[DeliveryRecord, ...]]
    """By edition that shows it, the messages."""
    digests: Mapping[str, DigestProgress]
    """By name, how far each digest is."""
    page: StoredPage | None = None
    """What is stored of the page behind it; None if it was not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedThen:
    """A feed, and what its polls brought in a certain time."""

    id: FeedId
    """The row id."""
    name: str
    """What people call it."""
    url: str
    """Its URL."""
    former_urls: tuple[str, ...]
    """The URLs that it had before, and the one to which it has moved."""
    is_configured: bool
    """Whether it is polled."""
    is_of_outlet: bool
    """Whether an address of its own is of the outlet; False: articles of the outlet came in it."""
    baseline_at: datetime | None
    """Its first document that was read (UTC); None if there is none yet."""
    failing_since: datetime | None
    """Since when it has been failing (UTC); None if it is not."""
    reason: str
    """Why it is failing."""
    paused_at: datetime | None
    """When it was paused (UTC); None if it was not."""
    seen_at: tuple[datetime, ...]
    """If it may be silent, when it brought new articles (UTC); else none."""
    polls: int
    """The number of its polls in that time."""
    failures: int
    """The number of these that failed."""
    last_failure: str
    """Why the last of these did; "" if none did."""
    new: int
    """The number of new articles that they brought."""
    gap_since: datetime | None
    """The beginning of the first gap that stayed open (UTC); None if there was none."""
    gap_until: datetime | None
    """The end of the last one (UTC); None if there was none."""
    left_out: int
    """The most items beyond `max_items` at one poll."""
    refused: int
    """The most items with nothing to store at one poll."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """An article that retention has removed."""

    feed: str
    """The name of its feed."""
    url: str
    """The URL of its feed."""
    seen_at: datetime
    """When the feed last had it (UTC, to the month)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """An article that the owner has removed."""

    feed: str
    """The name of its feed."""
    first_seen_at: datetime
    """When it was first seen (UTC)."""
    removed_at: datetime
    """When it was removed (UTC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """What is known of an address that no stored article has."""

    since: datetime
    """From when on the feeds are looked at (UTC)."""
    until: datetime
    """Until when (UTC)."""
    dropped: tuple[Dropped, ...]
    """The feeds that had the article, which retention has removed since."""
    feeds: tuple[FeedThen, ...]
    """The feeds of the outlet."""
    outages: tuple[Outage, ...]
    """The times in which no server could be reached."""
    removed: tuple[Removed, ...] = ()
    """The articles of this address that the owner has removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedReport:
    """What a person reported as missed."""

    id: int
    """The number of the case."""
    subject: str
    """The address or the words, as they were given."""
    topic: str
    """The name of the topic that should have had it; "" if none was named."""
    article_id: ArticleId | None
    """The article; None if it is not stored."""
    cause: str
    """Why it was missed (`Cause`)."""
    finding: str
    """The same in a sentence."""
    reported_at: datetime
    """When it was reported last (UTC)."""
    closed_at: datetime | None
    """When the case was closed (UTC); None while it is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedCounts:
    """How many cases there are."""

    reported: int = 0
    """Those reported in the last 30 days."""
    open: int = 0
    """Those that are open, whenever they were reported."""
