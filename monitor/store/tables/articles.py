"""Articles, what they said before an edit, what remains of those that went, and what was learned of their texts."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from monitor.store.tables.base import UtcDateTime, metadata

# story_id is the id of the story's first article; null until a digest groups it. By its aliases an article
# is recognised when its guid or address has changed (rule I3). text_runs: what copies of a text that was removed for
# the licence of its feed are known by; else empty.
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
    Column("via", String, nullable=False, default=""),
    Column("identified_language", String, nullable=False, default=""),  # of the text, where its feed names none
    Column("is_new_outlet", Boolean, nullable=False, default=False),
    Column("is_paid", Boolean, nullable=False, default=False),
    Column("text_removed_at", UtcDateTime),
    Column("text_runs", LargeBinary, nullable=False, default=b""),
    UniqueConstraint("feed_id", "key"),
    Index(None, "feed_id"),  # the latest of a feed, by id
    Index(None, "feed_id", "link_alias"),
    Index(None, "feed_id", "guid_alias"),
    Index(None, "link"),  # `why` looks an address up
    sqlite_autoincrement=True,  # an id is never given twice: people and stories refer to it
)

# The outlets that any feed has brought, case folded: what an aggregator brings of another one is marked.
outlets = Table(
    "outlets",
    metadata,
    Column("name", String, primary_key=True),
    Column("first_seen_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)

# What an article said before an edit.
revisions = Table(
    "revisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False, index=True),
    Column("replaced_at", UtcDateTime, nullable=False),
    Column("link", String, nullable=False, index=True),
    Column("title", String, nullable=False),
    Column("text", Text, nullable=False),
    sqlite_autoincrement=True,  # what has a higher id than an edition knew came after it
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

# Recurring beginnings and endings of a feed's texts: the folded words, a sample as written, how often it was seen, and
# since when.
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

# The number of articles with each word, as they were when they were first stored; "" is in all of them. It only grows.
words = Table(
    "words",
    metadata,
    Column("word", String, primary_key=True),
    Column("articles", Integer, nullable=False),
    sqlite_with_rowid=False,  # the word is the row
)
