"""The tables, as SQLAlchemy Core sees them, one file for each aggregate.

`migrations/` builds them; a test compares the two. Rows are not objects: nothing lazy leaves the store. Times are
stored as UTC and come back aware.
"""

from monitor.store.tables.alerts import alert_messages, alert_recipients, alert_topics, alerts
from monitor.store.tables.articles import articles, boilerplate, outlets, revisions, tombstones, words
from monitor.store.tables.base import UtcDateTime, metadata
from monitor.store.tables.deliveries import attempts, deliveries
from monitor.store.tables.editions import corrections, digests, editions, listings, slots
from monitor.store.tables.feeds import feeds, former_urls, holds, outages, polls
from monitor.store.tables.judging import (
    audits,
    changes_begun,
    judgements,
    likeness_days,
    missed_reports,
    perhaps_lines,
    rule_changes,
)
from monitor.store.tables.operation import generations, installation, notes, requests, retention, setbacks
from monitor.store.tables.pages import page_hosts, pages
from monitor.store.tables.people import link_keys, pauses, sessions
from monitor.store.tables.reviews import review_choices, reviews
from monitor.store.tables.searching import reindex, removal_traces, removals, removed_listings
from monitor.store.tables.stories import stories
from monitor.store.tables.topics import matches, topics

__all__ = [
    "UtcDateTime",
    "alert_messages",
    "alert_recipients",
    "alert_topics",
    "alerts",
    "articles",
    "attempts",
    "audits",
    "boilerplate",
    "changes_begun",
    "corrections",
    "deliveries",
    "digests",
    "editions",
    "feeds",
    "former_urls",
    "generations",
    "holds",
    "installation",
    "judgements",
    "likeness_days",
    "link_keys",
    "listings",
    "matches",
    "metadata",
    "missed_reports",
    "notes",
    "outages",
    "outlets",
    "page_hosts",
    "pages",
    "pauses",
    "perhaps_lines",
    "polls",
    "reindex",
    "removal_traces",
    "removals",
    "removed_listings",
    "requests",
    "retention",
    "review_choices",
    "reviews",
    "revisions",
    "rule_changes",
    "sessions",
    "setbacks",
    "slots",
    "stories",
    "tombstones",
    "topics",
    "words",
]
