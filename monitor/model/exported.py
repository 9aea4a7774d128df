"""From the store to `export`: a stored article with what is known of it, and which articles are asked for."""

from dataclasses import dataclass
from datetime import date

from monitor.model.article import Article
from monitor.model.history import StoredMatch
from monitor.model.ids import FeedId, StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedArticle:
    """An article as it is stored, its matches, its story and its feed."""

    article: Article
    """The article."""
    matches: tuple[StoredMatch, ...]
    """By which topics it is matched now, in the order of their names; not what a changed topic took back."""
    story_id: StoryId | None
    """The story that it is of; None until an edition has grouped it."""
    feed: str
    """What people call its feed."""
    feed_url: str
    """The URL of its feed, without secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which articles are asked for: those that meet all of it."""

    since: date | None = None
    """Dated on this day (UTC) or later; None for any."""
    until: date | None = None
    """Dated on this day (UTC) or before; None for any."""
    feeds: tuple[FeedId, ...] | None = None
    """Of these feeds; None for all."""
    language: str = ""
    """Of this language (primary subtag, lower case); "" for any."""
    topic: str = ""
    """Matched by the topic of this name; "" for any."""
    is_matched: bool = True
    """Only those that some topic matches."""
