"""Shares as entries of an edition: a story in full, in one line, or as a pointer to where it is shown."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.digest.excerpt import first_sentence, on_page, reasons, snippet
from monitor.digest.headlines import headlines
from monitor.digest.plain import direction
from monitor.digest.topic_stories import TopicStory, carrying, others_of, outlet_count
from monitor.model.article import Article
from monitor.model.edition_input import Candidate
from monitor.model.entries import Item, Mention, Pointer, Told
from monitor.model.voices import Publishers
from monitor.plain_text import one_line
from monitor.text import normalised_title
from monitor.url import registrable_domain
from monitor.voices import voices_of

LANGUAGE_CHARACTERS = 35
"""A BCP 47 tag is no longer (RFC 5646 §4.4.1); a feed may claim anything."""


def told(
    share: TopicStory, shares: Iterable[TopicStory], publishers: Publishers, *, now: datetime, zone: ZoneInfo
) -> Told:
    """The story in full, under the topic of `share`. `shares`: all of the story that have something new."""
    shares = tuple(shares)
    article, match, shared = share.lead.article, share.lead.match, share.lead.shared
    lead = matched_item(share.lead)
    others = tuple(replace(matched_item(other), under=under) for other, under in others_of(share, shares))
    return Told(
        story_id=share.story.id,
        lead=lead,
        tier=match.tier,
        snippet=snippet(article, match, shared),
        reasons=reasons(article, match),
        also=others,
        other_outlets=_one_per_outlet(others, lead),
        outlets=outlet_count(share),
        voices=voices_of(carrying(share), publishers),
        day=days_between(share.story.first_seen_at, now, zone) + 1,
        continues=share.story.shown_at is not None,
        headlines=headlines(lead, others),
        sentence=first_sentence(article, shared),
        also_under=tuple(other.topic for other in shares if other.topic != share.topic),
    )


def mention(share: TopicStory, home: TopicStory | None, *, also_under: tuple[str, ...] = ()) -> Mention:
    """The story in one line; `home` is the share that this edition shows in full, if any."""
    lead, also = matched_item(share.lead), _also(share)
    said, story = headlines(lead, also), share.story.id
    if home is None:
        return Mention(story_id=story, lead=lead, headlines=said, also=also, also_under=also_under)
    told_as = _told_as(lead, home)
    return Mention(story_id=story, lead=lead, headlines=said, also=also, told_under=home.topic, told_as=told_as)


def pointer(share: TopicStory, home: TopicStory) -> Pointer:
    """A pointer to `home`, the share that this edition shows in full."""
    return replace(pointer_back(share, home.topic), told_as=_told_as(item(share.lead.article), home), told_at=None)


def pointer_back(share: TopicStory, topic: str) -> Pointer:
    """A pointer to an earlier edition, which listed the story under `topic` ("": this one)."""
    lead, also = matched_item(share.lead), _also(share)
    return Pointer(
        story_id=share.story.id,
        lead=lead,
        headlines=headlines(lead, also),
        also=also,
        topic=topic,
        told_at=share.story.shown_at,
    )


def matched_item(candidate: Candidate) -> Item:
    """The article, with what of the topic stands on its page alone."""
    words = on_page(candidate.match)
    return replace(item(candidate.article), on_page=words, is_read_late=bool(words) and candidate.was_known)


def item(article: Article) -> Item:
    title = one_line(article.title) or one_line(article.text, 120) or "(no title)"
    return Item(
        article_id=article.id,
        title=title,
        url=_web_address(article.link),
        outlet=one_line(article.outlet, 80) or "unnamed outlet",
        via=one_line(article.via, 80),
        is_new_outlet=article.is_new_outlet,
        is_paid=article.is_paid,
        dated=article.dated,
        language=article.shown_language if _is_tag(article.shown_language) else "",
        direction=direction(title),
    )


def _also(share: TopicStory) -> tuple[Item, ...]:
    """The other candidates: only those that are listed with the lead."""
    return tuple(matched_item(candidate) for candidate in share.candidates[1:])


def _told_as(lead: Item, home: TopicStory) -> str:
    """The headline that the reader finds at `home`, if it is another one."""
    title = item(home.lead.article).title
    return "" if normalised_title(title) == normalised_title(lead.title) else title


def _one_per_outlet(items: Iterable[Item], lead: Item) -> tuple[Item, ...]:
    """Of each outlet that is not the lead's one item; of the same name at another domain one as well, for a name is
    no proof, and nobody's link may go for it.
    """
    first: dict[tuple[str, str], Item] = {}
    for each in items:
        first.setdefault(_speaker(each), each)
    first.pop(_speaker(lead), None)
    return tuple(first.values())


def _speaker(item: Item) -> tuple[str, str]:
    return item.outlet.casefold(), registrable_domain(item.url)


def days_between(earlier: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Local dates from one to the other: 0 within a day, also if a clock was set back."""
    return max((now.astimezone(zone).date() - earlier.astimezone(zone).date()).days, 0)


def _web_address(link: str) -> str:
    """The link unchanged, if it is safe to follow (rule S8), else ""."""
    is_web = link.startswith(("http://", "https://")) and link.isprintable() and " " not in link
    return link if is_web else ""


def _is_tag(language: str) -> bool:
    return len(language) <= LANGUAGE_CHARACTERS and language.replace("-", "").isalnum() and language.isascii()
