"""Editions: what was published, how far each digest is, and which pages have to be written.

Apart from `new_editions`, because commands that list editions start quickly.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ScalarSelect, and_, case, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from monitor.model.ids import EditionId
from monitor.model.past import ArchivedEdition, PastEdition
from monitor.policy.clock import latest_credible
from monitor.store.group import Group, from_row
from monitor.store.tables import deliveries, digests, editions, listings, removed_listings, slots

if TYPE_CHECKING:
    from monitor.model.edition_input import SlotKey


class EditionStore(Group):
    """Digests and their editions."""

    def sync(self, names: Iterable[str], now: datetime) -> None:
        """Store these as the configured digests. The slots of a digest that is new, or back, begin after `now`; so do
        those of a digest that was configured while the clock was ahead, or it would have no edition until that date.
        """
        rows = [{"name": name, "configured_at": now, "is_configured": True} for name in names]
        statement = upsert(digests)
        is_known = and_(digests.c.is_configured, digests.c.configured_at <= latest_credible(now))
        since = case((is_known, digests.c.configured_at), else_=statement.excluded.configured_at)
        back = {"configured_at": since, "is_configured": True}
        with self._database.write() as connection:
            gone = digests.c.name.not_in([row["name"] for row in rows])
            connection.execute(update(digests).where(gone).values(is_configured=False))
            if rows:
                connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=back), rows)

    def progress(self, digest: str, now: datetime) -> "tuple[datetime, SlotKey | None]":
        """How far a digest is: until when what was due is over, and the last slot that is taken.

        Over is what was due before the digest was configured (`now` if it is not yet) or its newest scheduled edition
        was made: that knew all there was.
        """
        query = (
            select(slots.c.day, slots.c.ordinal, editions.c.made_at)
            .select_from(slots.join(editions).join(digests, digests.c.id == slots.c.digest_id))
            .where(digests.c.name == digest, editions.c.made_at <= latest_credible(now))
            .order_by(slots.c.day.desc(), slots.c.ordinal.desc())
        )
        with self._database.read() as connection:
            since = connection.scalar(select(digests.c.configured_at).where(digests.c.name == digest)) or now
            last = connection.execute(query.limit(1)).first()
        return (since, None) if last is None else (max(since, last.made_at), (last.day, last.ordinal))

    def all(self) -> tuple[PastEdition, ...]:
        """All editions, also those of digests that are no longer configured."""
        columns = (editions.c.id, editions.c.kind, editions.c.slot, editions.c.made_at, editions.c.subject)
        matches = select(func.count()).where(listings.c.edition_id == editions.c.id).scalar_subquery()
        removed = select(removed_listings.c.listings).where(removed_listings.c.edition_id == editions.c.id)
        number = matches + func.coalesce(removed.scalar_subquery(), 0)
        query = select(*columns, digests.c.name.label("digest"), number.label("matches")).join_from(editions, digests)
        states = select(deliveries.c.edition_id, deliveries.c.state, func.count().label("number"))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(editions.c.made_at.desc(), editions.c.id.desc())).all()
            mailed: dict[EditionId, dict[str, int]] = {}
            for row in connection.execute(states.group_by(deliveries.c.edition_id, deliveries.c.state)):
                mailed.setdefault(row.edition_id, {})[row.state] = row.number
        return tuple(from_row(PastEdition, row, deliveries=mailed.get(row.id, {})) for row in rows)

    def page(self, edition_id: EditionId) -> str:
        """The archive page of an edition that is there."""
        with self._database.read() as connection:
            return str(connection.scalars(select(editions.c.page).where(editions.c.id == edition_id)).one())

    def archived(self) -> tuple[ArchivedEdition, ...]:
        """All of them in the order in which they were made, newest first."""
        columns = (editions.c.id, editions.c.kind, editions.c.slot, editions.c.made_at, editions.c.subject)
        query = select(*columns, digests.c.name.label("digest")).join_from(editions, digests)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(editions.c.made_at.desc(), editions.c.id.desc()))
            return tuple(from_row(ArchivedEdition, row) for row in rows)

    def has_any(self) -> bool:
        """Whether any edition was ever published."""
        with self._database.read() as connection:
            return connection.scalar(select(editions.c.id).limit(1)) is not None

    def unarchived(self, limit: int) -> tuple[EditionId, ...]:
        """Editions whose page has to be written to the archive folder, or written again; the newest first."""
        query = select(editions.c.id).where(editions.c.archived_at.is_(None))
        with self._database.read() as connection:
            return tuple(connection.scalars(query.order_by(editions.c.id.desc()).limit(limit)))

    def archive_again(self) -> None:
        """Mark the pages of all editions to be written."""
        with self._database.write() as connection:
            connection.execute(update(editions).where(editions.c.archived_at.is_not(None)).values(archived_at=None))

    def mark_archived(self, edition_id: EditionId, now: datetime) -> None:
        with self._database.write() as connection:
            connection.execute(update(editions).where(editions.c.id == edition_id).values(archived_at=now))


def id_of_digest(digest: str) -> ScalarSelect[int]:
    """The row id of a digest, as part of another query."""
    return select(digests.c.id).where(digests.c.name == digest).scalar_subquery()
