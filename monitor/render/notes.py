"""Notes to the operator in words: a mail in plain text."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from jinja2 import Environment

from monitor.counted import counted
from monitor.model.edition import Rendered
from monitor.model.note import Note, NoteKind
from monitor.render.calendar import Calendar
from monitor.render.headline import SUBJECT_CHARACTERS, clipped

HEADINGS = {
    NoteKind.OUTAGE: "Nothing is read",
    NoteKind.FEED: "Feeds",
    NoteKind.TAKEOVER: "Feeds that may have changed hands",
    NoteKind.RECIPIENT: "Recipients",
    NoteKind.DELIVERY: "Deliveries",
    NoteKind.CONFIG: "Config",
    NoteKind.TEMPLATE: "Templates",
    NoteKind.EDITION: "Editions",
    NoteKind.DISK: "Disk",
    NoteKind.DATABASE: "Database",
    NoteKind.BACKUP: "Backup",
    NoteKind.RETENTION: "What is old",
}
ORDER = tuple(HEADINGS)


def render_notes(notes: Sequence[Note], environment: Environment, now: datetime) -> Rendered:
    """`notes.txt.j2` with these notes, by kind; HTML there is none."""
    in_order = sorted(notes, key=lambda note: (ORDER.index(note.kind), note.id))
    parts = [(HEADINGS[kind], list(each)) for kind, each in groupby(in_order, key=lambda note: note.kind)]
    subject = f"[News Monitor] {counted(len(notes), 'note', 'notes')}: {', '.join(name for name, _ in parts)}"
    calendar = Calendar(zone=ZoneInfo("UTC"), now=now)
    text = environment.get_template("notes.txt.j2").render(parts=parts, calendar=calendar)
    return Rendered(subject=clipped(subject, SUBJECT_CHARACTERS), text=text.strip() + "\n", html="")
