"""What a feed puts before or behind the words of its articles: from `boilerplate` to the store, and back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Side(StrEnum):
    """Where in a text it stands."""

    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Boilerplate:
    """Words that texts of one feed share at their start or end."""

    side: Side
    """Where they stand."""
    words: str
    """The words, folded (`boilerplate.edges`)."""
    sample: str
    """The same as written in one text."""
    items: int
    """How many items had them since `first_seen_at`."""
    of_items: int
    """How many items there were since then."""
    days: int
    """On how many UTC dates they came."""
    first_seen_at: datetime
    """When they were first seen (UTC)."""
    last_seen_at: datetime
    """When they were last seen (UTC)."""
    left_out_since: datetime | None = None
    """Since when they are left out of matching, too (UTC); None: of quotes only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A piece of a text, `text[start:end]`, that is none of the article's own words."""

    start: int
    """The index of the first character."""
    end: int
    """The index behind the last character."""
    reason: str
    """Why it is left out, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """A text that is learned from, of a new article or of one stored earlier: what both have."""

    title: str
    """Its headline."""
    text: str
    """The text."""
    seen_at: datetime
    """When it came (UTC)."""
