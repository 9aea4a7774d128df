"""What `cluster` needs of articles to group them: their words, and how common words are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryArticle:
    """What grouping needs of an article. `story_id` is None while it is not grouped.

    `found` are the words by which topics matched it, as they stand in it: all articles of a topic share those.
    """

    id: int
    title: str
    text: str
    outlet: str
    first_seen_at: datetime
    story_id: int | None = None
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WordCounts:
    """In how many of so many articles a word is. Each article counts as it was when it was stored first."""

    articles: int = 0
    words: Mapping[str, int] = field(default_factory=dict)
