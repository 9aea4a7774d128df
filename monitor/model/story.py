"""What `cluster` needs of an article to group it with others."""

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
