"""The tables, as SQLAlchemy Core sees them. `migrations/` builds them; a test holds the two together.

Rows are not objects: nothing lazy leaves the store. Times are stored as UTC and come back aware.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC. A naive one is a mistake of ours and is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# A feed taken out of the config keeps its row (is_configured is false): put back, it goes on
# with its validators and has no second first poll.
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

# story_id is the id of the story's first article; null until a digest groups it. By its aliases an article
# is recognised when its guid or address has changed (rule I3).
articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("feed_id", ForeignKey("feeds.id"), nullable=False),
    Column("key", String, nullable=False),
    Column("link", String, nullable=False, default=""),
    Column("title", String, nullable=False, default=""),
    Column("text", Text, nullable=False, default=""),
    Column("outlet", String, nullable=False, default=""),
    Column("language", String, nullable=False, default=""),
    Column("published_at", UtcDateTime),
    Column("first_seen_at", UtcDateTime, nullable=False, index=True),
    Column("arrival", String, nullable=False),
    Column("is_mailable", Boolean, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("revisions", Integer, nullable=False, default=0),
    Column("story_id", ForeignKey("articles.id"), index=True),
    Column("link_alias", BigInteger),
    Column("guid_alias", BigInteger),
    Column("author", String, nullable=False, default=""),
    Column("categories", JSON, nullable=False, default=list),
    UniqueConstraint("feed_id", "key"),
    Index(None, "feed_id"),  # the latest of a feed, by id
    Index(None, "feed_id", "link_alias"),
    Index(None, "feed_id", "guid_alias"),
    sqlite_autoincrement=True,  # an id is never given twice: people and stories refer to it
)

# What texts of a feed begin or end with: folded words and a sample as written, and how often since when.
# left_out_since: from then on it is left out of matching; null: of quotes only.
boilerplate = Table(
    "boilerplate",
    metadata,
    Column("feed_id", ForeignKey("feeds.id"), primary_key=True),
    Column("side", String, primary_key=True),
    Column("words", String, primary_key=True),
    Column("sample", String, nullable=False),
    Column("items", Integer, nullable=False),
    Column("of_items", Integer, nullable=False),
    Column("days", Integer, nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("left_out_since", UtcDateTime),
    sqlite_with_rowid=False,
)

# What is left of articles that retention took: hashes of what they are recognised by, so that none comes back
# as news (rule I10). seen_at: when the feed last had it, to the month.
tombstones = Table(
    "tombstones",
    metadata,
    Column("feed_id", ForeignKey("feeds.id"), primary_key=True),
    Column("trace", BigInteger, primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)

# In how many articles each word is, as they were when they were stored first; "" is in all of them. It only grows.
words = Table(
    "words",
    metadata,
    Column("word", String, primary_key=True),
    Column("articles", Integer, nullable=False),
    sqlite_with_rowid=False,  # the word is the row
)

# Facts about a story; its id is that of its first article, which may be deleted.
stories = Table(
    "stories",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("muted_at", UtcDateTime),
)

# What an article said before an edit.
revisions = Table(
    "revisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False, index=True),
    Column("replaced_at", UtcDateTime, nullable=False),
    Column("link", String, nullable=False),
    Column("title", String, nullable=False),
    Column("text", Text, nullable=False),
    sqlite_autoincrement=True,  # what has a higher id than an edition knew came after it
)

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

# Without an edition: a mail to the operator. `repairs`: it is a copy of that one, in plain text because the server
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

# Notes to the operator: a condition, since when, when it was reported, when it ended.
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
