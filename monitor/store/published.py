"""Past editions as commands list and show them. Reads only, and imports no more than that: they start quickly."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from monitor.model.past import PastEdition
from monitor.store.database import Database
from monitor.store.tables import deliveries, digests, editions, listings


class PublishedStore:
    """What was published, newest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def editions(self) -> tuple[PastEdition, ...]:
        """All of them, whatever became of their digests."""
        columns = (editions.c.id, editions.c.kind, editions.c.slot, editions.c.made_at, editions.c.subject)
        matches = select(func.count()).where(listings.c.edition_id == editions.c.id).scalar_subquery()
        query = select(*columns, digests.c.name, matches.label("matches")).join_from(editions, digests)
        states = select(deliveries.c.edition_id, deliveries.c.state, func.count().label("number"))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(editions.c.made_at.desc(), editions.c.id.desc())).all()
            mailed: dict[int, dict[str, int]] = {}
            for row in connection.execute(states.group_by(deliveries.c.edition_id, deliveries.c.state)):
                mailed.setdefault(row.edition_id, {})[row.state] = row.number
        return tuple(_past_edition(row, mailed.get(row.id, {})) for row in rows)

    def page(self, edition_id: int) -> str:
        """The archive page of an edition that is there."""
        with self._database.read() as connection:
            return str(connection.scalars(select(editions.c.page).where(editions.c.id == edition_id)).one())


def _past_edition(row: Any, mailed: Mapping[str, int]) -> PastEdition:
    return PastEdition(
        id=row.id,
        digest=row.name,
        kind=row.kind,
        slot=row.slot,
        made_at=row.made_at,
        subject=row.subject,
        matches=row.matches,
        deliveries=mailed,
    )
