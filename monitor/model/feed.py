"""From `parse` to `reconcile`: what a feed document says, as clean text.

Nothing here is trusted further than that: text holds no markup and no control characters, links
are http(s) without userinfo or empty, lengths are bounded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.model.fetch import FetchProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedItem:
    """One item. `guid` is verbatim ("" if absent or blank); `source` is the outlet an aggregator names.
    `published` is None when missing or not a date; it is not judged here. `author` is a line of names.

    `text` is all that its texts say, `longest` the longest of content and summary alone: what the text was for the
    versions up to schema 0007, and still is what an item is recognised by (`body`). None: there is just one text.
    `is_recovered`: it was read on an earlier page of the feed, after a gap.
    """

    guid: str
    link: str
    title: str
    text: str
    published: datetime | None = None
    source: str = ""
    language: str = ""
    author: str = ""
    categories: tuple[str, ...] = ()
    longest: str | None = None
    is_recovered: bool = False

    @property
    def body(self) -> str:
        """The text by which the item is recognised: it does not change with a caption or a teaser."""
        return self.text if self.longest is None else self.longest


@dataclass(frozen=True, slots=True, kw_only=True)
class PollHints:
    """What the document asks of its readers (P7): `ttl`, sy:updatePeriod/Frequency as a wait,
    and the hours (0–23 UTC) and weekdays (0 = Monday) in which it need not be asked.
    """

    ttl: timedelta | None = None
    update_every: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


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
    """A feed document. `format` is feedparser's name for the format, such as `rss20` or `atom10`.

    `refused` counts items with nothing to store (no guid, link, title or text), or beyond the item limit;
    `left_out` those of them that were beyond it. `warning` says how the document is ill-formed, "" if it is not.
    `is_cut_off`: it ends before its root element does, so that more may have been meant and its validators
    vouch for nothing (P5). `ways_back`: where the items before these are, by all ways that the document names.
    """

    format: str
    title: str
    items: tuple[ParsedItem, ...]
    language: str = ""
    refused: int = 0
    left_out: int = 0
    hints: PollHints = PollHints()
    warning: str = ""
    is_cut_off: bool = False
    ways_back: Mapping[Way, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFeed:
    """A feed that is known, whether the config has it or not. `moved_to`: where its publisher has sent us for good,
    "" if nowhere; `former_urls`: those it had in the config before.
    """

    id: int
    url: str
    moved_to: str = ""
    former_urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseFailed:
    """The body is not a feed, or the parser failed on it."""

    problem: FetchProblem
    detail: str


ParseOutcome = ParsedFeed | ParseFailed
