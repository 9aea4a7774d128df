"""Edits of what a digest has shown, and which of them it has reported as corrections."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, insert, literal, select, union_all

from monitor.model.edition import Form
from monitor.model.material import Edit, HighWater
from monitor.store.articles import article_from_row
from monitor.store.tables import articles, corrections, editions, listings, revisions, stories, topics
from monitor.store.told import among, id_of_digest


def last_revision(connection: Connection) -> int:
    return connection.scalar(select(func.max(revisions.c.id))) or 0


def edits_since(connection: Connection, digest: str, knew: HighWater, now: datetime) -> tuple[Edit, ...]:
    """What was edited since the edition that `knew` it, of all that this digest has shown: each article with the words
    in which the digest showed it last, or said last that it was corrected. Muted stories are left out.

    A time of showing to come is that of a clock that was ahead: it was before now.
    """
    edited = set(connection.scalars(select(revisions.c.article_id).where(revisions.c.id > knew.revisions)))
    if not edited:
        return ()
    digest_id = id_of_digest(digest)
    # + 0: SQLite shall find these by article, and not go through all that the digest has shown in years
    shown = (listings.c.digest_id + 0 == digest_id, listings.c.form != Form.MUTED)
    said = union_all(
        select(listings.c.article_id, listings.c.edition_id).where(*shown, among(listings.c.article_id, edited)),
        select(corrections.c.article_id, corrections.c.edition_id)
        .join(editions)
        .where(editions.c.digest_id + 0 == digest_id, among(corrections.c.article_id, edited)),
    ).subquery()
    last = (
        select(said.c.article_id, func.max(said.c.edition_id).label("edition_id"))
        .group_by(said.c.article_id)
        .subquery()
    )
    later = revisions.alias("later")
    first_edit = (
        select(func.min(later.c.id))
        .where(later.c.article_id == last.c.article_id, later.c.id > editions.c.last_revision)
        .scalar_subquery()
    )
    query = (
        select(articles, revisions.c.title.label("was"), revisions.c.text.label("said"), editions.c.made_at)
        .select_from(last)
        .join(editions, editions.c.id == last.c.edition_id)
        .join(articles, articles.c.id == last.c.article_id)
        .join(revisions, revisions.c.id == first_edit)
        .outerjoin(stories, stories.c.id == articles.c.story_id)
        .where(stories.c.muted_at.is_(None))
        .order_by(articles.c.id)
    )
    rows = connection.execute(query).all()
    named: defaultdict[int, list[str]] = defaultdict(list)
    names = select(listings.c.article_id, topics.c.name).join(topics).where(*shown)
    for row in connection.execute(names.where(among(listings.c.article_id, [row.id for row in rows]))):
        named[row.article_id].append(row.name)
    return tuple(
        Edit(
            article=article_from_row(row),
            title=row.was,
            text=row.said,
            shown_at=min(row.made_at, now),
            topics=tuple(sorted(named[row.id])),
        )
        for row in rows
    )


def insert_corrections(connection: Connection, edition_id: int, article_ids: Iterable[int]) -> None:
    """Of those that are still stored: one may have gone since."""
    stored = select(literal(edition_id), articles.c.id).where(among(articles.c.id, article_ids))
    connection.execute(insert(corrections).from_select(["edition_id", "article_id"], stored))
