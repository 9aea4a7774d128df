"""Notes to the operator, each once for as long as its condition lasts.

Whoever notices a condition calls `add` as often as it likes, and `over` when it is gone:

    store.notes.add(NoteKind.TEMPLATE, "Daily", "The template … has an error: …", now)
    store.notes.over(NoteKind.TEMPLATE, "Daily", now)
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update

from monitor.model.delivery import NewDelivery
from monitor.model.note import Note, NoteKind
from monitor.store.deliveries import insert_deliveries
from monitor.store.group import Group, from_row
from monitor.store.tables import notes


class NoteStore(Group):
    """Conditions: when they began, when they were reported, when they ended."""

    def add(self, kind: NoteKind, key: str, text: str, now: datetime) -> bool:
        """Note a condition, unless it is noted already. Returns whether it is new."""
        with self._database.write() as connection:
            return _add(connection, kind, {key: text}, now) > 0

    def over(self, kind: NoteKind, key: str, now: datetime) -> None:
        """The condition is gone; if it comes back it is a new one. Nothing happens if there is none."""
        with self._database.write() as connection:
            connection.execute(update(notes).where(_is_open(kind), notes.c.key == key).values(over_at=now))

    def sync(self, kind: NoteKind, found: Mapping[str, str], now: datetime) -> None:
        """Make these (key → text) the conditions of a kind that there are; the others are over."""
        known = {note.key for note in self.open() if note.kind is kind}
        if known == found.keys():
            return
        with self._database.write() as connection:
            _add(connection, kind, found, now)
            connection.execute(update(notes).where(_is_open(kind), notes.c.key.not_in(found)).values(over_at=now))

    def open(self) -> tuple[Note, ...]:
        """What is so now, oldest first."""
        with self._database.read() as connection:
            query = select(notes).where(notes.c.over_at.is_(None)).order_by(notes.c.id)
            return tuple(_note_from_row(row) for row in connection.execute(query))

    def since(self, moment: datetime) -> tuple[Note, ...]:
        """What was so at any time since then, oldest first; over or not."""
        lasted = or_(notes.c.over_at.is_(None), notes.c.over_at >= moment)
        return tuple(map(_note_from_row, self._all(select(notes).where(lasted).order_by(notes.c.id))))

    def reported_at(self) -> datetime | None:
        """When the operator was last notified."""
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(select(func.max(notes.c.told_at)))
        return found

    def keep(self, kind: NoteKind, keys: Collection[str], now: datetime) -> None:
        """End the notes under other keys: what they were about is gone."""
        gone = (_is_open(kind), notes.c.key.not_in(keys))
        with self._database.write() as connection:
            connection.execute(update(notes).where(*gone).values(over_at=now))

    def report(self, reported: Sequence[Note], messages: Sequence[NewDelivery], now: datetime) -> None:
        """Commit together that these notes are reported, and the finished messages that report them."""
        with self._database.write() as connection:
            ids = [note.id for note in reported]
            connection.execute(update(notes).where(notes.c.id.in_(ids)).values(told_at=now))
            insert_deliveries(connection, messages, now, edition_id=None)

    def forget(self, before: datetime) -> None:
        """Drop what has been over that long."""
        with self._database.write() as connection:
            connection.execute(delete(notes).where(notes.c.over_at < before))


def _add(connection: Connection, kind: NoteKind, found: Mapping[str, str], now: datetime) -> int:
    """How many of these were not noted yet."""
    known = set(connection.scalars(select(notes.c.key).where(_is_open(kind), notes.c.key.in_(found))))
    rows = [{"kind": kind, "key": key, "text": text, "since": now} for key, text in found.items() if key not in known]
    if rows:
        connection.execute(insert(notes), rows)
    return len(rows)


def _is_open(kind: NoteKind) -> ColumnElement[bool]:
    return and_(notes.c.kind == kind, notes.c.over_at.is_(None))


def _note_from_row(row: Row[Any]) -> Note:
    return from_row(Note, row, kind=NoteKind(row.kind), reported_at=row.told_at)
