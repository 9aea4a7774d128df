"""From the pipeline to the store: an edition that is finished, all in one piece."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from monitor.model.delivery import NewDelivery
from monitor.model.edition import Listing
from monitor.model.material import HighWater


class EditionKind(StrEnum):
    """Scheduled: the one of a slot. Manual: made by hand, consumes matches all the same.

    A preview is neither stored nor does it consume anything; it is composed as a manual edition is.
    """

    SCHEDULED = "scheduled"
    MANUAL = "manual"


def day_of(label: str) -> date:
    """The local date of a scheduled edition, from what it is called: the date, and a number where it was taken."""
    return date.fromisoformat(label[:10])


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Stored in one transaction (rule D7): the edition, what it lists, and the finished bytes per recipient.

    `slot` is unique per digest and kind: the local date of a scheduled edition (see `day_of`), the UTC time of a
    manual one. `days` are the local dates a scheduled edition stands for, its own and those missed.
    `stories` maps each article grouped for it to its story. `knew`: what was stored when its making began.
    """

    digest: str
    kind: EditionKind
    slot: str
    days: tuple[date, ...]
    made_at: datetime
    subject: str
    page: str
    listings: tuple[Listing, ...]
    deliveries: tuple[NewDelivery, ...]
    knew: HighWater
    stories: Mapping[int, int] = field(default_factory=dict)
