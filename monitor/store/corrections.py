"""Edits of what a digest has shown, and which of them it has reported as corrections."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, union_all

from monitor.model.edition import UNSEEN
from monitor.model.edition_input import Edit, HighWater
from monitor.model.ids import ArticleId
from monitor.policy.licences import is_over
from monitor.store.article_rows import WHOLE, article_from_row, kept_of
from monitor.store.editions import id_of_digest
from monitor.store.group import among
from monitor.store.tables import articles, corrections, editions, listings, revisions, stories, topics


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
    rows = connection.execute(_in_the_words_shown(digest, edited)).all()
    named: defaultdict[ArticleId, list[str]] = defaultdict(list)
    names = select(listings.c.article_id, topics.c.name).join(topics).where(*_shown_by(digest))
    for row in connection.execute(names.where(among(listings.c.article_id, [row.id for row in rows]))):
        named[row.article_id].append(row.name)
    return tuple(
        Edit(
            article=article_from_row(row, now),
            title=row.was,
            text="" if is_over(row.first_seen_at, kept_of(row.kept_seconds), now) else row.said,
            shown_at=min(row.made_at, now),
            topics=tuple(sorted(named[row.id])),
        )
        for row in rows
    )


def _shown_by(digest: str) -> tuple[ColumnElement[bool], ...]:
    """Which listings a reader of the digest saw.

    + 0: SQLite shall find them by article, and not go through all that the digest has shown in years.
    """
    return listings.c.digest_id + 0 == id_of_digest(digest), listings.c.form.not_in(UNSEEN)


def _in_the_words_shown(digest: str, edited: Collection[ArticleId]) -> Select[Any]:
    """Of these articles those that the digest has shown, each with its words (`was`, `said`) at the last edition that
    showed it or said that it was corrected: those that its first edit after that edition replaced.
    """
    said = union_all(
        select(listings.c.article_id, listings.c.edition_id).where(
            *_shown_by(digest), among(listings.c.article_id, edited)
        ),
        select(corrections.c.article_id, corrections.c.edition_id)
        .join(editions)
        .where(editions.c.digest_id + 0 == id_of_digest(digest), among(corrections.c.article_id, edited)),
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
    return (
        select(*WHOLE, revisions.c.title.label("was"), revisions.c.text.label("said"), editions.c.made_at)
        .select_from(last)
        .join(editions, editions.c.id == last.c.edition_id)
        .join(articles, articles.c.id == last.c.article_id)
        .join(revisions, revisions.c.id == first_edit)
        .outerjoin(stories, stories.c.id == articles.c.story_id)
        .where(stories.c.muted_at.is_(None))
        .order_by(articles.c.id)
    )
