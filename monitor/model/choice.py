"""What a person decided about a story of a draft."""

from dataclasses import dataclass

COMMENT_CHARACTERS = 280
"""A comment is one sentence; a longer one would be an article of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a person decided about a story of a draft."""

    is_dropped: bool = False
    """Whether the edition leaves it out. It counts as listed."""
    comment: str = ""
    """A sentence for the readers, shown below its headline; "" for none."""
    place: int | None = None
    """Its place among the stories of its topic, from 1; None: behind those that have one."""
    last_article: int = 0
    """The id of the last article that the draft had when this was decided: a story with a later one has grown."""
