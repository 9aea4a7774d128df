"""An article with its matches and feed → the facts that an export has of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.export.sources import Sources
from monitor.model.exported import ExportedArticle
from monitor.model.history import StoredMatch
from monitor.model.match import Evidence

Record = Mapping[str, Any]
"""The facts of one article, by the keys of docs/export.schema.json. What is not known is None."""


def record_of(exported: ExportedArticle, sources: Sources) -> Record:
    article = exported.article
    return {
        "id": article.id,
        "first_seen_at": moment(article.first_seen_at),
        "published_at": None if article.published_at is None else moment(article.published_at),
        "arrival": str(article.arrival),
        "feed": {"name": exported.feed, "url": exported.feed_url},
        "outlet": article.outlet or None,
        "publisher": sources.publisher(exported) or None,
        "country": sources.country(exported) or None,
        "via": article.via or None,
        "language": article.shown_language or None,
        "author": article.author or None,
        "is_paid": article.is_paid,
        "title": article.title,
        "url": article.link or None,
        "text": quoted(exported),
        "categories": list(article.categories),
        "topics": [_topic(each) for each in exported.matches],
        "story_id": exported.story_id,
    }


def quoted(exported: ExportedArticle) -> str | None:
    """What an export quotes of the article beside its headline and the words that prove its matches; None if nothing.

    The one place where that is decided.
    """
    return exported.article.text or None


def moment(at: datetime) -> str:
    """RFC 3339, in UTC, whole seconds."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _topic(stored: StoredMatch) -> Record:
    return {
        "name": stored.match.topic,
        "tier": str(stored.match.tier),
        "origin": str(stored.origin),
        "matched_at": moment(stored.matched_at),
        "on_page": stored.match.is_by_page,
        "evidence": [_evidence(each) for each in stored.match.evidence],
    }


def _evidence(proof: Evidence) -> Record:
    return {"group": proof.group, "term": proof.term, "found": proof.found, "field": proof.field}
