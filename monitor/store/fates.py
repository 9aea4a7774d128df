"""What happened to an article, from its feed to the answers of mail servers; or to one that never came. Reads only."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, literal, or_, select

from monitor.model.delivery import DeliveryRecord, DeliveryState
from monitor.model.edition_input import Outage
from monitor.model.fate import Absence, DigestProgress, Dropped, Fate, FatedMatch, FatedStory, FeedThen, ShownIn
from monitor.model.fetch import FetchProblem
from monitor.model.history import StoredMatch
from monitor.model.ids import ArticleId, EditionId, FeedId, StoryId
from monitor.model.match import Origin
from monitor.model.stored_page import PageState, StoredPage
from monitor.policy.silence import norm_since
from monitor.store.article_rows import WHOLE, article_from_row
from monitor.store.articles import AFTER_ANY_LETTER
from monitor.store.deliveries import delivery_records
from monitor.store.feed_rows import name_of
from monitor.store.group import Group, from_row
from monitor.store.match_rows import match_from_row
from monitor.store.matches import with_topics
from monitor.store.removal import RemovalStore
from monitor.store.tables import (
    articles,
    corrections,
    deliveries,
    digests,
    editions,
    feeds,
    former_urls,
    listings,
    matches,
    outages,
    pages,
    perhaps_lines,
    polls,
    review_choices,
    reviews,
    revisions,
    stories,
    tombstones,
    topics,
)
from monitor.url import FRONTS, registrable_domain, shown_url

PERHAPS = "perhaps"
"""The form of a line below "Perhaps also"."""

ARTICLES_COMPARED = 500
"""Of a host, how many articles are asked which feeds brought them."""

DELIVERIES_SHOWN = 100
"""Of an edition."""

FEEDS_SHOWN = 20
"""Of an outlet; those that are polled first."""


class FateStore(Group):
    """All about one article."""

    def of(self, article_id: ArticleId) -> Fate | None:
        """What happened to the article; None if it is not stored."""
        with self._database.read() as connection:
            row = connection.execute(select(*WHOLE).where(articles.c.id == article_id)).first()
            if row is None:
                return None
            feed = connection.execute(select(feeds).where(feeds.c.id == row.feed_id)).one()
            edited = select(revisions).where(revisions.c.article_id == article_id).order_by(revisions.c.id)
            shown = _shown(connection, article_id)
            return Fate(
                article=article_from_row(row, self._database.now()),
                feed=name_of(feed),
                feed_url=shown_url(feed.url),
                is_feed_configured=feed.is_configured,
                earlier=tuple((each.replaced_at, each.title, each.link) for each in connection.execute(edited)),
                matches=_matches(connection, article_id),
                shown=shown,
                corrected=_corrected(connection, article_id),
                story=_story(connection, row),
                deliveries={each: _sent(connection, each) for each in dict.fromkeys(one.edition_id for one in shown)},
                digests=_progress(connection, row.story_id),
                page=_page(connection, article_id),
            )

    def absence(
        self, domain: str, traces: Sequence[int], since: datetime, until: datetime, also: Iterable[FeedId] = ()
    ) -> Absence:
        """What is known of an article of this registrable domain that is not stored: whether one with these traces was,
        and what its feeds did in that time. `also`: feeds that are its outlet's for another reason.
        """
        with self._database.read() as connection:
            rows = connection.execute(select(feeds).order_by(feeds.c.id)).all()
            former = _addresses(connection)
            own = {row.id for row in rows if domain in _domains(row, former.get(row.id, ()))} | set(also)
            chosen = own | _carriers(connection, domain)
            return Absence(
                since=since,
                until=until,
                dropped=_dropped(connection, traces),
                feeds=tuple(
                    _then(connection, row, former.get(row.id, ()), own, (since, until))
                    for row in sorted((row for row in rows if row.id in chosen), key=_polled_first)[:FEEDS_SHOWN]
                ),
                outages=_outages(connection, since, until),
                removed=RemovalStore(self._database).removed(traces),
            )


def _matches(connection: Connection, article_id: ArticleId) -> tuple[FatedMatch, ...]:
    query = with_topics().where(matches.c.article_id == article_id).order_by(topics.c.name)
    return tuple(
        FatedMatch(
            id=row.id,
            stored=StoredMatch(match=match_from_row(row), origin=Origin(row.origin), matched_at=row.matched_at),
            stale_since=row.stale_since,
        )
        for row in connection.execute(query)
    )


def _page(connection: Connection, article_id: ArticleId) -> StoredPage | None:
    row = connection.execute(select(pages).where(pages.c.article_id == article_id)).first()
    return None if row is None else from_row(StoredPage, row, state=PageState(row.state))


def _shown(connection: Connection, article_id: ArticleId) -> tuple[ShownIn, ...]:
    found: list[ShownIn] = []
    for table in (listings, perhaps_lines):
        query = (
            select(table, *_edition(), topics.c.name.label("topic"))
            .join_from(table, editions, table.c.edition_id == editions.c.id)
            .join(digests, digests.c.id == editions.c.digest_id)
            .join(topics, topics.c.id == table.c.topic_id)
            .where(table.c.article_id == article_id)
        )
        for row in connection.execute(query):
            is_line = table is perhaps_lines
            words = {"form": PERHAPS, "why": row.why} if is_line else {"form": row.form, "why": ""}
            found.append(from_row(ShownIn, row, **words))
    return tuple(sorted(found, key=lambda each: (each.edition_id, each.topic)))


def _corrected(connection: Connection, article_id: ArticleId) -> tuple[ShownIn, ...]:
    query = (
        select(corrections.c.edition_id, *_edition())
        .join_from(corrections, editions)
        .join(digests)
        .where(corrections.c.article_id == article_id)
        .order_by(corrections.c.edition_id)
    )
    return tuple(from_row(ShownIn, row, topic="", form="correction", why="") for row in connection.execute(query))


def _edition() -> tuple[Any, ...]:
    return digests.c.name.label("digest"), editions.c.slot, editions.c.made_at


def _story(connection: Connection, article: Row[Any]) -> FatedStory | None:
    if article.story_id is None:
        return None
    of_story = articles.c.story_id == article.story_id
    counted = connection.execute(
        select(func.count(), func.count(func.distinct(func.lower(articles.c.outlet)))).where(of_story)
    ).one()
    title = connection.scalar(select(articles.c.title).where(articles.c.id == article.story_id))
    muted_at = connection.scalar(select(stories.c.muted_at).where(stories.c.id == article.story_id))
    return FatedStory(
        id=article.story_id, title=title or "", articles=counted[0], outlets=counted[1], muted_at=muted_at
    )


def _sent(connection: Connection, edition_id: EditionId) -> tuple[DeliveryRecord, ...]:
    query = delivery_records().where(deliveries.c.edition_id == edition_id).order_by(deliveries.c.id)
    rows = connection.execute(query.limit(DELIVERIES_SHOWN))
    return tuple(from_row(DeliveryRecord, row, state=DeliveryState(row.state)) for row in rows)


def _progress(connection: Connection, story_id: StoryId | None) -> dict[str, DigestProgress]:
    newest = select(func.max(editions.c.id)).group_by(editions.c.digest_id)
    is_open = (reviews.c.digest_id == digests.c.id) & reviews.c.edition_id.is_(None)
    chosen = (review_choices.c.review_id == reviews.c.id) & (review_choices.c.story_id == story_id)
    query = (
        select(
            digests.c.name,
            digests.c.configured_at,
            func.coalesce(editions.c.last_match, 0).label("knew"),
            reviews.c.last_match.label("drafted"),
            func.coalesce(review_choices.c.is_dropped, literal(value=False)).label("is_dropped"),
        )
        .outerjoin_from(digests, editions, (editions.c.digest_id == digests.c.id) & editions.c.id.in_(newest))
        .outerjoin(reviews, is_open)
        .outerjoin(review_choices, chosen)
        .where(digests.c.is_configured)
    )
    return {row.name: from_row(DigestProgress, row) for row in connection.execute(query)}


def _addresses(connection: Connection) -> dict[FeedId, tuple[str, ...]]:
    found: dict[FeedId, tuple[str, ...]] = {}
    for row in connection.execute(select(former_urls).order_by(former_urls.c.url)):
        found[row.feed_id] = (*found.get(row.feed_id, ()), row.url)
    return found


def _domains(feed: Row[Any], former: Sequence[str]) -> set[str]:
    return {registrable_domain(url) for url in (feed.url, feed.moved_to, *former) if url}


def _carriers(connection: Connection, domain: str) -> set[FeedId]:
    """The feeds that some articles of this domain came in."""
    starts = [f"{scheme}://{host}/" for scheme in ("https", "http") for host in (domain, *_fronted(domain))]
    found: set[FeedId] = set()
    for start in starts:
        some = select(articles.c.feed_id).where(articles.c.link >= start, articles.c.link < start + AFTER_ANY_LETTER)
        sample = some.order_by(articles.c.link).limit(ARTICLES_COMPARED).subquery()
        found.update(connection.scalars(select(sample.c.feed_id).distinct()))
    return found


def _fronted(domain: str) -> tuple[str, ...]:
    return tuple(f"{front}.{domain}" for front in FRONTS)


def _then(
    connection: Connection,
    row: Row[Any],
    former: Sequence[str],
    own: set[FeedId],
    then: tuple[datetime, datetime],
) -> FeedThen:
    failed = polls.c.status.in_(list(FetchProblem))
    is_gap = polls.c.gap_since.is_not(None) & polls.c.is_gap_closed.is_(False)
    in_time = (polls.c.feed_id == row.id, polls.c.polled_at.between(*then))
    numbers = connection.execute(
        select(
            func.count().label("polls"),
            func.count().filter(failed).label("failures"),
            func.coalesce(func.sum(polls.c.new), 0).label("new"),
            func.min(polls.c.gap_since).filter(is_gap).label("gap_since"),
            func.max(polls.c.polled_at).filter(is_gap).label("gap_until"),
            func.coalesce(func.max(polls.c.left_out), 0).label("left_out"),
            func.coalesce(func.max(polls.c.refused - polls.c.left_out), 0).label("refused"),
        ).where(*in_time)
    ).one()
    last = select(polls.c.status, polls.c.detail).where(*in_time, failed).order_by(polls.c.id.desc()).limit(1)
    failure = connection.execute(last).first()
    return from_row(
        FeedThen,
        row,
        name=name_of(row),
        url=shown_url(row.url),
        former_urls=tuple(map(shown_url, filter(None, (*former, row.moved_to)))),
        is_of_outlet=row.id in own,
        reason=row.problem_detail,
        seen_at=_seen_at(connection, row.id, then[1]),
        last_failure=(failure.detail or failure.status) if failure else "",
        **numbers._asdict(),
    )


def _polled_first(row: Row[Any]) -> tuple[bool, int]:
    return not row.is_configured, row.id


def _seen_at(connection: Connection, feed_id: FeedId, until: datetime) -> tuple[datetime, ...]:
    """When the feed brought new articles, in what counts as its norm then."""
    query = select(articles.c.first_seen_at).where(articles.c.feed_id == feed_id, articles.c.first_seen_at <= until)
    latest = list(connection.scalars(query.order_by(articles.c.id.desc()).limit(ARTICLES_COMPARED)))
    return tuple(sorted({each for each in latest if each > norm_since(max(latest))}))


def _dropped(connection: Connection, traces: Sequence[int]) -> tuple[Dropped, ...]:
    """By the key, in each feed: there is no index of traces alone, and feeds are few."""
    of_any = tombstones.c.feed_id.in_(select(feeds.c.id))
    query = (
        select(feeds, func.max(tombstones.c.seen_at).label("seen_at"))
        .join_from(tombstones, feeds)
        .where(of_any, tombstones.c.trace.in_(traces))
        .group_by(feeds.c.id)
    )
    return tuple(
        Dropped(feed=name_of(row), url=shown_url(row.url), seen_at=row.seen_at) for row in connection.execute(query)
    )


def _outages(connection: Connection, since: datetime, until: datetime) -> tuple[Outage, ...]:
    ended = outages.c.ended_at
    overlap = (outages.c.began_at <= until, or_(ended.is_(None), ended >= since))
    rows = connection.execute(select(outages).where(*overlap).order_by(outages.c.id))
    return tuple(Outage(since=row.began_at, until=row.ended_at) for row in rows)
