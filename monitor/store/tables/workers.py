"""Several processes on one database: who is there, who leads, and what each of them has for itself."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from monitor.store.tables.base import UtcDateTime, metadata

# A process that polls, delivers or leads. Its times are the server's. Once it has ended, in its own words or because
# it gave no sign of life, it writes nothing more: its id is the fencing token of all that it does.
workers = Table(
    "workers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),  # of its sessions
    Column("does", String, nullable=False),  # words with a space between: "poll", "deliver", "lead"
    Column("version", String, nullable=False),
    Column("topics", String, nullable=False),  # a hash of what it matches
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, index=True),
    sqlite_autoincrement=True,
)

# What one worker has for itself: a host that it asks, a recipient whom it sends to. A host that nobody has keeps its
# row for a while: asked_at says when it was asked last.
leases = Table(
    "leases",
    metadata,
    Column("kind", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("worker_id", ForeignKey("workers.id"), index=True),
    Column("asked_at", UtcDateTime),
)

# One row, or none: who leads, and by which topics articles are matched. "" while stored articles are matched again.
leadership = Table(
    "leadership",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("worker_id", ForeignKey("workers.id"), nullable=False),
    Column("topics", String, nullable=False),
)
