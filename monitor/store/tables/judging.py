"""What resembles a topic, what was said about it, and what was found to be missed."""

from sqlalchemy import JSON, Boolean, Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text

from monitor.store.tables.base import UtcDateTime, metadata

# The best likeness to a topic that an unmatched article of a UTC day had. It can be calculated again from the articles
# and matches; `basis` names those that it was calculated from, so that a value is used only while they are the same.
likeness_days = Table(
    "likeness_days",
    metadata,
    Column("topic_id", ForeignKey("topics.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("basis", String, nullable=False),
    Column("best", Float, nullable=False),
    sqlite_with_rowid=False,
)

# The lines below "Perhaps also": an article that resembles a topic is shown there once per digest and topic, and not
# listed by it. why: the words behind the headline.
perhaps_lines = Table(
    "perhaps_lines",
    metadata,
    Column("digest_id", ForeignKey("digests.id"), primary_key=True),
    Column("topic_id", ForeignKey("topics.id"), primary_key=True),
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("edition_id", ForeignKey("editions.id"), nullable=False, index=True),
    Column("place", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Index(None, "article_id"),
)

# What a person said: whether an article belongs to a topic. source: where they were asked.
judgements = Table(
    "judgements",
    metadata,
    Column("topic_id", ForeignKey("topics.id"), primary_key=True),
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("is_relevant", Boolean, nullable=False),
    Column("judged_at", UtcDateTime, nullable=False),
    Column("source", String, nullable=False),
    Index(None, "article_id"),
)

# The results of audits (model.audit). near: the articles that lack one thing or resemble the topic; elsewhere: all
# others. Of each, how many there are, how many a person judged, and how many of these belong to the topic.
audits = Table(
    "audits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("topic_id", ForeignKey("topics.id"), nullable=False, index=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("near", Integer, nullable=False),
    Column("near_judged", Integer, nullable=False),
    Column("near_relevant", Integer, nullable=False),
    Column("estimate", Float, nullable=False),
    Column("low", Integer, nullable=False),
    Column("high", Integer, nullable=False),
    Column("elsewhere", Integer, nullable=False),
    Column("elsewhere_judged", Integer, nullable=False),
    Column("elsewhere_relevant", Integer, nullable=False),
)

# What people reported as missed. subject: the URL or the words; topic and article where they are known; finding: why it
# was missed, in one sentence; closed_at: when the case was closed.
missed_reports = Table(
    "missed_reports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject", String, nullable=False),
    Column("topic", String, nullable=False),
    Column("article_id", Integer),  # not a foreign key: the case outlives the article
    Column("cause", String, nullable=False),
    Column("finding", Text, nullable=False),
    Column("reported_at", UtcDateTime, nullable=False, index=True),
    Column("closed_at", UtcDateTime),
)

# What a change of a topic by its owner did to its matches of the last `hours`. before: null if the topic was new.
rule_changes = Table(
    "rule_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("topic_id", ForeignKey("topics.id"), nullable=False, index=True),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("hours", Integer, nullable=False),
    Column("before", Integer),
    Column("after", Integer, nullable=False),
    Column("entered", Integer, nullable=False),
    Column("left", Integer, nullable=False),
    sqlite_autoincrement=True,  # what has a higher id than an edition knew came after it
)

# Changes of topics by their owner for which stored articles are being matched again: what the topic matched before,
# wherever that stops. last_article: what has a higher id came later, and was never matched by the old wording.
changes_begun = Table(
    "changes_begun",
    metadata,
    Column("topic_id", ForeignKey("topics.id"), primary_key=True),
    Column("is_new", Boolean, nullable=False),
    Column("matched", JSON, nullable=False),  # ids of articles
    Column("last_article", Integer, nullable=False),
)
