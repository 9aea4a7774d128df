"""From `jobs` to `render`: what the first page of the archive shows, and what leads from page to page."""

from dataclasses import dataclass
from datetime import date, datetime

from monitor.model.edition import Trend
from monitor.model.entries import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveHeadline:
    """A headline as an edition listed it."""

    title: str
    """The headline, plain text of one line."""
    topic: str
    """The name of the topic."""
    place: str
    """The address of its topic there, relative to the index."""
    language: str
    """The language (BCP 47); "" if unknown."""
    direction: Direction
    """The direction of the headline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLink:
    """A topic and where it stands."""

    topic: str
    """The name of the topic."""
    place: str
    """An address with the topic's anchor, relative to the index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveEntry:
    """One edition."""

    page: str
    """The address of its page, relative to the index."""
    dated: date
    """Its local date."""
    kind: str
    """Scheduled, manual or test."""
    made_at: datetime
    """When it was made (UTC)."""
    words: str
    """What its subject says of it."""
    clock: str = ""
    """Its time of day where its digest had several; else ""."""
    headlines: tuple[ArchiveHeadline, ...] = ()
    """Those that lead it; none if it lists nothing or its articles are gone."""
    others: tuple[ArchiveLink, ...] = ()
    """Its other topics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveDay:
    """A local date with editions."""

    dated: date
    """The date."""
    page: str
    """The address of the page of its first edition; the next ones follow from there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveMonth:
    """The dates of a month with editions."""

    days: tuple[ArchiveDay, ...]
    """The dates, the first one first."""

    @property
    def first(self) -> date:
        return self.days[0].dated


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveDigest:
    """The editions of a digest."""

    name: str
    """The name of the digest."""
    editions: int
    """The number of all of them."""
    entries: tuple[ArchiveEntry, ...]
    """The newest editions, newest first."""
    months: tuple[ArchiveMonth, ...] = ()
    """The dates of those before, newest first."""
    has_older: bool = False
    """Whether there are editions before these months."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveTopic:
    """A topic and its stories a day."""

    topic: str
    """The name of the topic."""
    trend: Trend
    """Its stories a day, the last day ending with the newest edition."""
    place: str = ""
    """Where the newest edition that the index shows with headlines has it; "" if none has."""

    @property
    def most(self) -> int:
        return max((count for count in self.trend.days if count is not None), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFeed:
    """An outgoing feed, in both forms."""

    kind: str
    """"topic", "digest" or "search"."""
    name: str
    """The name of that."""
    atom: str
    """The address of the Atom feed, relative to the index."""
    json: str
    """The address of the JSON feed, relative to the index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveIndex:
    """The whole archive, as of its newest edition."""

    made_at: datetime
    """When that edition was made (UTC)."""
    timezone: str
    """The IANA time zone of its dates."""
    language: str
    """The language of its dates."""
    digests: tuple[ArchiveDigest, ...]
    """The digests that have editions."""
    topics: tuple[ArchiveTopic, ...]
    """The topics of the config."""
    feeds: tuple[ArchiveFeed, ...] = ()
    """The outgoing feeds; none if they are switched off."""

    @property
    def editions(self) -> int:
        return sum(digest.editions for digest in self.digests)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The editions of the same digest before and after one, and how that one says dates."""

    previous: ArchiveEntry | None
    """The one before; None at the end."""
    next: ArchiveEntry | None
    """The one after; None at the end."""
    made_at: datetime
    """When the one between was made (UTC)."""
    timezone: str
    """The IANA time zone of its dates."""
    language: str
    """The language of its dates."""
