"""Digests, their editions and slots, and what an edition listed or corrected."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from monitor.store.tables.base import UtcDateTime, metadata

digests = Table(
    "digests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("configured_at", UtcDateTime, nullable=False),
    Column("is_configured", Boolean, nullable=False, default=True),
)

# last_…: the highest ids there were when the edition began to be made; the rows may be gone.
editions = Table(
    "editions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest_id", ForeignKey("digests.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("slot", String, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("subject", String, nullable=False),
    Column("archived_at", UtcDateTime, index=True),
    Column("last_article", Integer, nullable=False),
    Column("last_match", Integer, nullable=False),
    Column("last_poll", Integer, nullable=False),
    Column("last_revision", Integer, nullable=False, server_default="0"),
    Column("last_rule_change", Integer, nullable=False, server_default="0"),
    Column("page", Text, nullable=False),  # last: what stands behind it costs reading it
    UniqueConstraint("digest_id", "kind", "slot"),
)

# At most one scheduled edition per digest, local date and place in that date, which counts from 1; one that catches up
# takes several.
slots = Table(
    "slots",
    metadata,
    Column("digest_id", ForeignKey("digests.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("edition_id", ForeignKey("editions.id"), nullable=False),
)

# What "once" rests on: one row per (digest, topic, article), whatever the edition.
listings = Table(
    "listings",
    metadata,
    Column("digest_id", ForeignKey("digests.id"), primary_key=True),
    Column("topic_id", ForeignKey("topics.id"), primary_key=True),
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("edition_id", ForeignKey("editions.id"), nullable=False, index=True),
    Column("form", String, nullable=False),
    Index(None, "article_id"),
)

# What an edition reported as corrected since an earlier one had shown it.
corrections = Table(
    "corrections",
    metadata,
    Column("edition_id", ForeignKey("editions.id"), primary_key=True),
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Index(None, "article_id"),
)
