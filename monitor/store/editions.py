"""Editions: what one is made of, and the transaction that publishes it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, ScalarSelect, and_, func, insert, literal, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import IntegrityError

from monitor.model.article import Article
from monitor.model.delivery import DeliveryState
from monitor.model.material import (
    Candidate,
    Coverage,
    FeedTrouble,
    Material,
    Origin,
    PreviousEdition,
    StoryFacts,
)
from monitor.model.publication import EditionKind, Publication
from monitor.store.articles import article_from_row, match_from_row, topic_ids
from monitor.store.database import Database
from monitor.store.tables import (
    articles,
    deliveries,
    digests,
    editions,
    feeds,
    listings,
    matches,
    slots,
    topics,
)


class EditionStore:
    """What was published, and what waits to be."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sync(self, names: Iterable[str], now: datetime) -> None:
        """Give each digest its row; `configured_at` of a new one is now, and its slots begin after that."""
        rows = [{"name": name, "configured_at": now} for name in names]
        if rows:
            with self._database.write() as connection:
                connection.execute(upsert(digests).on_conflict_do_nothing(), rows)

    def progress(self, digest: str, now: datetime) -> tuple[datetime, date | None]:
        """Since when a digest is configured (`now` if it is not yet), and the newest local date whose slot is taken."""
        query = (
            select(digests.c.configured_at, func.max(slots.c.day).label("day"))
            .select_from(digests.outerjoin(slots))
            .where(digests.c.name == digest)
            .group_by(digests.c.id)
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return (now, None) if row is None else (row.configured_at, row.day)

    def material(self, digest: str, names: Sequence[str], stories: Mapping[int, int]) -> Material:
        """Everything the next edition of `digest` on these topics is made of, in one snapshot.

        `stories` maps articles that are being grouped right now to their stories; the store adds the others.
        """
        with self._database.read() as connection:
            candidates = _candidates(connection, digest, names, stories)
            previous = _previous(connection, digest)
            story_ids = {candidate.story_id for candidate in candidates}
            return Material(
                candidates=candidates,
                stories=_stories(connection, digest, story_ids, stories),
                coverage=_coverage(connection, previous),
                previous=previous,
                told_under=_told_under(connection, digest, {candidate.article.id for candidate in candidates}),
                last_match=_last_match(connection, names),
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
    connection: Connection, digest: str, names: Sequence[str], stories: Mapping[int, int]
) -> tuple[Candidate, ...]:
    listed = and_(
        listings.c.digest_id == _digest_id(digest),
        listings.c.topic_id == matches.c.topic_id,
        listings.c.article_id == matches.c.article_id,
    )
    query = (
        select(articles, matches, topics.c.name.label("topic"))
        .select_from(matches.join(articles).join(topics).outerjoin(listings, listed))
        .where(topics.c.name.in_(names), articles.c.is_mailable, listings.c.edition_id.is_(None))
        .order_by(articles.c.first_seen_at, articles.c.id, topics.c.name)
    )
    return tuple(
        Candidate(
            article=article_from_row(row),
            match=match_from_row(row),
            origin=Origin(row.origin),
            story_id=stories.get(row.id) or row.story_id or row.id,
        )
        for row in connection.execute(query)
    )


def _previous(connection: Connection, digest: str) -> PreviousEdition | None:
    query = (
        select(editions.c.slot, editions.c.made_at)
        .where(editions.c.digest_id == _digest_id(digest))
        .order_by(editions.c.made_at.desc(), editions.c.id.desc())
    )
    row = connection.execute(query.limit(1)).first()
    return None if row is None else PreviousEdition(slot=row.slot, made_at=row.made_at)


def _stories(
    connection: Connection, digest: str, story_ids: set[int], stories: Mapping[int, int]
) -> dict[int, StoryFacts]:
    joining = [article_id for article_id, story_id in stories.items() if story_id in story_ids]
    query = select(articles).where(articles.c.story_id.in_(story_ids) | articles.c.id.in_(joining))
    told = _told_at(connection, digest, story_ids)
    members: dict[int, list[Article]] = {}
    for row in connection.execute(query.order_by(articles.c.first_seen_at, articles.c.id)):
        members.setdefault(stories.get(row.id) or row.story_id, []).append(article_from_row(row))
    return {
        story_id: StoryFacts(
            id=story_id,
            first_seen_at=each[0].first_seen_at,
            articles=tuple(each),
            told_at=told.get(story_id),
        )
        for story_id, each in members.items()
    }


def _told_at(connection: Connection, digest: str, story_ids: set[int]) -> dict[int, datetime]:
    query = (
        select(articles.c.story_id, func.max(editions.c.made_at).label("told_at"))
        .select_from(listings.join(articles).join(editions))
        .where(listings.c.digest_id == _digest_id(digest), articles.c.story_id.in_(story_ids))
        .group_by(articles.c.story_id)
    )
    return {row.story_id: row.told_at for row in connection.execute(query)}


def _told_under(connection: Connection, digest: str, article_ids: set[int]) -> dict[int, str]:
    query = (
        select(listings.c.article_id, topics.c.name)
        .join(topics)
        .where(listings.c.digest_id == _digest_id(digest), listings.c.article_id.in_(article_ids))
        .order_by(listings.c.edition_id.desc(), topics.c.name.desc())
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


def _coverage(connection: Connection, previous: PreviousEdition | None) -> Coverage:
    polled = connection.execute(select(feeds).where(feeds.c.is_configured).order_by(feeds.c.id)).all()
    read = select(func.count()).select_from(articles)
    if previous is not None:
        read = read.where(articles.c.first_seen_at > previous.made_at)
    failing = tuple(_trouble(row) for row in polled if row.failing_since is not None)
    return Coverage(
        feeds=len(polled),
        feeds_ok=sum(row.failing_since is None and row.succeeded_at is not None for row in polled),
        articles_read=connection.scalar(read) or 0,
        failing=failing,
    )


def _trouble(row: Any) -> FeedTrouble:
    return FeedTrouble(
        name=row.outlet or row.title or row.host,
        url=row.url,
        reason=f"{row.problem}: {row.problem_detail}" if row.problem_detail else str(row.problem),
        since=row.failing_since,
    )


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
        connection.execute(insert(slots), [{"day": day, **common} for day in publication.days])
    for article_id, story_id in publication.stories.items():
        connection.execute(update(articles).where(articles.c.id == article_id).values(story_id=story_id))
    _insert_listings(connection, publication, common)
    _insert_deliveries(connection, publication, edition_id)
    return edition_id


def _insert_listings(connection: Connection, publication: Publication, common: dict[str, Any]) -> None:
    ids = topic_ids(connection, (listing.topic for listing in publication.listings))
    rows = [
        {"topic_id": ids[listing.topic], "article_id": listing.article_id, "form": listing.form, **common}
        for listing in publication.listings
    ]
    if rows:
        connection.execute(insert(listings), rows)


def _insert_deliveries(connection: Connection, publication: Publication, edition_id: int) -> None:
    rows = [
        {
            "edition_id": edition_id,
            "recipient": delivery.recipient,
            "message_id": delivery.message_id,
            "body": delivery.body,
            "state": DeliveryState.QUEUED,
            "queued_at": publication.made_at,
            "next_attempt_at": publication.made_at,
        }
        for delivery in publication.deliveries
    ]
    if rows:
        connection.execute(insert(deliveries), rows)
