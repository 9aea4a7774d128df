"""What the running service keeps for itself: notes to the operator, requests of commands, setbacks, generations, and
how far retention may go.
"""

from sqlalchemy import JSON, Column, Index, Integer, String, Table

from monitor.store.tables.base import UtcDateTime, metadata

# Notes to the operator: a condition, since when, when it was reported (told_at), when it ended.
notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False),
    Column("text", String, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("told_at", UtcDateTime),
    Column("over_at", UtcDateTime, index=True),
    Index(None, "kind", "key"),
    sqlite_autoincrement=True,  # the Message-ID of a mail to the operator names the last note it tells
)

# Units of work that ended the process, by a hang or at the memory limit, and were not done since.
setbacks = Table(
    "setbacks",
    metadata,
    Column("kind", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("given", String, nullable=False),
    Column("because", String, nullable=False),
    Column("times", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)

# What commands ask of the daemon that runs beside them.
requests = Table(
    "requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("arguments", JSON, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("outcome", JSON),
)

# Each restore from a backup begins a generation; `last_edition` is the newest edition that the backup had.
generations = Table(
    "generations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", String, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("last_edition", Integer, nullable=False),
)

# What retention has announced, and how far it may go today: one row, or none.
retention = Table(
    "retention",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("keep_seconds", Integer, nullable=False),
    Column("announced_at", UtcDateTime, nullable=False),
    Column("day_began_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

# What tells the ids of outgoing feeds from those of all other installations: one row, or none.
installation = Table(
    "installation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", String, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
)
