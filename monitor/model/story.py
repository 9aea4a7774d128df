"""Stories: what `cluster` needs of articles to group them, and what people see of the outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model.ids import ArticleId, StoryId
from monitor.model.voices import Voices


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryArticle:
    """An article, as far as grouping needs it, with what its matches found: a month of them is compared at once."""

    id: ArticleId
    """The row id of the article."""
    title: str
    """The headline."""
    text: str
    """The text, without markup."""
    outlet: str
    """The outlet that published it."""
    first_seen_at: datetime
    """When it was first seen (UTC)."""
    story_id: StoryId | None = None
    """The story that it belongs to; None if it is not grouped yet."""
    text_runs: bytes = b""
    """See `ArticleFacts`."""
    found: tuple[str, ...] = ()
    """The words by which topics matched it, as written there: all articles of a topic share them."""
    page_start: str = ""
    """The beginning of the text of its page, with as much as grouping reads; "" if it was not read. No copy is known by
    it.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class WordCounts:
    """How common words are. Each article counts as it was when it was stored first."""

    articles: int = 0
    """The number of all articles."""
    words: Mapping[str, int] = field(default_factory=dict)
    """Word → the number of articles that have it; words of none are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMember:
    """An article of a story as commands show it, and as their JSON has it: without its text."""

    id: ArticleId
    """The row id of the article."""
    title: str
    """The headline."""
    link: str
    """The address of its page; "" if none."""
    outlet: str
    """The outlet that published it."""
    language: str
    """As its feed or the owner says, else as its text shows; "" if unknown."""
    via: str
    """Whom it names as its source beside the outlet; "" if nobody."""
    first_seen_at: datetime
    """When it was first seen (UTC)."""
    topics: tuple[str, ...]
    """The names of the topics that it matches; none if it is only about the same event."""
    is_paid: bool = False
    """Whether its page has to be paid for, as the config says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MutedStory:
    """A story that is not reported."""

    id: StoryId
    """The story."""
    title: str
    """The headline of its first article; "" if that has gone."""
    muted_at: datetime
    """Since when it is muted (UTC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryRecord:
    """A story as commands show it."""

    id: StoryId
    """The id of its first article."""
    title: str
    """The headline of its first article."""
    first_seen_at: datetime
    """When its first article was seen (UTC)."""
    last_seen_at: datetime
    """When its latest article was seen (UTC)."""
    topics: tuple[str, ...]
    """The names of the topics that its articles match."""
    outlets: tuple[str, ...]
    """The outlets of its articles."""
    voices: Voices
    """How many publishers and texts these outlets are."""
    articles: tuple[StoryMember, ...]
    """Its articles, in order of (first seen, id)."""
    muted_at: datetime | None = None
    """Since when it is muted (UTC): its articles are listed and not reported; None if it is not muted."""
