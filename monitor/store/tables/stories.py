"""Stories: what is known of one beyond its articles."""

from sqlalchemy import Column, Integer, Table

from monitor.store.tables.base import UtcDateTime, metadata

# Facts about a story; its id is that of its first article, which may be deleted.
stories = Table(
    "stories",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("muted_at", UtcDateTime),
)
