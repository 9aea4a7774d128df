"""An index of sitemaps: its parts, and what is remembered of each between two polls."""

from dataclasses import dataclass
from datetime import datetime

from monitor.model.fetch import Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapPart:
    """A part as the index names it."""

    url: str
    """Its absolute address."""
    changed_at: datetime | None = None
    """When it was last changed, as the index says (UTC); None if it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartState:
    """A part as the last poll left it."""

    url: str
    """Its absolute address, as the index names it."""
    validators: Validators = Validators()
    """Those of its latest answer, for conditional requests."""
    body_hash: str = ""
    """SHA-256 (hex) of its latest body that was read to the end; "" if none was."""
    changed_at: datetime | None = None
    """What the index said of it when it was read (UTC); None if nothing."""
    read_at: datetime | None = None
    """The latest poll at which all that it had was known (UTC); None if there was none."""
    whole_at: datetime | None = None
    """The latest poll that read it without conditions (UTC); None if there was none."""
    is_plain: bool = False
    """Whether it is no news sitemap: such a part is not asked again until the index says that it has changed."""
    is_pending: bool = False
    """Whether the latest poll could not read it, so that one of the next has a place for it."""
    pending_since: datetime | None = None
    """The first poll that could not read it since it was read, or since it is named (UTC); None if it was read."""
    postponed: int = 0
    """At how many polls in a row it was not asked, since others had the places or there was enough already: its turn
    comes first.
    """
