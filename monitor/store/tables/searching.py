"""What the index of searches has to read again, and which articles somebody removed by hand."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table

from monitor.store.tables.base import UtcDateTime, metadata

# Articles that have changed or gone since they were indexed, in the order in which they did. Triggers write it (the
# migration 0023): whatever changes an article cannot forget to.
reindex = Table(
    "reindex",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", Integer, nullable=False),
    sqlite_autoincrement=True,
)

# Articles that were removed by `articles forget`. Nothing of their words is left.
removals = Table(
    "removals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", Integer, nullable=False, index=True),  # the row of the article is gone
    Column("feed_id", ForeignKey("feeds.id"), nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime, nullable=False),
)

# How many listings of an edition were of articles that were removed: what it counts stays as it was.
removed_listings = Table(
    "removed_listings",
    metadata,
    Column("edition_id", ForeignKey("editions.id"), primary_key=True),
    Column("listings", Integer, nullable=False),
)

# The same hashes as the tombstones of a removed article, kept for as long as its removal.
removal_traces = Table(
    "removal_traces",
    metadata,
    Column("trace", BigInteger, primary_key=True),
    Column("removal_id", ForeignKey("removals.id"), primary_key=True),
    sqlite_with_rowid=False,
)
