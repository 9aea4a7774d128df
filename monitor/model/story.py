"""Around `cluster`: articles to group, the stories still open, and where each article goes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryArticle:
    """What grouping needs of an article. `story_id` is None while it is not grouped."""

    id: int
    title: str
    text: str
    outlet: str
    first_seen_at: datetime
    story_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """`article_id` belongs to the story of `with_article_id`; to a story of its own if they are equal."""

    article_id: int
    with_article_id: int


COPY_CONTAINMENT = 0.8
"""Two texts are copies if the longer holds this share of the shorter one's five-word shingles."""

MIN_COPY_SHINGLES = 56
"""A text of 60 words has so many. Of shorter ones it cannot be said: a quotation may be most of a summary."""
