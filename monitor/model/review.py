"""An edition that waits for a person: the draft of a slot, and what was decided on its stories."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType

from monitor.model.choice import Choice
from monitor.model.edition_input import HighWater, SlotKey
from monitor.model.ids import StoryId

ReviewId = NewType("ReviewId", int)

NOT_AS_SEEN = "This draft is not as you saw it: somebody else has changed or released it. Look at it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A draft that waits: which slot it is for, what it may contain, and what was decided so far."""

    id: ReviewId
    """The row id."""
    digest: str
    """The name of the digest."""
    slot: SlotKey
    """The slot that it is for."""
    made_at: datetime
    """When it was made (UTC)."""
    knows: HighWater
    """What was stored then: what came later is for the next edition."""
    version: int
    """How often something was decided on it."""
    choices: Mapping[StoryId, Choice] = field(default_factory=dict)
    """What was decided, by story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewEnd:
    """How a draft ends with an edition: which draft, as it was when the edition was made of it."""

    id: ReviewId
    """The row id."""
    version: int
    """Its version; a later one means that somebody decided something meanwhile."""
    is_released: bool
    """Whether a person released it; else its time had come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What a person did to an edition before it was published."""

    made_at: datetime
    """When its draft was made (UTC)."""
    is_released: bool
    """Whether a person released it; else its time had come."""
    dropped: int
    """How many stories were left out."""
    comments: int
    """How many stories have a comment."""
    moved: int
    """How many stories were given a place."""
