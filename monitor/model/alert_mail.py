"""What the templates of an alert receive: one story, or several in a bundle."""

from dataclasses import dataclass
from datetime import datetime

from monitor.model.entries import Item, Reason, Segment
from monitor.model.ids import StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertedStory:
    """A story in an alert, under each of its topics that have alerts."""

    story_id: StoryId
    """The story."""
    topics: tuple[str, ...]
    """The topics under which it is reported."""
    lead: Item
    """The article by which it is shown."""
    snippet: tuple[Segment, ...]
    """A passage of the lead's text, with the hits marked."""
    reasons: tuple[Reason, ...]
    """Why the lead is there."""
    publishers: int
    """How many publishers carried it when it was noticed."""
    has_grown: bool
    """Whether it was reported before, and has grown since."""
    noticed_at: datetime
    """When it was noticed (UTC)."""
    held: str
    """What held it, such as "quiet hours"; "" if nothing did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMail:
    """A message of alerts."""

    stories: tuple[AlertedStory, ...]
    """Its stories, in the order in which they were noticed."""
    made_at: datetime
    """When it was made (UTC)."""
    timezone: str
    """The IANA time zone of its dates."""
    language: str
    """The language of its dates."""

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics of its stories, each once."""
        return tuple(dict.fromkeys(topic for story in self.stories for topic in story.topics))

    @property
    def held(self) -> int:
        """How many of its stories were held."""
        return sum(bool(story.held) for story in self.stories)

    @property
    def holds(self) -> tuple[str, ...]:
        """What held them, each once."""
        return tuple(dict.fromkeys(story.held for story in self.stories if story.held))
