"""The transaction that publishes an edition, and what it is called."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain, count
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, literal, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from monitor.errors import StaleDraft
from monitor.model.edition_input import Slot
from monitor.model.ids import ArticleId, EditionId
from monitor.model.new_edition import EditionKind, NewEdition
from monitor.policy.clock import latest_credible
from monitor.store.deliveries import insert_deliveries
from monitor.store.editions import id_of_digest
from monitor.store.group import Group, among
from monitor.store.reviews import end_review
from monitor.store.tables import articles, corrections, digests, editions, listings, perhaps_lines, slots
from monitor.store.topics import topic_ids


class NewEditionStore(Group):
    """Editions that are finished and not stored yet."""

    def free_label(self, digest: str, slot: Slot, token: str = "") -> str:
        """What the edition of a slot is called: `slot.label`, with a number if another is called that already. It was
        made while the clock was ahead, or before the digest got other times or another zone. With `token` where a
        generation of which a restored store knows nothing may have made another.
        """
        label = f"{slot.label}-{token}" if token else slot.label
        of_digest = (editions.c.digest_id == id_of_digest(digest), editions.c.kind == EditionKind.SCHEDULED)
        alike = editions.c.slot.startswith(label, autoescape=True)
        with self._database.read() as connection:
            taken = set(connection.scalars(select(editions.c.slot).where(*of_digest, alike)))
        labels = chain([label], (f"{label}-{number}" for number in count(2)))
        return next(label for label in labels if label not in taken)

    def publish(self, new_edition: NewEdition) -> EditionId | None:
        """Commit an edition completely and return its id; None if its slot was already taken (rules D1, D7). Raises
        StaleDraft if its draft was changed or released since it was made.
        """
        try:
            with self._database.write() as connection:
                return _publish(connection, new_edition)
        except IntegrityError:
            if self._is_taken(new_edition):
                return None
            raise

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
            last_rule_change=new_edition.knew.rule_changes,
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
    _insert_perhaps(connection, new_edition, common)
    _insert_corrections(connection, edition_id, new_edition.corrected)
    insert_deliveries(connection, new_edition.deliveries, new_edition.made_at, edition_id=edition_id)
    if new_edition.review is not None and not end_review(connection, new_edition.review, edition_id):
        raise StaleDraft(f"The draft of {new_edition.digest} was changed while its edition was made of it.")
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


def _insert_perhaps(connection: Connection, new_edition: NewEdition, common: dict[str, Any]) -> None:
    ids = topic_ids(connection, (perhaps.topic for perhaps in new_edition.perhaps))
    rows = [
        {
            "topic_id": ids[perhaps.topic],
            "article_id": line.item.article_id,
            "place": place,
            "why": line.why,
            **common,
        }
        for perhaps in new_edition.perhaps
        for place, line in enumerate(perhaps.lines, 1)
    ]
    if rows:
        connection.execute(insert(perhaps_lines), rows)


def _insert_corrections(connection: Connection, edition_id: EditionId, article_ids: Iterable[ArticleId]) -> None:
    """Of those that are still stored: one may have gone since."""
    stored = select(literal(edition_id), articles.c.id).where(among(articles.c.id, article_ids))
    connection.execute(insert(corrections).from_select(["edition_id", "article_id"], stored))
