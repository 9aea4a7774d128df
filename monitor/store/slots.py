"""Slots that are taken: how far each digest is.

Apart from `editions`, so that `status` does not import all that an edition is made of.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from monitor.policy.clock import latest_credible
from monitor.store.database import Database
from monitor.store.tables import digests, editions, slots

if TYPE_CHECKING:
    from monitor.model.edition_input import SlotKey


class SlotStore:
    """Which slots of a digest have their edition."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
