"""From `jobs` to `render`: what the first page of the archive shows, and what leads from page to page."""

from dataclasses import dataclass
from datetime import date, datetime

from monitor.model.edition import Direction, Trend


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveHeadline:
    """A headline as an edition listed it, plain text of one line. `place` is the address of its topic there."""

    title: str
    topic: str
    place: str
    language: str
    direction: Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLink:
    """A topic and where it stands: an address with the topic's anchor, relative to the index."""

    topic: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveEntry:
    """One edition. `page` is the address of its page, relative to the index; `dated` its local date,
    `clock` its time of day where its digest had several; `words` what its subject says of it.
    `headlines` are those that lead it, none if it lists nothing or its articles are gone; `others`: its other topics.
    """

    page: str
    dated: date
    kind: str
    made_at: datetime
    words: str
    clock: str = ""
    headlines: tuple[ArchiveHeadline, ...] = ()
    others: tuple[ArchiveLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveDay:
    """A local date with editions, and the page of the first of them; the next ones follow from there."""

    dated: date
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveMonth:
    """The dates of a month, the first one first."""

    days: tuple[ArchiveDay, ...]

    @property
    def first(self) -> date:
        return self.days[0].dated


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveDigest:
    """A digest. `entries` are its newest editions, newest first; `months` the dates of those before, newest first;
    `editions` counts all of them. `has_older`: there are some before these months.
    """

    name: str
    editions: int
    entries: tuple[ArchiveEntry, ...]
    months: tuple[ArchiveMonth, ...] = ()
    has_older: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveTopic:
    """A topic and its stories a day, the last day ending with the newest edition. `place`: where the newest edition
    that the index shows with headlines has it, "" if none has.
    """

    topic: str
    trend: Trend
    place: str = ""

    @property
    def most(self) -> int:
        return max((count for count in self.trend.days if count is not None), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveIndex:
    """The whole archive, as of its newest edition. Dates are those of `timezone`, said in `language`."""

    made_at: datetime
    timezone: str
    language: str
    digests: tuple[ArchiveDigest, ...]
    topics: tuple[ArchiveTopic, ...]

    @property
    def editions(self) -> int:
        return sum(digest.editions for digest in self.digests)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The editions of the same digest before and after one, None at the ends, and how that one says dates: as of
    `made_at`, in `timezone` and `language`.
    """

    previous: ArchiveEntry | None
    next: ArchiveEntry | None
    made_at: datetime
    timezone: str
    language: str
