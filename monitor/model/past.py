"""From the store to those who look back: editions as they were, without their pages and messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEdition:
    """An edition that was published. `deliveries` counts its messages by state; none were mailed if it is empty."""

    id: int
    digest: str
    kind: str
    slot: str
    made_at: datetime
    subject: str
    matches: int
    deliveries: Mapping[str, int]

    @property
    def name(self) -> str:
        """Daily/2016-09-21: what people may call it beside its id."""
        return f"{self.digest}/{self.slot}"
