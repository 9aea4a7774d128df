"""Editions: what one is made of, and the transaction that publishes it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, ScalarSelect, and_, case, delete, exists, func, insert, literal, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import IntegrityError

from monitor.model.article import Article
from monitor.model.edition import Form
from monitor.model.material import (
    Candidate,
    Material,
    Origin,
    PreviousEdition,
    StoryFacts,
)
from monitor.model.publication import EditionKind, Publication
from monitor.store.articles import article_from_row, match_from_row, topic_ids
from monitor.store.coverage import coverage_since
from monitor.store.database import Database
from monitor.store.deliveries import insert_deliveries
from monitor.store.rhythm import sightings, stories_a_day
from monitor.store.tables import (
    articles,
    deliveries,
    digests,
    editions,
    listings,
    matches,
    slots,
    topics,
)
from monitor.store.tables import stories as muted_stories

IN_FULL = (Form.STORY, Form.ALSO)

NEWS_BEFORE = timedelta(days=1)
"""How long before a digest was configured its news begins, so that its first edition has a day to tell of."""

CLOCK_SLIP = timedelta(minutes=5)
"""What was made later than this from now was made while the clock was wrong, and binds nothing."""

IN_FLIGHT = timedelta(hours=1)
"""A match may be stored while an edition is made, and then carry a slightly earlier time."""


class EditionStore:
    """What was published, and what waits to be."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sync(self, names: Iterable[str], now: datetime) -> None:
        """Make these the digests there are. The slots of one that is new, or back, begin after `now`; so do those of
        one that was configured while the clock was ahead, or it would have no edition until that date.
        """
        rows = [{"name": name, "configured_at": now, "is_configured": True} for name in names]
        statement = upsert(digests)
        is_known = and_(digests.c.is_configured, digests.c.configured_at <= now + CLOCK_SLIP)
        since = case((is_known, digests.c.configured_at), else_=statement.excluded.configured_at)
        back = {"configured_at": since, "is_configured": True}
        with self._database.write() as connection:
            gone = digests.c.name.not_in([row["name"] for row in rows])
            connection.execute(update(digests).where(gone).values(is_configured=False))
            if rows:
                connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=back), rows)

    def progress(self, digest: str, now: datetime) -> tuple[datetime, date | None]:
        """Since when a digest is configured (`now` if it is not yet), and the newest local date whose slot is taken."""
        taken = and_(editions.c.id == slots.c.edition_id, editions.c.made_at <= now + CLOCK_SLIP)
        query = (
            select(digests.c.configured_at, func.max(slots.c.day).label("day"))
            .select_from(digests.outerjoin(slots.join(editions, taken), slots.c.digest_id == digests.c.id))
            .where(digests.c.name == digest)
            .group_by(digests.c.id)
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return (now, None) if row is None else (row.configured_at, row.day)

    def material(
        self,
        digest: str,
        names: Sequence[str],
        stories: Mapping[int, int],
        now: datetime,
        days: Sequence[datetime] = (),
    ) -> Material:
        """Everything the next edition of `digest` on these topics is made of, in one snapshot.

        `stories` maps articles that are being grouped right now to their stories; the store adds the others.
        `days` are the bounds of the days of which stories are counted.
        """
        with self._database.read() as connection:
            previous = _previous(connection, digest, now)
            candidates = _candidates(connection, digest, names, stories, previous)
            story_ids = {candidate.story_id for candidate in candidates}
            return Material(
                candidates=candidates,
                stories=_stories(connection, digest, story_ids, stories, now),
                coverage=coverage_since(connection, previous.made_at if previous else None, now),
                previous=previous,
                told_under=_told_under(connection, digest, {candidate.article.id for candidate in candidates}),
                last_match=_last_match(connection, names),
                daily=stories_a_day(connection, names, stories, days),
                sightings=sightings(connection, now),
                mailed_at=_mailed_at(connection, digest, now),
            )

    def publish(self, publication: Publication) -> int | None:
        """Commit an edition whole and return its id; None if its slot was taken already (rules D1, D7)."""
        try:
            with self._database.write() as connection:
                return _publish(connection, publication)
        except IntegrityError:
            if self._exists(publication):
                return None
            raise

    def unarchived(self) -> tuple[tuple[int, str, str, str], ...]:
        """Editions whose page is not in the archive folder yet: (id, digest, slot, page)."""
        query = (
            select(editions.c.id, digests.c.name, editions.c.slot, editions.c.page)
            .join(digests)
            .where(editions.c.archived_at.is_(None))
            .order_by(editions.c.id)
        )
        with self._database.read() as connection:
            return tuple((row.id, row.name, row.slot, row.page) for row in connection.execute(query))

    def mark_archived(self, edition_id: int, now: datetime) -> None:
        with self._database.write() as connection:
            connection.execute(update(editions).where(editions.c.id == edition_id).values(archived_at=now))

    def _exists(self, publication: Publication) -> bool:
        query = (
            select(literal(1))
            .select_from(editions.join(digests))
            .where(
                digests.c.name == publication.digest,
                editions.c.kind == publication.kind,
                editions.c.slot == publication.slot,
            )
        )
        with self._database.read() as connection:
            return connection.execute(query).first() is not None


def _digest_id(digest: str) -> ScalarSelect[int]:
    return select(digests.c.id).where(digests.c.name == digest).scalar_subquery()


def _candidates(
    connection: Connection,
    digest: str,
    names: Sequence[str],
    stories: Mapping[int, int],
    previous: PreviousEdition | None,
) -> tuple[Candidate, ...]:
    """Matches not listed yet, since a day before the digest was configured: what was before is not its news.

    One that is older than the previous edition belongs to a topic that was given to the digest since.
    """
    listed = and_(
        listings.c.digest_id == _digest_id(digest),
        listings.c.topic_id == matches.c.topic_id,
        listings.c.article_id == matches.c.article_id,
    )
    configured_at = connection.scalar(select(digests.c.configured_at).where(digests.c.name == digest))
    since = configured_at - NEWS_BEFORE if configured_at else datetime.min.replace(tzinfo=UTC)
    query = (
        select(articles, matches, topics.c.name.label("topic"))
        .select_from(matches.join(articles).join(topics).outerjoin(listings, listed))
        .where(topics.c.name.in_(names), matches.c.matched_at > since)
        .where(matches.c.origin != Origin.BASELINE, listings.c.edition_id.is_(None))
        .order_by(articles.c.first_seen_at, articles.c.id, topics.c.name)
    )
    return tuple(
        Candidate(
            article=article_from_row(row),
            match=match_from_row(row),
            origin=_origin(row, previous),
            story_id=stories.get(row.id) or row.story_id,
        )
        for row in connection.execute(query)
        if row.id in stories or row.story_id is not None  # else it came since the grouping: for the next edition
    )


def _origin(row: Row[Any], previous: PreviousEdition | None) -> Origin:
    is_older = previous is not None and row.matched_at < previous.made_at - IN_FLIGHT
    return Origin.BACKFILL if is_older else Origin(row.origin)


def _previous(connection: Connection, digest: str, now: datetime) -> PreviousEdition | None:
    query = (
        select(editions.c.slot, editions.c.made_at)
        .where(editions.c.digest_id == _digest_id(digest), editions.c.made_at <= now)
        .order_by(editions.c.made_at.desc(), editions.c.id.desc())
    )
    row = connection.execute(query.limit(1)).first()
    return None if row is None else PreviousEdition(slot=row.slot, made_at=row.made_at)


def _mailed_at(connection: Connection, digest: str, now: datetime) -> datetime | None:
    """When the newest edition of a digest that went to anybody was made, else when the digest was configured."""
    is_mailed = exists().where(deliveries.c.edition_id == editions.c.id)
    query = (
        select(digests.c.configured_at, func.max(editions.c.made_at).label("mailed_at"))
        .select_from(
            digests.outerjoin(
                editions, and_(editions.c.digest_id == digests.c.id, editions.c.made_at <= now, is_mailed)
            )
        )
        .where(digests.c.name == digest)
        .group_by(digests.c.id)
    )
    row = connection.execute(query).first()
    return None if row is None else max(filter(None, (row.configured_at, row.mailed_at)))


def _stories(
    connection: Connection, digest: str, story_ids: set[int], stories: Mapping[int, int], now: datetime
) -> dict[int, StoryFacts]:
    joining = [article_id for article_id, story_id in stories.items() if story_id in story_ids]
    query = select(articles).where(articles.c.story_id.in_(story_ids) | articles.c.id.in_(joining))
    told = _told_at(connection, digest, story_ids, now)
    is_muted = and_(muted_stories.c.id.in_(story_ids), muted_stories.c.muted_at.is_not(None))
    muted = set(connection.scalars(select(muted_stories.c.id).where(is_muted)))
    listed = _listed(connection, digest, story_ids)
    members: dict[int, list[Article]] = {}
    for row in connection.execute(query.order_by(articles.c.first_seen_at, articles.c.id)):
        members.setdefault(stories.get(row.id) or row.story_id, []).append(article_from_row(row))
    return {
        story_id: StoryFacts(
            id=story_id,
            first_seen_at=each[0].first_seen_at,
            articles=tuple(each),
            told_at=told.get(story_id),
            listed=listed & {article.id for article in each},
            is_muted=story_id in muted,
        )
        for story_id, each in members.items()
    }


def _listed(connection: Connection, digest: str, story_ids: set[int]) -> frozenset[int]:
    """The articles of these stories that this digest has printed, in full or in a line."""
    query = (
        select(listings.c.article_id)
        .join(articles)
        .where(
            listings.c.digest_id == _digest_id(digest),
            listings.c.form != Form.MUTED,
            articles.c.story_id.in_(story_ids),
        )
    )
    return frozenset(connection.scalars(query))


def _told_at(connection: Connection, digest: str, story_ids: set[int], now: datetime) -> dict[int, datetime]:
    query = (
        select(articles.c.story_id, func.max(editions.c.made_at).label("told_at"))
        .select_from(listings.join(articles).join(editions))
        .where(
            listings.c.digest_id == _digest_id(digest),
            listings.c.form.in_(IN_FULL),
            articles.c.story_id.in_(story_ids),
            editions.c.made_at <= now,
        )
        .group_by(articles.c.story_id)
    )
    return {row.story_id: row.told_at for row in connection.execute(query)}


def _told_under(connection: Connection, digest: str, article_ids: set[int]) -> dict[int, str]:
    """Article → the topic that told it: in full before in one line, and that before a pointer to another topic."""
    told_best = (listings.c.form.in_(IN_FULL), listings.c.form != Form.POINTER)
    query = (
        select(listings.c.article_id, topics.c.name)
        .join(topics)
        .where(
            listings.c.digest_id == _digest_id(digest),
            listings.c.article_id.in_(article_ids),
            listings.c.form != Form.MUTED,
        )
        .order_by(*told_best, listings.c.edition_id.desc(), topics.c.name.desc())
    )
    return {row.article_id: row.name for row in connection.execute(query)}


def _last_match(connection: Connection, names: Sequence[str]) -> dict[str, datetime]:
    query = (
        select(topics.c.name, func.max(articles.c.first_seen_at).label("at"))
        .select_from(matches.join(topics).join(articles))
        .where(topics.c.name.in_(names))
        .group_by(topics.c.name)
    )
    return {row.name: row.at for row in connection.execute(query)}


def _publish(connection: Connection, publication: Publication) -> int:
    digest_id = connection.scalar(select(digests.c.id).where(digests.c.name == publication.digest))
    edition_id: int = connection.execute(
        insert(editions)
        .values(
            digest_id=digest_id,
            kind=publication.kind,
            slot=publication.slot,
            made_at=publication.made_at,
            subject=publication.subject,
            page=publication.page,
        )
        .returning(editions.c.id)
    ).scalar_one()
    common = {"digest_id": digest_id, "edition_id": edition_id}
    if publication.kind is EditionKind.SCHEDULED:
        _free_slots(connection, publication, digest_id)
        connection.execute(insert(slots), [{"day": day, **common} for day in publication.days])
    for article_id, story_id in publication.stories.items():
        connection.execute(update(articles).where(articles.c.id == article_id).values(story_id=story_id))
    _insert_listings(connection, publication, common)
    insert_deliveries(connection, publication.deliveries, publication.made_at, edition_id=edition_id)
    return edition_id


def _free_slots(connection: Connection, publication: Publication, digest_id: int | None) -> None:
    """Take back the days that an edition took while the clock was ahead."""
    ahead = select(editions.c.id).where(editions.c.made_at > publication.made_at + CLOCK_SLIP)
    taken = (slots.c.digest_id == digest_id, slots.c.day.in_(publication.days), slots.c.edition_id.in_(ahead))
    connection.execute(delete(slots).where(*taken))


def _insert_listings(connection: Connection, publication: Publication, common: dict[str, Any]) -> None:
    ids = topic_ids(connection, (listing.topic for listing in publication.listings))
    rows = [
        {"topic_id": ids[listing.topic], "article_id": listing.article_id, "form": listing.form, **common}
        for listing in publication.listings
    ]
    if rows:
        connection.execute(insert(listings), rows)
