"""Editions: what one is made of, and the transaction that publishes it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, count
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    delete,
    exists,
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
from monitor.model.edition_input import (
    BaselineFacts,
    Candidate,
    EditionInput,
    HighWater,
    Origin,
    PreviousEdition,
    Slot,
)
from monitor.model.new_edition import EditionKind, NewEdition
from monitor.policy.clock import latest_credible
from monitor.policy.news import news_since, origin_in_edition
from monitor.policy.retry import UNSENT
from monitor.store.articles import article_from_row, match_from_row, topic_ids
from monitor.store.baseline import baseline_between
from monitor.store.boilerplate import boilerplate_of
from monitor.store.corrections import edits_since, insert_corrections, last_revision
from monitor.store.coverage import coverage_since, since_edition
from monitor.store.database import Database
from monitor.store.deliveries import insert_deliveries
from monitor.store.rhythm import sightings, stories_a_day
from monitor.store.tables import (
    articles,
    corrections,
    deliveries,
    digests,
    editions,
    listings,
    matches,
    polls,
    revisions,
    slots,
    topics,
)
from monitor.store.told import id_of_digest, stories_told, told_under

ON_THE_WAY = (*UNSENT, DeliveryState.SENT)
HAS_READERS = exists().where(deliveries.c.edition_id == editions.c.id, deliveries.c.state.in_(ON_THE_WAY))
HAS_CONTENT = or_(
    exists().where(listings.c.edition_id == editions.c.id), exists().where(corrections.c.edition_id == editions.c.id)
)


class EditionStore:
    """What was published, and what waits to be."""

    def __init__(self, database: Database) -> None:
        self._database = database

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

    def high_water(self) -> HighWater:
        """The high-water mark now. It is read before the grouping, so that everything an edition knows was grouped."""
        with self._database.read() as connection:
            tables = (articles, matches, polls, revisions)
            last = {table.name: connection.scalar(select(func.max(table.c.id))) or 0 for table in tables}
        return HighWater(**last)

    def edition_input(
        self,
        digest: str,
        names: Sequence[str],
        stories: Mapping[int, int],
        now: datetime,
        days: Sequence[datetime] = (),
        *,
        knows: HighWater | None = None,
        since_mailed: bool = False,
        lists_baseline: bool = False,
    ) -> EditionInput:
        """Everything the next edition of `digest` on these topics is made of, in one snapshot.

        `stories` maps articles that are being grouped right now to their stories; the store adds the others.
        `days` are the bounds of the days of which stories are counted. It lists what it `knows` (None: all that is
        stored now); of the feeds, what the previous edition did not know. `since_mailed`: of feeds, count what the
        previous mailed edition did not know, because readers never saw the editions that were not mailed.
        `lists_baseline`: it lists what was in a feed before its first poll, too.
        """
        knows = knows or self.high_water()
        with self._database.read() as connection:
            previous, knew = _previous(connection, digest, now), _known(connection, digest)
            read = (HAS_READERS,) if since_mailed else ()
            covered = since_edition(_previous(connection, digest, now, *read), _known(connection, digest, *read), knows)
            candidates = _candidates(connection, digest, names, stories, knew, knows, lists_baseline=lists_baseline)
            story_ids = {candidate.story_id for candidate in candidates}
            return EditionInput(
                candidates=candidates,
                stories=stories_told(connection, digest, story_ids, stories, now),
                coverage=coverage_since(connection, covered, now),
                previous=previous,
                told_under=told_under(connection, digest, {candidate.article.id for candidate in candidates}),
                last_match=_last_match(connection, names),
                daily=stories_a_day(connection, names, stories, days),
                sightings=sightings(connection, now),
                mailed_at=_mailed_at(connection, digest, now),
                baseline=_baseline(connection, digest, names, knows, since_mailed=since_mailed),
                edits=edits_since(connection, digest, knew, now),
                last_revision=last_revision(connection),
            )

    def baseline(self, digest: str, names: Sequence[str], knows: HighWater) -> BaselineFacts:
        """What the next edition of `digest` on these topics says about feeds that are new to it."""
        with self._database.read() as connection:
            return _baseline(connection, digest, names, knows)

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

    def publish(self, new_edition: NewEdition) -> int | None:
        """Commit an edition completely and return its id; None if its slot was already taken (rules D1, D7)."""
        try:
            with self._database.write() as connection:
                return _publish(connection, new_edition)
        except IntegrityError:
            if self._is_taken(new_edition):
                return None
            raise

    def unarchived(self, limit: int) -> tuple[int, ...]:
        """Editions whose page has to be written to the archive folder, or written again; the newest first."""
        query = select(editions.c.id).where(editions.c.archived_at.is_(None))
        with self._database.read() as connection:
            return tuple(connection.scalars(query.order_by(editions.c.id.desc()).limit(limit)))

    def archive_again(self) -> None:
        """Mark the pages of all editions to be written."""
        with self._database.write() as connection:
            connection.execute(update(editions).where(editions.c.archived_at.is_not(None)).values(archived_at=None))

    def mark_archived(self, edition_id: int, now: datetime) -> None:
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


def _candidates(
    connection: Connection,
    digest: str,
    names: Sequence[str],
    stories: Mapping[int, int],
    knew: HighWater,
    knows: HighWater,
    *,
    lists_baseline: bool,
) -> tuple[Candidate, ...]:
    """Matches not listed yet that are the digest's news."""
    listed = and_(
        listings.c.digest_id == id_of_digest(digest),
        listings.c.topic_id == matches.c.topic_id,
        listings.c.article_id == matches.c.article_id,
    )
    is_news = matches.c.origin != Origin.BASELINE
    was_there = articles.c.is_mailable.is_(False)  # else it is an old article of which more is read
    since = _news_since(connection, digest)
    query = (
        select(articles, matches, matches.c.id.label("match_id"), topics.c.name.label("topic"))
        .select_from(matches.join(articles).join(topics).outerjoin(listings, listed))
        .where(topics.c.name.in_(names), matches.c.matched_at > since, matches.c.id <= knows.matches)
        .where(or_(is_news, was_there) if lists_baseline else is_news, listings.c.edition_id.is_(None))
        .order_by(articles.c.first_seen_at, articles.c.id, topics.c.name)
    )
    rows = connection.execute(query).all()
    shared = boilerplate_of(connection)
    return tuple(
        Candidate(
            article=article_from_row(row),
            match=match_from_row(row),
            origin=origin_in_edition(Origin(row.origin), was_known=row.match_id <= knew.matches),
            story_id=stories.get(row.id) or row.story_id,
            shared=shared.get(row.feed_id, ()),
        )
        for row in rows
        if row.id in stories or row.story_id is not None  # else it came since the grouping: for the next edition
    )


