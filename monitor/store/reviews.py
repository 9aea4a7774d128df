"""Drafts that wait for a person: made before their slot, decided on, and ended by an edition."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from monitor.errors import UsageError
from monitor.model.choice import Choice
from monitor.model.edition_input import HighWater, SlotKey
from monitor.model.ids import ArticleId, EditionId, StoryId
from monitor.model.review import NOT_AS_SEEN, Review, Reviewed, ReviewEnd
from monitor.store.editions import id_of_digest
from monitor.store.group import Group, from_row
from monitor.store.tables import articles, digests, review_choices, reviews


class ReviewStore(Group):
    """At most one draft of each digest is open; those that ended say what was done to their editions."""

    def open(self, digest: str) -> Review | None:
        """The draft of a digest that waits; None if there is none."""
        query = select(reviews).where(reviews.c.digest_id == id_of_digest(digest), reviews.c.edition_id.is_(None))
        with self._database.read() as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            chosen = select(review_choices).where(review_choices.c.review_id == row.id)
            choices = {each.story_id: from_row(Choice, each) for each in connection.execute(chosen)}
        knows = HighWater(
            articles=row.last_article,
            matches=row.last_match,
            polls=row.last_poll,
            revisions=row.last_revision,
            rule_changes=row.last_rule_change,
        )
        return from_row(Review, row, digest=digest, slot=(row.day, row.ordinal), knows=knows, choices=choices)

    def begin(
        self, digest: str, slot: SlotKey, knows: HighWater, stories: Mapping[ArticleId, StoryId], now: datetime
    ) -> None:
        """Store a draft with its grouping, so that its stories stay what they are. One that is open for another slot
        becomes this one, with what was decided on it.
        """
        values = {
            "day": slot[0],
            "ordinal": slot[1],
            "made_at": now,
            "last_article": knows.articles,
            "last_match": knows.matches,
            "last_poll": knows.polls,
            "last_revision": knows.revisions,
            "last_rule_change": knows.rule_changes,
        }
        is_open = (reviews.c.digest_id == id_of_digest(digest), reviews.c.edition_id.is_(None))
        grouped = [{"article": each, "story": story_id} for each, story_id in stories.items()]
        joins = update(articles).where(articles.c.id == bindparam("article")).values(story_id=bindparam("story"))
        with self._database.write() as connection:
            if grouped:
                connection.execute(joins, grouped)
            moved = update(reviews).where(*is_open).values(version=reviews.c.version + 1, **values)
            if not connection.execute(moved).rowcount:
                digest_id = connection.scalar(select(digests.c.id).where(digests.c.name == digest))
                connection.execute(insert(reviews).values(digest_id=digest_id, version=0, **values))

    def choose(self, review: Review, choices: Mapping[StoryId, Choice]) -> None:
        """Store what was decided on some stories of a draft. Raises UsageError if it is not as the person saw it."""
        rows = [{"review_id": review.id, "story_id": story, **asdict(choice)} for story, choice in choices.items()]
        as_seen = (reviews.c.id == review.id, reviews.c.edition_id.is_(None), reviews.c.version == review.version)
        with self._database.write() as connection:
            if not connection.execute(update(reviews).where(*as_seen).values(version=review.version + 1)).rowcount:
                raise UsageError(NOT_AS_SEEN)
            old = (review_choices.c.review_id == review.id, review_choices.c.story_id.in_(list(choices)))
            connection.execute(delete(review_choices).where(*old))
            if rows:
                connection.execute(insert(review_choices), rows)

    def of_editions(self) -> dict[EditionId, Reviewed]:
        """By edition that had a draft, what was done to it."""
        ended = select(reviews).where(reviews.c.edition_id.is_not(None))
        with self._database.read() as connection:
            rows = connection.execute(ended).all()
            of = [row.id for row in rows]
            found: dict[int, list[Choice]] = {}
            for each in connection.execute(select(review_choices).where(review_choices.c.review_id.in_(of))):
                found.setdefault(each.review_id, []).append(from_row(Choice, each))
        return {row.edition_id: _reviewed(row, found.get(row.id, [])) for row in rows}


def _reviewed(row: Row[Any], choices: list[Choice]) -> Reviewed:
    kept = [each for each in choices if not each.is_dropped]
    return Reviewed(
        made_at=row.made_at,
        is_released=row.is_released,
        dropped=len(choices) - len(kept),
        comments=sum(bool(each.comment) for each in kept),
        moved=sum(each.place is not None for each in kept),
    )


def end_review(connection: Connection, end: ReviewEnd, edition_id: EditionId) -> bool:
    """End a draft with its edition; False if it is not as it was when the edition was made of it."""
    as_made = (reviews.c.id == end.id, reviews.c.edition_id.is_(None), reviews.c.version == end.version)
    values = {"edition_id": edition_id, "is_released": end.is_released}
    return bool(connection.execute(update(reviews).where(*as_made).values(**values)).rowcount)
