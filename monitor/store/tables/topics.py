"""Topics and their matches."""

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table, UniqueConstraint

from monitor.store.tables.base import UtcDateTime, metadata

# matched_since: from when on stored articles are matched under this wording; null: from the first one.
topics = Table(
    "topics",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("fingerprint", String, nullable=False, default=""),
    Column("matched_since", UtcDateTime),
    Column("written", String),  # the owner's part of the wording; null: not known, or not looked for
)

matches = Table(
    "matches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("topic_id", ForeignKey("topics.id"), nullable=False),
    Column("article_id", ForeignKey("articles.id"), nullable=False, index=True),
    Column("rule", Integer, nullable=False),
    Column("tier", String, nullable=False),
    Column("origin", String, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("matched_at", UtcDateTime, nullable=False),
    Column("stale_since", UtcDateTime),  # when a changed topic took it back, though an edition had listed it
    UniqueConstraint("topic_id", "article_id"),
    sqlite_autoincrement=True,  # what has a higher id than an edition knew came after it
)
