"""Which draft of a digest waits for a person, and until when: for those who show it and for who releases it."""

from dataclasses import dataclass
from datetime import datetime

from monitor.model.edition_input import Slot
from monitor.model.review import Review
from monitor.model.settings import DigestSettings
from monitor.policy.slots import due_slot, next_slot
from monitor.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A draft, and the slot at whose time it is sent as it is then."""

    review: Review
    slot: Slot


def waiting(store: Store, digest: DigestSettings, now: datetime) -> Waiting | None:
    """The draft that waits; None if there is none, or if a later slot is due, whose edition takes over what was decided
    on it.
    """
    review = store.reviews.open(digest.name)
    if review is None:
        return None
    since, last = store.editions.progress(digest.name, now)
    slot = due_slot(digest, since=since, last=last, now=now) or next_slot(digest, since=since, last=last, now=now)
    return Waiting(review=review, slot=slot) if slot.key == review.slot else None
