"""From the pipeline to `render`: what the first page of the archive shows."""

from dataclasses import dataclass
from datetime import date, datetime

from monitor.model.edition import Trend


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveEntry:
    """One edition. `page` is the address of its page, relative to the index; `dated` its local date,
    `clock` its time of day where its digest had several; `words` what its subject says of it.
    """

    page: str
    dated: date
    kind: str
    made_at: datetime
    words: str
    clock: str = ""

    @property
    def year(self) -> int:
        return self.dated.year


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveDigest:
    """A digest and its editions, newest first."""

    name: str
    entries: tuple[ArchiveEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveTopic:
    """A topic and its stories a day, the last day ending with the newest edition."""

    topic: str
    trend: Trend

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
        return sum(len(digest.entries) for digest in self.digests)
