"""What the person who runs the program should know: a condition, for as long as it lasts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NoteKind(StrEnum):
    """What a note is about. Feeds, outages, recipients and deliveries are found in the store, as they are (see
    `jobs.notes`); the others are added by whoever notices, and ended by them.
    """

    OUTAGE = "outage"
    FEED = "feed"
    RECIPIENT = "recipient"
    DELIVERY = "delivery"
    CONFIG = "config"
    TEMPLATE = "template"
    EDITION = "edition"
    DISK = "disk"
    DATABASE = "database"
    BACKUP = "backup"
    RETENTION = "retention"
    TAKEOVER = "takeover"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A condition that is named once while it lasts."""

    id: int
    """The row id."""
    kind: NoteKind
    """What it is about."""
    key: str
    """What tells it apart among its kind: a URL, an address, a file name."""
    text: str
    """One sentence or more, fit to be shown."""
    since: datetime
    """When the condition began (UTC)."""
    reported_at: datetime | None = None
    """When it went to the operator (UTC); None if not yet."""
    over_at: datetime | None = None
    """When the condition ended (UTC); None while it lasts."""
