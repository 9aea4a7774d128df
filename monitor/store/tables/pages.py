"""Pages behind articles, apart from the articles: what was asked for, what was read, and what their hosts said."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from monitor.store.tables.base import PackedText, UtcDateTime, metadata

# A row is an attempt, committed before the page is asked for: a page that may have been asked for is not asked again on
# that day. text: "" unless it counts; text_hash stays when the text goes.
pages = Table(
    "pages",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("host", String, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("kind", String, nullable=False, default=""),
    Column("reason", String, nullable=False, default=""),
    Column("text", PackedText, nullable=False, default=""),
    Column("text_hash", String, nullable=False, default=""),
    Column("fetched_at", UtcDateTime),
    Column("keep_until", UtcDateTime),
    Index(None, "host", "asked_at"),
    Index(None, "keep_until"),
)

# One row for each origin (scheme, name, port). robots: the document as it was read; memory: how many pages had each
# sentence (`pages.host_memory`). blocks: answers in a row that say 401, 403, 429 or 451.
page_hosts = Table(
    "page_hosts",
    metadata,
    Column("origin", String, primary_key=True),
    Column("robots_asked_at", UtcDateTime),
    Column("robots_status", Integer),
    Column("robots", LargeBinary, nullable=False, default=b""),
    Column("reservation", Text, nullable=False, default=""),
    Column("licences", JSON, nullable=False, default=list),
    Column("memory", JSON, nullable=False, default=list),
    Column("asked_at", UtcDateTime),
    Column("blocks", Integer, nullable=False, default=0),
    Column("left_alone_until", UtcDateTime),
    sqlite_with_rowid=False,
)
