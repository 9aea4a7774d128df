"""Past editions, for roll-ups and for the archive's index. Reads only."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import case, func, or_, select

from monitor.model.edition import Form
from monitor.model.edition_input import Coverage, FeedTrouble, Origin
from monitor.model.past import ArchivedEdition, ListedArticle, ListedTopic
from monitor.model.rollup import WeekMatch
from monitor.store.articles import article_from_row
from monitor.store.coverage import coverage_since, idle_feeds, since_moment
from monitor.store.database import Database
from monitor.store.rhythm import stories_a_day
from monitor.store.tables import articles, digests, editions, listings, matches, revisions, topics
from monitor.store.tables import stories as stories_table

LEADING = (Form.STORY, Form.PASSING, Form.LATE, Form.BACKFILL, Form.BASELINE)
"""The forms in which an edition lists what a reader may want to find again, the best first."""


class PastStore:
    """What roll-ups and the archive's index read about editions that were published."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def archived(self) -> tuple[ArchivedEdition, ...]:
        """All of them in the order in which they were made, newest first."""
        columns = (editions.c.id, editions.c.kind, editions.c.slot, editions.c.made_at, editions.c.subject)
        query = select(*columns, digests.c.name.label("digest")).join_from(editions, digests)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(editions.c.made_at.desc(), editions.c.id.desc()))
            return tuple(ArchivedEdition(**row._asdict()) for row in rows)

    def leading(self, edition_ids: Collection[int], most: int) -> dict[int, tuple[ListedTopic, ...]]:
        """For each edition its topics by name, each with at most so many articles; what retention took is not there."""
        story = func.coalesce(articles.c.story_id, articles.c.id)
        of_story = [listings.c.edition_id, listings.c.topic_id, story]
        rank = case({form: place for place, form in enumerate(LEADING)}, value=listings.c.form, else_=len(LEADING))
        best_first = func.row_number().over(partition_by=of_story, order_by=[rank, listings.c.article_id])
        weighed = (
            select(
                listings.c.edition_id,
                listings.c.topic_id,
                listings.c.article_id,
                rank.label("rank"),
                func.count().over(partition_by=of_story).label("weight"),
                best_first.label("place"),
            )
            .join_from(listings, articles)
            .where(listings.c.edition_id.in_(edition_ids), listings.c.form.in_((*LEADING, Form.ALSO)))
            .subquery()
        )
        order = [weighed.c.rank, weighed.c.weight.desc(), weighed.c.article_id]
        place = func.row_number().over(partition_by=[weighed.c.edition_id, weighed.c.topic_id], order_by=order)
        leads = (weighed.c.place == 1, weighed.c.rank < len(LEADING))
        columns = (weighed.c.edition_id, weighed.c.topic_id, weighed.c.article_id)
        ranked = select(*columns, place.label("place")).where(*leads).subquery()
        query = (
            select(ranked.c.edition_id, ranked.c.article_id, topics.c.name)
            .join_from(ranked, topics, ranked.c.topic_id == topics.c.id)
            .where(ranked.c.place <= most)
            .order_by(ranked.c.edition_id, topics.c.name, ranked.c.place)
        )
        found: defaultdict[int, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        with self._database.read() as connection:
            for row in connection.execute(query):
                found[row.edition_id][row.name].append(row.article_id)
        return {
            edition: tuple(ListedTopic(topic=name, article_ids=tuple(ids)) for name, ids in by_topic.items())
            for edition, by_topic in found.items()
        }

    def listed_articles(self, article_ids: Collection[int]) -> dict[int, ListedArticle]:
        """These articles, with the headlines that they had before."""
        before = select(revisions.c.article_id, revisions.c.replaced_at, revisions.c.title)
        before = before.where(revisions.c.article_id.in_(article_ids)).order_by(revisions.c.replaced_at, revisions.c.id)
        earlier: defaultdict[int, list[tuple[datetime, str]]] = defaultdict(list)
        with self._database.read() as connection:
            for row in connection.execute(before):
                earlier[row.article_id].append((row.replaced_at, row.title))
            rows = connection.execute(select(articles).where(articles.c.id.in_(article_ids)))
            return {
                row.id: ListedArticle(article=article_from_row(row), earlier=tuple(earlier[row.id])) for row in rows
            }

    def stories_a_day(self, names: Sequence[str], bounds: Sequence[datetime]) -> dict[str, tuple[int | None, ...]]:
        """For each topic its stories by day, as editions count them."""
        with self._database.read() as connection:
            return stories_a_day(connection, names, {}, bounds)

    def matches(
        self, names: Sequence[str], stories: Mapping[int, int], since: datetime, until: datetime
    ) -> tuple[WeekMatch, ...]:
        """What topics match among articles first seen in that time; not what was there before a feed's first
        poll, nor what a topic no longer matches. `stories` maps articles that are being grouped right now.
        """
        query = (
            select(articles, matches.c.tier, topics.c.name, stories_table.c.muted_at)
            .select_from(matches.join(topics).join(articles))
            .outerjoin(stories_table, stories_table.c.id == articles.c.story_id)
            .where(topics.c.name.in_(names), matches.c.stale_since.is_(None))
            .where(or_(matches.c.origin != Origin.BASELINE, articles.c.is_mailable))
            .where(articles.c.first_seen_at > since, articles.c.first_seen_at <= until)
            .order_by(articles.c.first_seen_at, articles.c.id, topics.c.name)
        )
        with self._database.read() as connection:
            return tuple(
                WeekMatch(
                    topic=row.name,
                    tier=row.tier,
                    story_id=stories.get(row.id) or row.story_id or row.id,
                    article=article_from_row(row),
                    is_muted=row.muted_at is not None,
                )
                for row in connection.execute(query)
            )

    def coverage(self, since: datetime, now: datetime) -> Coverage:
        with self._database.read() as connection:
            return coverage_since(connection, since_moment(since), now)

    def idle_feeds(self, now: datetime) -> tuple[FeedTrouble, ...]:
        """Feeds that have failed for two weeks, or have brought nothing new for two months."""
        with self._database.read() as connection:
            return idle_feeds(connection, now)
