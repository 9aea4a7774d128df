"""Feeds, their polls, and what keeps them from being asked: holds and outages."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table

from monitor.store.tables.base import UtcDateTime, metadata

# A feed taken out of the config keeps its row (is_configured is false): put back, it goes on
# with its validators and has no second first poll. What its licence allows is kept, too (docs/decisions/0064).
# off_since, off_until: when its owner paused it (enabled = false) the last time.
feeds = Table(
    "feeds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", String, nullable=False, unique=True),
    Column("host", String, nullable=False),
    Column("origin", String, nullable=False, default=""),
    Column("outlet", String, nullable=False, default=""),
    Column("title", String, nullable=False, default=""),
    Column("language", String, nullable=False, default=""),
    Column("is_configured", Boolean, nullable=False, default=True),
    Column("etag", LargeBinary),
    Column("last_modified", LargeBinary),
    Column("body_hash", String, nullable=False, default=""),
    Column("next_poll_at", UtcDateTime, nullable=False, index=True),
    Column("polled_at", UtcDateTime),
    Column("succeeded_at", UtcDateTime),
    Column("baseline_at", UtcDateTime),
    Column("failures", Integer, nullable=False, default=0),
    Column("failing_since", UtcDateTime),
    Column("problem", String),
    Column("problem_detail", String, nullable=False, default=""),
    Column("gone_since", UtcDateTime),
    Column("hints", JSON),
    Column("is_baseline_open", Boolean, nullable=False, default=False),
    Column("validators_from", String, nullable=False, default=""),
    Column("fetched_at", UtcDateTime),
    Column("probed_at", UtcDateTime),
    Column("arrivals", JSON),
    Column("turnover", Integer),  # seconds
    Column("moving_to", String, nullable=False, default=""),
    Column("moving_since", UtcDateTime),
    Column("moving_sightings", Integer, nullable=False, default=0),
    Column("moved_to", String, nullable=False, default=""),
    Column("moved_at", UtcDateTime),
    Column("paused_at", UtcDateTime),
    Column("window", LargeBinary),
    Column("hold_until", UtcDateTime),
    Column("shows_several", Boolean, nullable=False, default=False),
    Column("off_since", UtcDateTime),
    Column("off_until", UtcDateTime),
    Column("is_paid", Boolean, nullable=False, default=False),
    Column("keep_text", Integer),  # seconds
    Column("is_quotable", Boolean, nullable=False, default=True),
    Column("texts_removed_to", Integer, nullable=False, default=0),  # an article's id
    Column("kind", String, nullable=False, default=""),
    Column("parts", JSON),
)

# The URLs a feed had before it moved: put back into the config, they lead to the same row.
former_urls = Table(
    "former_urls",
    metadata,
    Column("url", String, primary_key=True),
    Column("feed_id", ForeignKey("feeds.id"), nullable=False, index=True),
)

# An origin (scheme, host, port) that asked for quiet in an answer to a feed of its own gets it from all its feeds
# (Retry-After, rule P8). asked_by is the URL of that feed.
holds = Table(
    "holds",
    metadata,
    Column("origin", String, primary_key=True),
    Column("until", UtcDateTime, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
)

# Times in which no server at all could be reached: no feed is blamed for them (rule P12).
outages = Table(
    "outages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("began_at", UtcDateTime, nullable=False),
    Column("probed_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)

# The ledger: fetched = new + known + duplicate + refused; left_out is part of refused, recovered of new.
polls = Table(
    "polls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("feed_id", ForeignKey("feeds.id"), nullable=False, index=True),
    Column("polled_at", UtcDateTime, nullable=False, index=True),
    Column("status", String, nullable=False),
    Column("detail", String, nullable=False, default=""),
    Column("fetched", Integer, nullable=False, default=0),
    Column("new", Integer, nullable=False, default=0),
    Column("known", Integer, nullable=False, default=0),
    Column("changed", Integer, nullable=False, default=0),
    Column("duplicate", Integer, nullable=False, default=0),
    Column("refused", Integer, nullable=False, default=0),
    Column("late", Integer, nullable=False, default=0),
    Column("elapsed_ms", Integer, nullable=False, default=0),
    Column("left_out", Integer, nullable=False, default=0),
    Column("gap_since", UtcDateTime),
    Column("reached", Boolean),
    Column("recovered", Integer, nullable=False, default=0),
    Column("is_gap_closed", Boolean, nullable=False, default=False),
    sqlite_autoincrement=True,  # what has a higher id than an edition knew came after it
)
