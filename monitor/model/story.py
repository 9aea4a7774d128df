"""Stories: what `cluster` needs of articles to group them, and what people see of the outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model.voices import Voices


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMember:
    """An article of a story. `topics` are the names of those it matches, none if it only tells the same."""

    id: int
    title: str
    link: str
    outlet: str
    first_seen_at: datetime
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryRecord:
    """A story as it stands: its articles in order of (first seen, id), the title being the first one's.

    `voices`: how many publishers and texts the outlets are. `muted_at`: since when its articles are listed without
    being told; None if they are told.
    """

    id: int
    title: str
    first_seen_at: datetime
    last_seen_at: datetime
    topics: tuple[str, ...]
    outlets: tuple[str, ...]
    voices: Voices
    articles: tuple[StoryMember, ...]
    muted_at: datetime | None = None
