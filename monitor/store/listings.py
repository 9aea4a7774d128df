"""What editions listed: stories with their articles, the topic of each, and what leads a topic. Reads only."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from monitor.model.article import Article
from monitor.model.edition import UNSEEN, Form
from monitor.model.edition_input import StoryFacts
from monitor.model.ids import ArticleId, EditionId, StoryId
from monitor.model.past import ListedTopic
from monitor.store.article_rows import WHOLE, article_from_row
from monitor.store.editions import id_of_digest
from monitor.store.group import Group, among
from monitor.store.tables import articles, editions, listings, topics
from monitor.store.tables import stories as muted_stories

LEADING = (Form.STORY, Form.PASSING, Form.LATE, Form.BACKFILL, Form.BASELINE)
"""The forms in which an edition lists what a reader may want to find again, the best first."""

IN_FULL = (Form.STORY, Form.ALSO)


class ListingStore(Group):
    """What was listed."""

    def leading(self, edition_ids: Collection[EditionId], most: int) -> dict[EditionId, tuple[ListedTopic, ...]]:
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
        found: defaultdict[EditionId, defaultdict[str, list[ArticleId]]] = defaultdict(lambda: defaultdict(list))
        with self._database.read() as connection:
            for row in connection.execute(query):
                found[row.edition_id][row.name].append(row.article_id)
        return {
            edition: tuple(ListedTopic(topic=name, article_ids=tuple(ids)) for name, ids in by_topic.items())
            for edition, by_topic in found.items()
        }


def story_facts(
    connection: Connection,
    digest: str,
    story_ids: set[StoryId],
    stories: Mapping[ArticleId, StoryId],
    now: datetime,
    last_article: int,
) -> dict[StoryId, StoryFacts]:
    """These stories with all their articles up to that one, and what this digest has reported of each. `stories` maps
    articles that are being grouped right now. A `shown_at` in the future means that the clock was ahead; it counts as
    now.
    """
    joining = [article_id for article_id, story_id in stories.items() if story_id in story_ids]
    is_member = among(articles.c.story_id, story_ids) | among(articles.c.id, joining)
    query = (
        select(*WHOLE).where(is_member, articles.c.id <= last_article).order_by(articles.c.first_seen_at, articles.c.id)
    )
    shown = _shown_in_full(connection, digest, story_ids)
    is_muted = and_(among(muted_stories.c.id, story_ids), muted_stories.c.muted_at.is_not(None))
    muted = set(connection.scalars(select(muted_stories.c.id).where(is_muted)))
    listed, dropped = _listed(connection, digest, story_ids), _dropped(connection, digest, story_ids)
    members: dict[StoryId, list[Article]] = {}
    for row in connection.execute(query):
        members.setdefault(stories.get(row.id) or row.story_id, []).append(article_from_row(row, now))
    return {
        story_id: StoryFacts(
            id=story_id,
            first_seen_at=each[0].first_seen_at,
            articles=tuple(each),
            shown_at=min(shown[story_id], now) if story_id in shown else None,
            listed=listed & {article.id for article in each},
            is_muted=story_id in muted,
            dropped=dropped & {article.id for article in each},
        )
        for story_id, each in members.items()
    }


def _listed(connection: Connection, digest: str, story_ids: set[StoryId]) -> frozenset[ArticleId]:
    """The articles of these stories that this digest has printed, in full or in a line."""
    return _of_digest(connection, digest, story_ids, listings.c.form.not_in(UNSEEN))


def _dropped(connection: Connection, digest: str, story_ids: set[StoryId]) -> frozenset[ArticleId]:
    """Those that a person has left out of an edition of this digest."""
    return _of_digest(connection, digest, story_ids, listings.c.form == Form.DROPPED)


def _of_digest(
    connection: Connection, digest: str, story_ids: set[StoryId], condition: ColumnElement[bool]
) -> frozenset[ArticleId]:
    of_story = (listings.c.digest_id == id_of_digest(digest), condition, among(articles.c.story_id, story_ids))
    return frozenset(connection.scalars(select(listings.c.article_id).join(articles).where(*of_story)))


def _shown_in_full(connection: Connection, digest: str, story_ids: set[StoryId]) -> dict[StoryId, datetime]:
    """When the edition that last showed them in full was made."""
    last = (
        select(articles.c.story_id, func.max(listings.c.edition_id).label("edition_id"))
        .select_from(listings.join(articles))
        .where(
            listings.c.digest_id == id_of_digest(digest),
            listings.c.form.in_(IN_FULL),
            among(articles.c.story_id, story_ids),
        )
        .group_by(articles.c.story_id)
        .subquery()
    )
    query = select(last.c.story_id, editions.c.made_at).join_from(last, editions, editions.c.id == last.c.edition_id)
    return {row.story_id: row.made_at for row in connection.execute(query)}


def listed_under(connection: Connection, digest: str, article_ids: set[ArticleId]) -> dict[ArticleId, str]:
    """Article → the topic under which it was listed: in full rather than in one line, and that rather than as a pointer
    to another topic.
    """
    best_first = (listings.c.form.in_(IN_FULL), listings.c.form != Form.POINTER)
    query = (
        select(listings.c.article_id, topics.c.name)
        .join(topics)
        .where(
            listings.c.digest_id == id_of_digest(digest),
            among(listings.c.article_id, article_ids),
            listings.c.form.not_in(UNSEEN),
        )
        .order_by(*best_first, listings.c.edition_id.desc(), topics.c.name.desc())
    )
    return {row.article_id: row.name for row in connection.execute(query)}
