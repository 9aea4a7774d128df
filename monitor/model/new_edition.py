"""From `jobs` to the store: an edition that is finished, all in one piece."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.model.delivery import NewDelivery
from monitor.model.ids import ArticleId, StoryId

if TYPE_CHECKING:  # commands ask for the kind of an edition, and not for all that is in one
    from monitor.model.edition import Listing, Perhaps
    from monitor.model.edition_input import HighWater, SlotKey
    from monitor.model.review import ReviewEnd


class EditionKind(StrEnum):
    """Scheduled: the one of a slot. Manual: made by hand, consumes matches all the same.

    A preview is neither stored nor does it consume anything; it is composed as a manual edition is.
    """

    SCHEDULED = "scheduled"
    MANUAL = "manual"


def day_of(label: str) -> date:
    """The local date of a scheduled edition, from what it is called: the date, the time of day if the digest has
    several, and a number where that was taken.
    """
    return date.fromisoformat(label[:10])


def clock_of(label: str) -> str:
    """The time of day in what a scheduled edition is called, such as 18:00; "" if its digest had one a day."""
    return label[11:16] if label[10:11] == "T" else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEdition:
    """An edition, stored in one transaction (rule D7): what it is, what it lists, and its finished messages."""

    digest: str
    """The name of the digest."""
    kind: EditionKind
    """Scheduled or manual."""
    slot: str
    """Unique per digest and kind: what a scheduled edition is called (see `day_of`), the UTC time of a manual one."""
    slots: "tuple[SlotKey, ...]"
    """The slots that a scheduled edition stands for: its own and those before it that it covers."""
    made_at: datetime
    """When it was made (UTC)."""
    subject: str
    """The subject of its mail."""
    page: str
    """Its archive page, HTML."""
    listings: "tuple[Listing, ...]"
    """What it lists, each match once."""
    deliveries: tuple[NewDelivery, ...]
    """The messages, one per recipient."""
    knew: "HighWater"
    """What was stored when its making began; of edits, when its words were read."""
    corrected: tuple[ArticleId, ...] = ()
    """The articles that it reports as corrected."""
    perhaps: "tuple[Perhaps, ...]" = ()
    """What it shows below "Perhaps also", by topic."""
    stories: Mapping[ArticleId, StoryId] = field(default_factory=dict)
    """The articles that were grouped for it → their stories."""
    review: "ReviewEnd | None" = None
    """The draft that it ends; None if there is none."""
