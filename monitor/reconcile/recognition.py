"""What each item of a document is: an article that is stored, perhaps under another name, a repetition, or news.

First by key, which is proof; then by alias, which is a hint and needs the words or the date to agree. The
state of the feed plays no part, and what becomes of an article is decided in `articles`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.model.update import KnownArticle, Stored
from monitor.reconcile.identity import Identity, free_key, stored_article

ISSUES_APART = timedelta(hours=20)
"""A daily column keeps its headline and its page: with other words and a date so far off it is the next issue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A stored article as the document has it; `key` differs from the stored one if the publisher renamed it."""

    identity: Identity
    article: KnownArticle
    key: str

    @property
    def is_renamed(self) -> bool:
        return self.key != self.article.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """The distinct items of a document, each in one place and in its order. `gone`: stored once, until retention."""

    new: tuple[Identity, ...]
    known: tuple[Sighting, ...]
    gone: tuple[Identity, ...]
    duplicates: tuple[Identity, ...]


def recognised(items: Sequence[Identity], stored: Stored, *, is_aggregator: bool) -> Recognised:
    """What each of `items` is; the order of the document decides nothing, and no article is taken for two items."""
    known = {
        each.name: Sighting(identity=each, article=article, key=article.key)
        for each in items
        if (article := stored_article(each, stored.by_key))
    }
    company = _Company(is_aggregator=is_aggregator)
    for sighting in known.values():
        company.admit(sighting.identity, sighting.article)
    duplicates, gone = set[str](), set[str]()
    unknown = [(each, _namesakes(each, stored)) for each in items if each.name not in known]
    for each, namesakes in sorted(unknown, key=lambda pair: (_strangeness(pair[0], *pair[1][:1]), pair[0].name)):
        article = company.free(each, namesakes)
        if article is None and company.has_said(each):
            duplicates.add(each.name)
            continue
        if article:
            known[each.name] = Sighting(identity=each, article=article, key=free_key(each, stored.by_key))
        elif stored.remains and not stored.remains.isdisjoint(each.remains):
            gone.add(each.name)
        company.admit(each, article)
    told = {*known, *gone, *duplicates}
    return Recognised(
        new=tuple(each for each in items if each.name not in told),
        known=tuple(known[each.name] for each in items if each.name in known),
        gone=tuple(each for each in items if each.name in gone),
        duplicates=tuple(each for each in items if each.name in duplicates),
    )


class _Company:
    """The items of the document that are accounted for, and the articles they have turned out to be."""

    def __init__(self, *, is_aggregator: bool) -> None:
        self._is_aggregator = is_aggregator
        self._taken = set[int]()
        self._items: defaultdict[int, list[Identity]] = defaultdict(list)

    def admit(self, item: Identity, article: KnownArticle | None) -> None:
        for alias in item.aliases:
            self._items[alias].append(item)
        if article:
            self._taken.add(article.id)

    def free(self, item: Identity, namesakes: Iterable[KnownArticle]) -> KnownArticle | None:
        """The stored article that this item is under another name."""
        for article in namesakes:
            if article.id not in self._taken and (self._is_aggregator or _is_same_issue(item, article)):
                return article
        return None

    def has_said(self, item: Identity) -> bool:
        """Whether the document has the same twice. Its publisher tells the two apart, so their words must be equal."""
        namesakes = [each for alias in item.aliases for each in self._items[alias]]
        return any(self._is_aggregator or _is_repetition(item, each) for each in namesakes)


def _namesakes(item: Identity, stored: Stored) -> list[KnownArticle]:
    """The articles that share an alias, those with the same words first, then the older ones."""
    found = {article.id: article for alias in item.aliases for article in stored.by_alias.get(alias, ())}
    return sorted(found.values(), key=lambda article: (_strangeness(item, article), article.id))


def _strangeness(item: Identity, *articles: KnownArticle) -> bool:
    """False, and so before others, if one of the articles has the words of the item."""
    return all(article.content_hash != item.content_hash for article in articles)


def _is_same_issue(item: Identity, article: KnownArticle) -> bool:
    if item.item.text and item.content_hash == article.content_hash:
        return True
    one, other = item.item.published, article.published_at
    return one is None or other is None or abs(one - other) < ISSUES_APART


def _is_repetition(item: Identity, other: Identity) -> bool:
    is_dated_alike = item.item.published is not None and item.item.published == other.item.published
    return item.content_hash == other.content_hash and (item.item.text != "" or is_dated_alike)
