"""Items of an aggregator whose publisher its owner does not want (`publishers` of a feed)."""

from dataclasses import replace

from monitor.model.feed import ParsedFeed, ParsedItem, ParseOutcome
from monitor.model.settings import FeedSettings, PublisherLists
from monitor.text import normalised_title
from monitor.url import registrable_domain


def wanted(parsed: ParseOutcome, feed: FeedSettings) -> ParseOutcome:
    """The document without such items. They count as refused, and come as news when the owner changes his mind and
    they are still in the feed.
    """
    if feed.publishers is None or not feed.aggregator or not isinstance(parsed, ParsedFeed):
        return parsed
    items = tuple(item for item in parsed.items if _is_wanted(item, feed.publishers))
    return replace(parsed, items=items, refused=parsed.refused + len(parsed.items) - len(items))


def _is_wanted(item: ParsedItem, publishers: PublisherLists) -> bool:
    """By the name of its publisher, or the domain of its page or its publisher's. `deny` wins over `allow`."""
    named = {normalised_title(name) for name in (item.source, *_domains(item)) if name}
    allow, deny = (set(map(normalised_title, names)) for names in (publishers.allow, publishers.deny))
    return not named & deny and (not allow or bool(named & allow))


def _domains(item: ParsedItem) -> tuple[str, ...]:
    return registrable_domain(item.source_url), registrable_domain(item.link)
