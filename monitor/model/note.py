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
    TAKEOVER = "takeover"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A condition that is named once while it lasts. `key` tells it apart among its kind: a URL, an address, a file
    name. `text` is one sentence or more, fit to be shown. `told_at`: when it went to the operator, None if not yet.
    """

    id: int
    kind: NoteKind
    key: str
    text: str
    since: datetime
    told_at: datetime | None = None
