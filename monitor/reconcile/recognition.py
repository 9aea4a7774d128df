"""What each item of a document is: an article that is stored, perhaps under another name, a repetition, or news.

First by key, which is proof; then by alias, which is a hint and needs the words or the date to agree. The
state of the feed plays no part, and what becomes of an article is decided in `articles`.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, islice

from monitor.model.update import KnownArticle, Stored
from monitor.reconcile.identity import Identity, free_key, stored_article

ISSUES_APART = timedelta(hours=20)
"""A daily column keeps its headline and its page: with other words and a date so far off it is the next issue."""

MOST_NAMESAKES = 500
"""Of the free articles under one alias only the latest are looked at: thousands of items with one page and one headline
would else be held against thousands of articles each.
"""


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
    company = _Company(stored, is_aggregator=is_aggregator)
    for sighting in known.values():
        company.admit(sighting.identity, sighting.article)
    duplicates, gone = set[str](), set[str]()
    unknown = [each for each in items if each.name not in known]
    for each in sorted(unknown, key=lambda item: (not company.remembers(item), item.name)):
        article = company.free(each)
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
    """The items of the document that are accounted for, and the articles that none of them has turned out to be."""

    def __init__(self, stored: Stored, *, is_aggregator: bool) -> None:
        self._is_aggregator = is_aggregator
        self._said = set[Hashable]()
        self._free: defaultdict[Hashable, dict[int, KnownArticle]] = defaultdict(dict)
        for alias, articles in stored.by_alias.items():
            for article in articles:
                self._free[alias][article.id] = article
                self._free[alias, article.content_hash][article.id] = article

    def admit(self, item: Identity, article: KnownArticle | None) -> None:
        self._said.update(self._sayings(item))
        if article:
            for alias in {*item.aliases, article.link_alias, article.guid_alias}:
                self._free[alias].pop(article.id, None)
                self._free[alias, article.content_hash].pop(article.id, None)

    def remembers(self, item: Identity) -> bool:
        """Whether a free article that shares an alias has the words of the item, too."""
        words = item.content_hash
        return any(self._free[alias, words] for alias in item.aliases)

    def free(self, item: Identity) -> KnownArticle | None:
        """The stored article that this item is under another name."""
        return next((each for each in self._namesakes(item) if self._is_aggregator or _is_same_issue(item, each)), None)

    def has_said(self, item: Identity) -> bool:
        """Whether the document has the same twice. Its publisher tells the two apart, so their words must be equal."""
        return not self._said.isdisjoint(self._sayings(item))

    def _namesakes(self, item: Identity) -> Iterator[KnownArticle]:
        """The free articles that share an alias, those with the same words first, then the older ones."""
        words = item.content_hash
        yield from self._latest((alias, words) for alias in item.aliases)
        yield from self._latest(item.aliases)

    def _latest(self, places: Iterable[Hashable]) -> list[KnownArticle]:
        """In the order of their ids."""
        latest = (islice(reversed(self._free[place].items()), MOST_NAMESAKES) for place in places)
        return [article for _, article in sorted(dict(chain.from_iterable(latest)).items())]

    def _sayings(self, item: Identity) -> Iterator[Hashable]:
        """What another item that says the same has in common with it. Of a headline alone the date must agree."""
        for alias in item.aliases:
            if self._is_aggregator:
                yield alias
            elif item.item.text or item.item.published is not None:
                yield alias, item.content_hash, None if item.item.text else item.item.published


def _is_same_issue(item: Identity, article: KnownArticle) -> bool:
    if item.item.text and item.content_hash == article.content_hash:
        return True
    one, other = item.item.published, article.published_at
    return one is None or other is None or abs(one - other) < ISSUES_APART
