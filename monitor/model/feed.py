"""From `parse` to `reconcile`: what a feed document says, as clean text.

Nothing here is trusted further than that: text holds no markup and no control characters, links
are http(s) without userinfo or empty, lengths are bounded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.model.fetch import FetchProblem
from monitor.model.ids import FeedId
from monitor.model.sitemap_index import SitemapPart

NEWS_SITEMAP = "news sitemap"
"""The format of sitemaps with news, as people read it."""
FEED = "feed"
"""The kind of all documents that are not sitemaps, as people read it."""
SITEMAP_INDEX = "index of news sitemaps"
"""The kind of an index whose parts are read, as people read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedItem:
    """One item of a document: what it claims, before anything is decided about it."""

    guid: str
    """The guid, verbatim; "" if absent or blank."""
    link: str
    """The address, http(s) or ""."""
    title: str
    """The headline, plain text; "" if none."""
    text: str
    """All that its texts say, the summary first."""
    published: datetime | None = None
    """The date that it claims, not judged here; None when missing or not a date."""
    source: str = ""
    """The outlet that `<source>` names; "" if none."""
    source_url: str = ""
    """The address that `<source>` gives, http(s) or ""."""
    language: str = ""
    """The language (BCP 47); "" if unknown."""
    author: str = ""
    """A line of names; "" if none."""
    categories: tuple[str, ...] = ()
    """The categories, as written."""
    longest: str | None = None
    """The longest of content and summary alone, which was the text up to schema 0007 and is still what the item is
    recognised by (`body`). None: there is only one text.
    """
    is_recovered: bool = False
    """Whether it was read on an earlier page of the feed, after a gap."""
    is_beyond: bool = False
    """Whether it was, and no page reached what was known before: without a date it may be of any age."""

    was_there: bool = False
    """Whether its part of an index is read for the first time, and had it when the feed was first read."""

    @property
    def body(self) -> str:
        """The text by which the item is recognised: it does not change with a caption or a teaser."""
        return self.text if self.longest is None else self.longest


@dataclass(frozen=True, slots=True, kw_only=True)
class PollHints:
    """What a document asks of its readers (P7)."""

    ttl: timedelta | None = None
    """How long it may be kept; None if not said."""
    update_every: timedelta | None = None
    """sy:updatePeriod and sy:updateFrequency as a wait; None if not said."""
    skip_hours: frozenset[int] = frozenset()
    """Hours in which it need not be asked, 0 to 23 (UTC)."""
    skip_days: frozenset[int] = frozenset()
    """Weekdays on which it need not be asked, 0 is Monday."""


class Way(StrEnum):
    """How a document leads to the items before its own: the relations of RFC 5005, or `?paged=N` of WordPress. `next`
    is also the `next_url` of JSON Feed. The order is the one in which they are trusted.
    """

    ARCHIVE = "prev-archive"
    NEXT = "next"
    PREVIOUS = "previous"
    PAGED = "paged"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed document."""

    format: str
    """feedparser's name for the format, such as `rss20` or `atom10`; or `NEWS_SITEMAP`."""
    title: str
    """The title of the feed; "" if none."""
    items: tuple[ParsedItem, ...]
    """The items that can be stored."""
    language: str = ""
    """The declared language (BCP 47); "" if none."""
    refused: int = 0
    """The number of items with nothing to store (no guid, link, title or text) or beyond the limit."""
    left_out: int = 0
    """The number of those that were beyond the limit."""
    hints: PollHints = PollHints()
    """What it asks of its readers."""
    warning: str = ""
    """How it is ill-formed; "" if it is not."""
    doubt: str = ""
    """What of it had to be guessed, such as its encoding; "" if nothing. People should know it."""
    is_cut_off: bool = False
    """Whether it ends before its root element does, so that more may have been meant and its validators vouch for
    nothing (P5).
    """
    is_cut_in_item: bool = False
    """Whether an item is cut as well, so that there were more."""
    ways_back: Mapping[Way, str] = field(default_factory=dict)
    """Where the items before these are, by all ways that the document names."""
    is_index: bool = False
    """Whether this is what the parts of an index of news sitemaps have, taken together."""
    is_in_part: bool = False
    """Whether a part of that index is missing here, because it has not changed or could not be read."""

    @property
    def kind(self) -> str:
        """`FEED`, `NEWS_SITEMAP` or `SITEMAP_INDEX`."""
        if self.is_index:
            return SITEMAP_INDEX
        return NEWS_SITEMAP if self.format == NEWS_SITEMAP else FEED


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFeed:
    """A feed that is known, whether the config has it or not."""

    id: FeedId
    """The row id."""
    url: str
    """Its URL in the config."""
    moved_to: str = ""
    """Where its publisher has redirected us permanently; "" if nowhere."""
    former_urls: tuple[str, ...] = ()
    """The URLs that it had in the config before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseFailed:
    """The body is not a feed, or the parser failed on it."""

    problem: FetchProblem
    """The kind of the failure."""
    detail: str
    """The failure in words."""
    parts: tuple[SitemapPart, ...] = ()
    """The parts of an index of sitemaps, which a poll reads; () for everything else."""


ParseOutcome = ParsedFeed | ParseFailed
