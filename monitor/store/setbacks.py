"""Which units of work ended the process, and how often in a row. Only the owner of polling and delivery writes it."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from monitor.model.setback import Setback
from monitor.progress import Unit
from monitor.store.database import Database
from monitor.store.tables import setbacks


class SetbackStore:
    """The setbacks. Almost always empty and needed at each poll, so they are read once and kept in memory."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[tuple[str, str], Setback] | None = None

    def all(self) -> tuple[Setback, ...]:
        """As they are stored, by kind and key."""
        with self._database.read() as connection:
            rows = connection.execute(select(setbacks).order_by(setbacks.c.kind, setbacks.c.key)).mappings()
            return tuple(Setback(**row) for row in rows)

    def of(self, unit: Unit) -> Setback | None:
        return self._remembered().get((unit.kind, unit.key))

    def of_kind(self, kind: str) -> tuple[Setback, ...]:
        """The setbacks of all units of this kind."""
        return tuple(each for each in self._remembered().values() if each.kind == kind)

    def add(self, unit: Unit, because: str, now: datetime) -> Setback:
        """Record that the unit ended the process once more."""
        before = self.of(unit)
        times = before.times + 1 if before else 1
        found = Setback(kind=unit.kind, key=unit.key, given=unit.given, because=because, times=times, at=now)
        statement = upsert(setbacks).values(asdict(found))
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["kind", "key"], set_=asdict(found)))
        self._remembered()[unit.kind, unit.key] = found
        return found

    def over(self, unit: Unit) -> None:
        """Record that the unit was done; nothing happens if there was no setback."""
        if self.of(unit) is None:
            return
        with self._database.write() as connection:
            connection.execute(delete(setbacks).where(setbacks.c.kind == unit.kind, setbacks.c.key == unit.key))
        del self._remembered()[unit.kind, unit.key]

    def _remembered(self) -> dict[tuple[str, str], Setback]:
        if self._known is None:
            self._known = {(each.kind, each.key): each for each in self.all()}
        return self._known
