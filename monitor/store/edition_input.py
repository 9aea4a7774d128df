"""What the next edition is made of: matches, stories, coverage and edits, in one snapshot. Reads only."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select

from monitor.model.delivery import DeliveryState
from monitor.model.edition import Form
from monitor.model.edition_input import BaselineFacts, Candidate, EditionInput, HighWater, PreviousEdition
from monitor.model.ids import ArticleId, StoryId
from monitor.model.match import Origin
from monitor.policy.clock import latest_credible
from monitor.policy.news import news_since, origin_in_edition
from monitor.policy.retry import UNSENT
from monitor.store.arrivals import sightings
from monitor.store.article_rows import WHOLE, article_from_row
from monitor.store.baseline import baseline_between
from monitor.store.boilerplate import boilerplate_of
from monitor.store.corrections import edits_since, last_revision
from monitor.store.coverage import coverage_since, since_edition
from monitor.store.editions import id_of_digest
from monitor.store.group import Group
from monitor.store.listings import listed_under, story_facts
from monitor.store.match_rows import match_from_row
from monitor.store.matches import stories_a_day
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
    rule_changes,
    topics,
)

ON_THE_WAY = (*UNSENT, DeliveryState.SENT)
HAS_READERS = exists().where(deliveries.c.edition_id == editions.c.id, deliveries.c.state.in_(ON_THE_WAY))
HAS_CONTENT = or_(
    exists().where(listings.c.edition_id == editions.c.id, listings.c.form != Form.DROPPED),
    exists().where(corrections.c.edition_id == editions.c.id),
)


class EditionInputStore(Group):
    """What was stored since the previous edition of a digest."""

    def high_water(self) -> HighWater:
        """The high-water mark now. It is read before the grouping, so that everything an edition knows was grouped."""
        with self._database.read() as connection:
            tables = (articles, matches, polls, revisions, rule_changes)
            last = {table.name: connection.scalar(select(func.max(table.c.id))) or 0 for table in tables}
        return HighWater(**last)

    def known(self, digest: str) -> HighWater:
        """What the newest edition of a digest knew; nothing if there is none."""
        with self._database.read() as connection:
            return known_by(connection, digest)

    def load(
        self,
        digest: str,
        names: Sequence[str],
        stories: Mapping[ArticleId, StoryId],
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
            previous, knew = _previous(connection, digest, now), known_by(connection, digest)
            read = (HAS_READERS,) if since_mailed else ()
            covered = since_edition(
                _previous(connection, digest, now, *read), known_by(connection, digest, *read), knows
            )
            candidates = _candidates(
                connection, digest, names, stories, knew, knows, now, lists_baseline=lists_baseline
            )
            story_ids = {candidate.story_id for candidate in candidates}
            return EditionInput(
                candidates=candidates,
                stories=story_facts(connection, digest, story_ids, stories, now, knows.articles),
                coverage=coverage_since(connection, covered, now),
                previous=previous,
                listed_under=listed_under(connection, digest, {candidate.article.id for candidate in candidates}),
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


def _candidates(
    connection: Connection,
    digest: str,
    names: Sequence[str],
    stories: Mapping[ArticleId, StoryId],
    knew: HighWater,
    knows: HighWater,
    now: datetime,
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
    since = news_begins(connection, digest)
    query = (
        select(*WHOLE, matches, matches.c.id.label("match_id"), topics.c.name.label("topic"))
        .select_from(matches.join(articles).join(topics).outerjoin(listings, listed))
        .where(topics.c.name.in_(names), matches.c.matched_at > since, matches.c.id <= knows.matches)
        .where(or_(is_news, was_there) if lists_baseline else is_news, listings.c.edition_id.is_(None))
        .order_by(articles.c.first_seen_at, articles.c.id, topics.c.name)
    )
    rows = connection.execute(query).all()
    shared = boilerplate_of(connection)
    return tuple(
        Candidate(
            article=article_from_row(row, now),
            match=match_from_row(row),
            origin=origin_in_edition(Origin(row.origin), was_known=row.match_id <= knew.matches),
            story_id=stories.get(row.id) or row.story_id,
            shared=shared.get(row.feed_id, ()),
            was_known=row.id <= knew.articles,
        )
        for row in rows
        if row.id in stories
        or row.story_id is not None  # otherwise it arrived after the grouping and is left for the next edition
    )


def news_begins(connection: Connection, digest: str) -> datetime:
    """The moment from which what comes is news for the digest (UTC)."""
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
        connection, names, known_by(connection, digest, *read), knows, news_begins(connection, digest)
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


def known_by(connection: Connection, digest: str, *conditions: ColumnElement[bool]) -> HighWater:
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
