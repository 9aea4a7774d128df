"""An article: one item of a feed, stored once, whether it matches or not."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Arrival(StrEnum):
    """How an article came (docs/flow.md): in a feed's first successful poll, as news, or long
    after its own date.
    """

    BASELINE = "baseline"
    NEW = "new"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article as stored. `published_at` is the feed's claim, None if missing or absurd. `text` is all that the item
    said, its summary first. `author` is a line of names.

    `is_mailable` is false only for what a feed's baseline brought without a credible date of the last 24 h:
    it is matched and searchable, and listed only by a digest with `baseline = "list"`.
    """

    id: int
    feed_id: int
    key: str
    link: str
    title: str
    text: str
    outlet: str
    language: str
    published_at: datetime | None
    first_seen_at: datetime
    arrival: Arrival
    is_mailable: bool
    author: str = ""
    categories: tuple[str, ...] = ()

    @property
    def dated(self) -> datetime:
        """The date to show and sort by: the feed's claim, but none that is after the article was first seen."""
        return min(self.published_at or self.first_seen_at, self.first_seen_at)
