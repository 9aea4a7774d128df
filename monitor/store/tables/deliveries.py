"""Deliveries and their attempts."""

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table

from monitor.store.tables.base import UtcDateTime, metadata

# Without an edition: a mail to the operator. `repairs`: it is a copy of that one, in another form because the server
# would not have it, or sent again by hand. `named_in`: the message that tells the recipient that this one never came.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("edition_id", ForeignKey("editions.id"), index=True),
    Column("recipient", String, nullable=False, index=True),
    Column("message_id", String, nullable=False, unique=True),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("queued_at", UtcDateTime, nullable=False),
    Column("next_attempt_at", UtcDateTime, index=True),
    Column("finished_at", UtcDateTime),
    Column("answer", String, nullable=False, default=""),
    Column("repairs", ForeignKey("deliveries.id"), index=True),
    Column("named_in", ForeignKey("deliveries.id")),
    Column("body", LargeBinary, nullable=False),  # last: what stands behind it costs reading it
)

# What a delivery's attempts came to; equal ones in a row share a row.
attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("state", String, nullable=False),
    Column("answer", String, nullable=False),
    Column("times", Integer, nullable=False, default=1),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False, index=True),
)
