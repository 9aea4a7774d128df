"""What topics are tried on, and what is kept of it for a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from monitor.boilerplate import document_of
from monitor.match.explain import why
from monitor.model.article import Article
from monitor.model.boilerplate import Boilerplate
from monitor.model.ids import FeedId
from monitor.model.match import Document, Evidence, Match, Tier

Id = int | float | str
"""A stored article has a number; a line of a file has whatever it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article, stored or not. `seen_at`: when it was first seen, or the date it claims; None if neither is known.
    `via`: whom it names as its source beside the outlet. `is_paid`: whether its page has to be paid for.
    `text_removed_at`: when its text was removed for the licence of its feed.
    """

    id: Id
    document: Document
    seen_at: datetime | None = None
    link: str = ""
    via: str = ""
    is_paid: bool = False
    text_removed_at: datetime | None = None

    @property
    def day(self) -> date | None:
        """The UTC date it counts for."""
        return self.seen_at.astimezone(UTC).date() if self.seen_at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An article on a list, without its text. `evidence` is what was found in it, `reason` why it is listed."""

    id: Id
    title: str
    outlet: str
    link: str
    seen_at: datetime | None
    tier: Tier | None
    evidence: tuple[Evidence, ...]
    reason: str
    is_paid: bool = False


def entry_of(article: Article, shared: Mapping[FeedId, Sequence[Boilerplate]], page: str = "") -> Entry:
    """`shared`: by feed, what its texts begin or end with. `page`: the text of the page behind the article."""
    document = document_of(article, shared.get(article.feed_id, ()), article.first_seen_at)
    document = replace(document, page=page) if page else document
    return Entry(
        id=article.id,
        document=document,
        seen_at=article.first_seen_at,
        link=article.link,
        via=article.via,
        is_paid=article.is_paid,
        text_removed_at=article.text_removed_at,
    )


def finding(entry: Entry, match: Match | None, reason: str = "") -> Finding:
    """The article, with what `match` found in it; the reason is that, unless another one is given.

    A match may be older than the words: what is no longer where it was found is left out, unless the text was removed,
    or that of its page.
    """
    document = entry.document
    hits = match.evidence if match else ()
    evidence = tuple(
        hit
        for hit in hits
        if getattr(document, hit.field)[hit.start : hit.end] == hit.found
        or (hit.field == "text" and entry.text_removed_at)
        or (hit.field == "page" and not document.page)
    )
    return Finding(
        id=entry.id,
        title=document.title,
        outlet=document.outlet,
        link=entry.link,
        seen_at=entry.seen_at,
        tier=match.tier if match else None,
        evidence=evidence,
        reason=reason or why(evidence),
        is_paid=entry.is_paid,
    )
