"""Editions: what was published, how far each digest is, and the transaction that publishes."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Connection,
    ScalarSelect,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import IntegrityError

from monitor.model.delivery import DeliveryState
from monitor.model.ids import ArticleId, EditionId
from monitor.model.new_edition import EditionKind, NewEdition
from monitor.model.past import ArchivedEdition, PastEdition
from monitor.policy.clock import latest_credible
from monitor.policy.news import WEEK
from monitor.store.deliveries import insert_deliveries
from monitor.store.group import Group, among, from_row
from monitor.store.tables import (
    articles,
    corrections,
    deliveries,
    digests,
    editions,
    listings,
    slots,
)
from monitor.store.topics import topic_ids

if TYPE_CHECKING:
    from monitor.model.edition_input import Slot, SlotKey


class EditionStore(Group):
    """Digests and their editions; what the next one is made of is in `edition_input`."""

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
        """All of them, whatever became of their digests."""
        columns = (editions.c.id, editions.c.kind, editions.c.slot, editions.c.made_at, editions.c.subject)
        matches = select(func.count()).where(listings.c.edition_id == editions.c.id).scalar_subquery()
        query = select(*columns, digests.c.name.label("digest"), matches.label("matches")).join_from(editions, digests)
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

    def good_since(self, moment: datetime) -> EditionId | None:
        """The newest scheduled edition whose every message was accepted, or that had none, finished since then.

        Made no more than a week before: it is asked every few seconds, and must not read the mail of years.
        """
        finished = func.max(func.coalesce(deliveries.c.finished_at, editions.c.made_at))
        unsent = func.count().filter(deliveries.c.state != DeliveryState.SENT)
        query = (
            select(editions.c.id)
            .select_from(editions.outerjoin(deliveries))
            .where(editions.c.kind == EditionKind.SCHEDULED, editions.c.made_at > moment - WEEK)
            .group_by(editions.c.id)
            .having(unsent == 0, finished > moment)
            .order_by(editions.c.id.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            return connection.scalar(query)

    def archived(self) -> tuple[ArchivedEdition, ...]:
        """All of them in the order in which they were made, newest first."""
        columns = (editions.c.id, editions.c.kind, editions.c.slot, editions.c.made_at, editions.c.subject)
        query = select(*columns, digests.c.name.label("digest")).join_from(editions, digests)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(editions.c.made_at.desc(), editions.c.id.desc()))
            return tuple(from_row(ArchivedEdition, row) for row in rows)

    def free_label(self, digest: str, slot: "Slot") -> str:
        """What the edition of a slot is called: `slot.label`, with a number if another is called that already. It was
        made while the clock was ahead, or before the digest got other times or another zone.
        """
        of_digest = (editions.c.digest_id == id_of_digest(digest), editions.c.kind == EditionKind.SCHEDULED)
        alike = editions.c.slot.startswith(slot.label, autoescape=True)
        with self._database.read() as connection:
            taken = set(connection.scalars(select(editions.c.slot).where(*of_digest, alike)))
        labels = chain([slot.label], (f"{slot.label}-{number}" for number in count(2)))
        return next(label for label in labels if label not in taken)

    def publish(self, new_edition: NewEdition) -> EditionId | None:
        """Commit an edition completely and return its id; None if its slot was already taken (rules D1, D7)."""
        try:
            with self._database.write() as connection:
                return _publish(connection, new_edition)
        except IntegrityError:
            if self._is_taken(new_edition):
                return None
            raise

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

    def _is_taken(self, new_edition: NewEdition) -> bool:
        """Whether there is an edition with that name, or one that covers the same slots."""
        of_slots = select(slots.c.edition_id).where(
            slots.c.digest_id == id_of_digest(new_edition.digest),
            tuple_(slots.c.day, slots.c.ordinal).in_(new_edition.slots),
        )
        is_named = and_(editions.c.kind == new_edition.kind, editions.c.slot == new_edition.slot)
        query = select(literal(1)).where(
            editions.c.digest_id == id_of_digest(new_edition.digest), or_(is_named, editions.c.id.in_(of_slots))
        )
        with self._database.read() as connection:
            return connection.execute(query).first() is not None


def _publish(connection: Connection, new_edition: NewEdition) -> EditionId:
    digest_id = connection.scalar(select(digests.c.id).where(digests.c.name == new_edition.digest))
    edition_id: EditionId = connection.execute(
        insert(editions)
        .values(
            digest_id=digest_id,
            kind=new_edition.kind,
            slot=new_edition.slot,
            made_at=new_edition.made_at,
            subject=new_edition.subject,
            page=new_edition.page,
            last_article=new_edition.knew.articles,
            last_match=new_edition.knew.matches,
            last_poll=new_edition.knew.polls,
            last_revision=new_edition.knew.revisions,
        )
        .returning(editions.c.id)
    ).scalar_one()
    _unarchive_neighbours(connection, digest_id, edition_id, new_edition.made_at)
    common = {"digest_id": digest_id, "edition_id": edition_id}
    if new_edition.kind is EditionKind.SCHEDULED:
        _free_slots(connection, new_edition, digest_id)
        taken = [{"day": day, "ordinal": ordinal, **common} for day, ordinal in new_edition.slots]
        connection.execute(insert(slots), taken)
    for article_id, story_id in new_edition.stories.items():
        connection.execute(update(articles).where(articles.c.id == article_id).values(story_id=story_id))
    _insert_listings(connection, new_edition, common)
    _insert_corrections(connection, edition_id, new_edition.corrected)
    insert_deliveries(connection, new_edition.deliveries, new_edition.made_at, edition_id=edition_id)
    return edition_id


def _unarchive_neighbours(
    connection: Connection, digest_id: int | None, edition_id: EditionId, made_at: datetime
) -> None:
    """The pages before and after a new edition have to be written again: they lead to it. One that was made while the
    clock was ahead comes after it.
    """
    others = select(editions.c.id).where(editions.c.digest_id == digest_id, editions.c.id != edition_id)
    before = others.where(editions.c.made_at <= made_at).order_by(editions.c.made_at.desc(), editions.c.id.desc())
    after = others.where(editions.c.made_at > made_at).order_by(editions.c.made_at, editions.c.id)
    for query in (before, after):
        neighbour = editions.c.id == query.limit(1).scalar_subquery()
        connection.execute(update(editions).where(neighbour).values(archived_at=None))


def _free_slots(connection: Connection, new_edition: NewEdition, digest_id: int | None) -> None:
    """Take back the slots that an edition took while the clock was ahead."""
    ahead = select(editions.c.id).where(editions.c.made_at > latest_credible(new_edition.made_at))
    of_these = tuple_(slots.c.day, slots.c.ordinal).in_(new_edition.slots)
    connection.execute(delete(slots).where(slots.c.digest_id == digest_id, of_these, slots.c.edition_id.in_(ahead)))


def _insert_listings(connection: Connection, new_edition: NewEdition, common: dict[str, Any]) -> None:
    ids = topic_ids(connection, (listing.topic for listing in new_edition.listings))
    rows = [
        {"topic_id": ids[listing.topic], "article_id": listing.article_id, "form": listing.form, **common}
        for listing in new_edition.listings
    ]
    if rows:
        connection.execute(insert(listings), rows)


def id_of_digest(digest: str) -> ScalarSelect[int]:
    """The row id of a digest, as part of another query."""
    return select(digests.c.id).where(digests.c.name == digest).scalar_subquery()


def _insert_corrections(connection: Connection, edition_id: EditionId, article_ids: Iterable[ArticleId]) -> None:
    """Of those that are still stored: one may have gone since."""
    stored = select(literal(edition_id), articles.c.id).where(among(articles.c.id, article_ids))
    connection.execute(insert(corrections).from_select(["edition_id", "article_id"], stored))
