"""Generations of the store: each restore from a backup begins one (docs/decisions/0054).

A copy carries a mark (`backup_mark`), so that whoever puts it in place, `restore` or a person, and whatever its
schema is, the next owner knows that it goes on from a copy. The owner takes the mark away in the transaction that
stores the new generation.
"""

from datetime import datetime

from sqlalchemy import exists, func, insert, select

from monitor.model.generation import Generation
from monitor.store.group import Group
from monitor.store.tables import deliveries, digests, editions, generations


class GenerationStore(Group):
    """The generation of this store, if it was ever restored."""

    def begin_if_copied(self, token: str, now: datetime) -> bool:
        """Begin a generation if this database goes on from a copy. Returns whether it does. Only for the owner."""
        with self._database.read() as connection:
            if not self._database.is_copy(connection):
                return False
        with self._database.write() as connection:
            last = connection.scalar(select(func.max(editions.c.id))) or 0
            connection.execute(insert(generations).values(token=token, began_at=now, last_edition=last))
            self._database.mark_as_living(connection)
        return True

    def current(self) -> Generation | None:
        """The latest generation; None for a store that was never restored."""
        columns = (generations.c.token, generations.c.began_at, generations.c.last_edition)
        with self._database.read() as connection:
            row = connection.execute(select(*columns).order_by(generations.c.id.desc()).limit(1)).first()
        return None if row is None else Generation(**row._asdict())

    def token(self) -> str:
        """The token of the latest generation; "" for a store that was never restored."""
        generation = self.current()
        return "" if generation is None else generation.token

    def is_said(self, generation: Generation, digest: str, *, has_readers: bool) -> bool:
        """Whether the readers of a digest know of it: an edition was made since, and mailed if it `has_readers`."""
        query = (
            select(editions.c.id)
            .join_from(editions, digests)
            .where(digests.c.name == digest, editions.c.id > generation.last_edition)
        )
        if has_readers:
            query = query.where(exists().where(deliveries.c.edition_id == editions.c.id))
        with self._database.read() as connection:
            return connection.scalar(query.limit(1)) is not None
