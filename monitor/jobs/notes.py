"""What the operator should know: found in the store as it is, and told in a mail of its own through the same outbox.

It decides nothing but which conditions there are; whether feeds need attention is `polling`'s word, whether a recipient
is suspended the store's.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from monitor.deliver.message import HEADER_CHARACTERS, list_id, message_id
from monitor.jobs.public_addresses import said_to_readers
from monitor.jobs.stages import Stages
from monitor.model.delivery import DeliveryState, Letter, NewDelivery
from monitor.model.note import Note, NoteKind
from monitor.plain_text import one_line
from monitor.render import Rendered, render_notes

log = structlog.get_logger(__name__)

NAME = "operator"
"""What mails of notes are filtered by, and where the Message-ID begins."""

NOTHING_READ = timedelta(hours=48)
"""Rule D23."""

DELIVERIES_NOTED = timedelta(days=7)
"""A delivery that failed is a condition for so long, then history."""


def notes_due(stages: Stages) -> None:
    """Bring the notes up to date, and tell the new ones if the operator's last mail is old enough."""
    now = stages.clock.now()
    for kind, found in _conditions(stages, now).items():
        stages.store.notes.sync(kind, found, now)
    new = [note for note in stages.store.notes.open() if note.told_at is None]
    if new and stages.operator.to and _may_tell(stages, now):
        stages.store.notes.tell(new, _messages(stages, new, now), now)
        log.info("operator told", notes=len(new))


def _may_tell(stages: Stages, now: datetime) -> bool:
    """A time ahead of now was set while the clock was wrong, and binds nothing."""
    last = stages.store.notes.told_at()
    return last is None or last > now or now - last >= stages.operator.interval


def _conditions(stages: Stages, now: datetime) -> dict[NoteKind, dict[str, str]]:
    """What is wrong now, by kind: key → text. A kind that is not here is noted by whoever notices it."""
    return {
        NoteKind.OUTAGE: _outages(stages, now),
        NoteKind.FEED: _feeds(stages, now),
        NoteKind.RECIPIENT: _recipients(stages),
        NoteKind.DELIVERY: _deliveries(stages, now),
    }


def _outages(stages: Stages, now: datetime) -> dict[str, str]:
    if not stages.store.notes.nothing_read_since(NOTHING_READ, now):
        return {}
    hours = NOTHING_READ // timedelta(hours=1)
    return {"all": f"Not one feed could be read for {hours} hours. Is this machine cut off from the network?"}


def _feeds(stages: Stages, now: datetime) -> dict[str, str]:
    return {
        trouble.url: f"{trouble.name} ({trouble.url}) fails since {_stamp(trouble.since)}: {trouble.reason}."
        for trouble in stages.store.notes.coverage(now).failing
    }


def _recipients(stages: Stages) -> dict[str, str]:
    recipients = {recipient for digest in stages.digests for recipient in digest.to}
    return {
        recipient: f"{recipient} gets no more mail, because three editions in a row were refused ({words}). What comes "
        "is held. Correct the address in the config, or try one again: news-monitor deliveries list --state held"
        for recipient, words in stages.store.deliveries.suspended(sorted(recipients)).items()
    }


def _deliveries(stages: Stages, now: datetime) -> dict[str, str]:
    found = stages.store.deliveries.failed(now - DELIVERIES_NOTED)
    return {
        str(each.id): f"{each.digest} {each.slot} to {each.recipient} {_fate(each.state)} {each.answer} "
        f"(news-monitor deliveries show {each.id})"
        for each in found
    }


def _fate(state: DeliveryState) -> str:
    return "is held, because nobody knows whether it arrived:" if state is DeliveryState.HELD else "did not arrive:"


def _messages(stages: Stages, notes: Sequence[Note], now: datetime) -> list[NewDelivery]:
    said = [replace(note, text=said_to_readers(stages, note.text)) for note in notes]
    rendered = render_notes(said, stages.templates, now)
    letters = [_letter(stages, rendered, notes[-1].id, recipient, now) for recipient in stages.operator.to]
    return [
        NewDelivery(recipient=each.recipient, message_id=each.message_id, body=stages.channel.compose(each))
        for each in letters
    ]


def _letter(stages: Stages, rendered: Rendered, last: int, recipient: str, now: datetime) -> Letter:
    """Each note is told once, so that the number of the last one names the mail."""
    sender = stages.channel.sender
    return Letter(
        message_id=message_id(NAME, "notes", str(last), recipient, sender),
        list_id=list_id(NAME, sender),
        recipient=recipient,
        subject=one_line(rendered.subject, HEADER_CHARACTERS),
        text=rendered.text,
        html=rendered.html,
        date=now,
    )


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
