"""Drafts that wait for a person, and what was decided on their stories."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, text

from monitor.store.tables.base import UtcDateTime, metadata

# One open draft a digest. last_…: the highest ids there were when it was made, as in `editions`.
reviews = Table(
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest_id", ForeignKey("digests.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("last_article", Integer, nullable=False),
    Column("last_match", Integer, nullable=False),
    Column("last_poll", Integer, nullable=False),
    Column("last_revision", Integer, nullable=False),
    Column("last_rule_change", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("edition_id", ForeignKey("editions.id"), index=True),  # that ended it
    Column("is_released", Boolean),
    Index("uq_reviews_open", "digest_id", unique=True, sqlite_where=text("edition_id IS NULL")),
)

# story_id is that of an article, which retention may take.
review_choices = Table(
    "review_choices",
    metadata,
    Column("review_id", ForeignKey("reviews.id"), primary_key=True),
    Column("story_id", Integer, primary_key=True),
    Column("is_dropped", Boolean, nullable=False),
    Column("comment", String, nullable=False),
    Column("place", Integer),
    Column("last_article", Integer, nullable=False),
)
