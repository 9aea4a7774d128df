"""Shares as the entries of an edition: a story in full, in one line, or as a pointer to where it is told."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.digest.excerpt import reasons, snippet
from monitor.digest.plain import direction, one_line
from monitor.digest.shares import Share, carriers, outlet_count
from monitor.model.article import Article
from monitor.model.edition import Item, Mention, Pointer, Told

LANGUAGE_CHARACTERS = 35
"""A BCP 47 tag is no longer (RFC 5646 §4.4.1); a feed may claim anything."""


def told(share: Share, *, also_under: tuple[str, ...], now: datetime, zone: ZoneInfo) -> Told:
    """The story in full, under the topic of `share`."""
    article, match = share.lead.article, share.lead.match
    others = _others(share)
    return Told(
        story_id=share.story.id,
        lead=item(article),
        tier=match.tier,
        snippet=snippet(article, match),
        reasons=reasons(article, match),
        also=tuple(item(other) for other in others),
        other_outlets=tuple(item(other) for other in _one_per_outlet(others, article.outlet)),
        outlets=outlet_count(share),
        day=days_between(share.story.first_seen_at, now, zone) + 1,
        continues=share.story.told_at is not None,
        also_under=also_under,
    )


def mention(share: Share, *, told_under: str = "", also_under: tuple[str, ...] = ()) -> Mention:
    return Mention(lead=item(share.lead.article), also=_also(share), told_under=told_under, also_under=also_under)


def pointer(share: Share, home: str) -> Pointer:
    """To `home`, the topic under which this edition tells the story in full."""
    return Pointer(lead=item(share.lead.article), also=_also(share), topic=home)


def pointer_back(share: Share, topic: str) -> Pointer:
    """To an earlier edition, which listed it under `topic` ("": this one)."""
    lead = item(share.lead.article)
    return Pointer(lead=lead, also=_also(share), topic=topic, told_at=share.story.told_at)


def item(article: Article) -> Item:
    title = one_line(article.title) or one_line(article.text, 120) or "(no title)"
    return Item(
        article_id=article.id,
        title=title,
        url=_web_address(article.link),
        outlet=one_line(article.outlet, 80) or "unnamed outlet",
        dated=article.dated,
        language=article.language if _is_tag(article.language) else "",
        direction=direction(title),
    )


def _also(share: Share) -> tuple[Item, ...]:
    """The other candidates: what is listed with the lead, and no more."""
    return tuple(item(candidate.article) for candidate in share.candidates[1:])


def _others(share: Share) -> tuple[Article, ...]:
    """The story's other articles the reader has not seen: those that match in their order, then the rest by date."""
    matching = [candidate.article for candidate in share.candidates]
    known = {*share.story.listed, *share.story.told_with, *(article.id for article in matching)}
    rest = (article for article in carriers(share.story) if article.id not in known)
    unmatched = sorted(rest, key=lambda article: (article.dated, article.id))
    return (*matching[1:], *unmatched)


def _one_per_outlet(articles: Iterable[Article], lead_outlet: str) -> tuple[Article, ...]:
    first: dict[str, Article] = {}
    for article in articles:
        first.setdefault(article.outlet.casefold(), article)
    first.pop(lead_outlet.casefold(), None)
    return tuple(first.values())


def days_between(earlier: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Local dates from one to the other: 0 within a day, also if a clock was set back."""
    return max((now.astimezone(zone).date() - earlier.astimezone(zone).date()).days, 0)


def _web_address(link: str) -> str:
    """The link as it is, if it is one a reader may follow (rule S8), else ""."""
    is_web = link.startswith(("http://", "https://")) and link.isprintable() and " " not in link
    return link if is_web else ""


def _is_tag(language: str) -> bool:
    return len(language) <= LANGUAGE_CHARACTERS and language.replace("-", "").isalnum() and language.isascii()
