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
    """Words that texts of one feed share at their start or end, folded (`boilerplate.edges`); `sample` is as written.

    Since `first_seen_at` so many `items` of `of_items` had it, on so many `days` (UTC dates). `left_out_since`: from
    then on it is left out of matching, too; None: of quotes only.
    """

    side: Side
    words: str
    sample: str
    items: int
    of_items: int
    days: int
    first_seen_at: datetime
    last_seen_at: datetime
    left_out_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A piece of a text, `text[start:end]`, that is none of the article's own words. `reason` is for people."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """A text that is learned from, with its headline and when it came: a new article, or one stored earlier."""

    title: str
    text: str
    seen_at: datetime
