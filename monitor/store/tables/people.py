"""Who is logged in on the page, which digests readers have paused, and the key of the links that let them."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from monitor.store.tables.base import UtcDateTime, metadata

# A token is stored as its hash alone: who reads the database cannot go on in somebody's session.
sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String, primary_key=True),
    Column("user", String, nullable=False, index=True),
    Column("password_mark", String, nullable=False),  # another one when the password or the role is another
    Column("began_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

# subject: "digest NAME", or "alerts".
pauses = Table(
    "pauses",
    metadata,
    Column("recipient", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
)

# One row, or none.
link_keys = Table(
    "link_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
)
