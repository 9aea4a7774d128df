"""A store that goes on from a backup: what it makes from then on must not have the names of what was made before."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """The life of a store since it was restored last. A store that never was has none."""

    token: str
    """A short name of its own, of a-z and 0-9: part of the ids of all messages that are made in it."""
    began_at: datetime
    """When the restored store was opened for the first time (UTC)."""
    last_edition: int
    """The id of the last edition that the backup knew; 0 for none."""