def _news_since(connection: Connection, digest: str) -> datetime:
    configured_at = connection.scalar(select(digests.c.configured_at).where(digests.c.name == digest))
    return news_since(configured_at)


def _baseline(
    connection: Connection, digest: str, names: Sequence[str], knows: HighWater, *, since_mailed: bool = False
) -> BaselineFacts:
    """What the edition has to say about new feeds. If the previous edition was skipped because it was empty, its
    readers have not seen this yet, and the next edition says it.
    """
    read = (or_(HAS_READERS, HAS_CONTENT),) if since_mailed else ()
    return baseline_between(
        connection, names, _known(connection, digest, *read), knows, _news_since(connection, digest)
    )


def _previous(
    connection: Connection, digest: str, now: datetime, *conditions: ColumnElement[bool]
) -> PreviousEdition | None:
    """The latest by its time. When one was made that is dated later than now is not known: the clock was ahead."""
    query = (
        select(editions.c.slot, editions.c.made_at)
        .where(editions.c.digest_id == id_of_digest(digest), editions.c.made_at <= latest_credible(now), *conditions)
        .order_by(editions.c.made_at.desc(), editions.c.id.desc())
    )
    row = connection.execute(query.limit(1)).first()
    return None if row is None else PreviousEdition(slot=row.slot, made_at=min(row.made_at, now))


def _known(connection: Connection, digest: str, *conditions: ColumnElement[bool]) -> HighWater:
    """What the edition published last knew, whatever its time; nothing if there is none."""
    columns = (editions.c.last_article, editions.c.last_match, editions.c.last_poll, editions.c.last_revision)
    query = (
        select(*columns).where(editions.c.digest_id == id_of_digest(digest), *conditions).order_by(editions.c.id.desc())
    )
    row = connection.execute(query.limit(1)).first()
    names = ("articles", "matches", "polls", "revisions")
    return HighWater() if row is None else HighWater(**dict(zip(names, row, strict=True)))


def _mailed_at(connection: Connection, digest: str, now: datetime) -> datetime | None:
    """When the newest edition of a digest that somebody got, or is to get, was made, else when it was configured."""
    query = (
        select(digests.c.configured_at, func.max(editions.c.made_at).label("mailed_at"))
        .select_from(
            digests.outerjoin(
                editions,
                and_(editions.c.digest_id == digests.c.id, editions.c.made_at <= latest_credible(now), HAS_READERS),
            )
        )
        .where(digests.c.name == digest)
        .group_by(digests.c.id)
    )
    row = connection.execute(query).first()
    return None if row is None else min(now, max(filter(None, (row.configured_at, row.mailed_at))))


def _last_match(connection: Connection, names: Sequence[str]) -> dict[str, datetime]:
    """By when it was first seen; what was there before the first poll by its own date, if it has one."""
    is_dated = articles.c.published_at < articles.c.first_seen_at
    was_there = and_(articles.c.is_mailable.is_(False), is_dated)
    at = case((was_there, articles.c.published_at), else_=articles.c.first_seen_at)
    query = (
        select(topics.c.name, func.max(at).label("at"))
        .select_from(matches.join(topics).join(articles))
        .where(topics.c.name.in_(names))
        .group_by(topics.c.name)
    )
    return {row.name: row.at for row in connection.execute(query)}


def _publish(connection: Connection, new_edition: NewEdition) -> int:
    digest_id = connection.scalar(select(digests.c.id).where(digests.c.name == new_edition.digest))
    edition_id: int = connection.execute(
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
    insert_corrections(connection, edition_id, new_edition.corrected)
    insert_deliveries(connection, new_edition.deliveries, new_edition.made_at, edition_id=edition_id)
    return edition_id


def _unarchive_neighbours(connection: Connection, digest_id: int | None, edition_id: int, made_at: datetime) -> None:
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
