"""Instant alerts: which topics have them, what was noticed, and what each recipient got of it."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from monitor.store.tables.base import UtcDateTime, metadata

# The topics with alerts; of each the last match that was looked at. What came before the row was made alerts nothing.
alert_topics = Table(
    "alert_topics",
    metadata,
    Column("topic_id", ForeignKey("topics.id"), primary_key=True),
    Column("last_match", Integer, nullable=False),
)

# What "once" rests on for alerts: one row per (topic, story, ordinal). The article may be gone; the row stays.
alerts = Table(
    "alerts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("topic_id", ForeignKey("topics.id"), nullable=False),
    Column("story_id", Integer, nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("article_id", Integer, nullable=False, index=True),
    Column("noticed_at", UtcDateTime, nullable=False, index=True),
    Column("publishers", Integer, nullable=False),
    UniqueConstraint("topic_id", "story_id", "ordinal"),
    sqlite_autoincrement=True,  # the ids of messages are made of it
)

# Each alert for each of its recipients. state: waiting, sent or dropped; why and until: what holds or dropped it.
alert_recipients = Table(
    "alert_recipients",
    metadata,
    Column("alert_id", ForeignKey("alerts.id"), primary_key=True),
    Column("recipient", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("why", String, nullable=False, default=""),
    Column("until", UtcDateTime),
    Column("delivery_id", ForeignKey("deliveries.id"), index=True),
    Index(None, "state"),
)

# The messages in the outbox that carry alerts. owner: the topic, or all of several; slot: which of its messages.
alert_messages = Table(
    "alert_messages",
    metadata,
    Column("delivery_id", ForeignKey("deliveries.id"), primary_key=True),
    Column("recipient", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("slot", String, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Index(None, "recipient", "made_at"),
)
