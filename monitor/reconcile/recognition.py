"""What each item of a document is: an article that is stored, perhaps under another name, a repetition, or news.

First by key, which is proof unless its publisher has used the name again (`reused_keys`); then by alias, which is a
hint and needs the words or the date to agree. `articles` decides what happens to an article.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, islice

from monitor.model.feed_update import KnownArticle, Stored
from monitor.reconcile.identity import Facet, Identity, free_key
from monitor.reconcile.reused_keys import ISSUES_APART, is_another, is_said_again
from monitor.reconcile.window import key_hash, key_hashes
from monitor.url import canonical_url, registrable_domain

SAME_MOMENT = timedelta(hours=1)
"""How far apart the dates of one article may be if headline and text are all by which it is known."""

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

    @property
    def is_earlier_issue(self) -> bool:
        """Whether its guid or address has gone to a later article."""
        return self.article.key == self.identity.issue


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """The distinct items of a document, each in one place and in its order. `gone`: stored once, until retention.

    `succeeded`: by the name of a new item, the stored article whose key it takes over. `repeated`: earlier articles
    under a name of which the words came again, as another article.
    """

    new: tuple[Identity, ...]
    known: tuple[Sighting, ...]
    gone: tuple[Identity, ...]
    duplicates: tuple[Identity, ...]
    succeeded: Mapping[str, KnownArticle] = field(default_factory=dict)
    repeated: tuple[KnownArticle, ...] = ()


def recognised(
    items: Sequence[Identity], stored: Stored, *, is_aggregator: bool, is_alone: bool = False, window: bytes = b""
) -> Recognised:
    """What each of `items` is; the order of the document decides nothing, and no article is taken for two items.

    `is_alone`: the feed has never shown two places at once. `window`: of the document before.
    """
    known = {
        each.name: Sighting(identity=each, article=article, key=article.key)
        for each in items
        if (article := _stored_article(each, stored, is_alone=is_alone))
    }
    known = _without_usurpers(known, items, stored)
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
        elif stored.tombstones and _is_forgotten(each, stored.tombstones, window):
            gone.add(each.name)
        company.admit(each, article)
    told = {*known, *gone, *duplicates}
    new = tuple(each for each in items if each.name not in told)
    return Recognised(
        new=new,
        succeeded=_succeeded(new, stored, {each.article.id for each in known.values()}),
        repeated=_repeated(items, known, stored),
        known=tuple(known[each.name] for each in items if each.name in known),
        gone=tuple(each for each in items if each.name in gone),
        duplicates=tuple(each for each in items if each.name in duplicates),
    )


def _stored_article(identity: Identity, stored: Stored, *, is_alone: bool) -> KnownArticle | None:
    """The stored article that this item is.

    A key at least as narrow as the item's own is proof. A plainer one, under which an article was stored while
    it had the guid to itself, is so only together with what tells the items apart now. Thus no two items
    of a document are ever taken for the same article. One with other words may be another all the same.
    """
    issue, holder = stored.by_key.get(identity.issue), stored.by_key.get(identity.keys[identity.own])
    if issue and not (holder and is_said_again(identity, holder, is_alone=is_alone)):
        return issue
    for facet in reversed(identity.keys):
        article = stored.by_key.get(identity.keys[facet])
        if article is None or not (facet >= identity.own or _agrees(article, identity)):
            continue
        if facet is Facet.TEXT or not is_another(identity, article, stored.past.get(article.id), is_alone=is_alone):
            return article
    return None


def _is_forgotten(identity: Identity, tombstones: Mapping[int, datetime], window: bytes) -> bool:
    """Whether it was stored once, until retention. Its guid or address alone is not proof if the document before did
    not have it, and it is dated after all that the feed is known to have had under it: a column that comes every month.
    """
    seen = [tombstones[trace] for trace in identity.tombstones if trace in tombstones]
    published = identity.item.published
    if not seen or published is None or published - max(seen) < ISSUES_APART:
        return bool(seen)
    has_words = not tombstones.keys().isdisjoint(identity.tombstones_of_words)
    return has_words or key_hash(identity.keys[identity.own]) in key_hashes(window)


def _repeated(items: Iterable[Identity], known: Mapping[str, Sighting], stored: Stored) -> tuple[KnownArticle, ...]:
    """The earlier articles with the words of an item that is not one of them."""
    found = {issue.id: issue for each in items if (issue := stored.by_key.get(each.issue))}
    for sighting in known.values():
        found.pop(sighting.article.id, None)
    return tuple(found.values())


def _without_usurpers(known: dict[str, Sighting], items: Sequence[Identity], stored: Stored) -> dict[str, Sighting]:
    """Without those that have nothing of their article but its guid, when another item has its words and its page."""
    places = {place for each in items if each.name not in known for place in _words_at(each, each.page_aliases)}
    wanted = {
        article.id
        for alias, articles in stored.by_alias.items()
        for article in articles
        if (alias, article.content_hash) in places
    }
    return {
        name: sighting
        for name, sighting in known.items()
        if sighting.article.id not in wanted or _resembles(sighting.identity, sighting.article)
    }


def _resembles(identity: Identity, article: KnownArticle) -> bool:
    return canonical_url(article.link) == identity.link or article.title == identity.item.title


def _agrees(article: KnownArticle, identity: Identity) -> bool:
    """Whether a key plainer than the item's own means the item and not another one that shares it."""
    same_link = canonical_url(article.link) == identity.link
    same_title = article.title == identity.item.title
    return {
        Facet.LINK: same_link,
        Facet.TITLE: same_link and same_title,
        Facet.TEXT: same_link and identity.has_words_of(article),
    }[identity.own]


def _succeeded(new: Iterable[Identity], stored: Stored, known: set[int]) -> dict[str, KnownArticle]:
    """By new item, the stored article that has the item's own key and is not another item of the document."""
    held = {each.name: stored.by_key.get(each.keys[each.own]) for each in new}
    return {name: article for name, article in held.items() if article and article.id not in known}


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
        return any(self._free[place] for place in _words_at(item, item.aliases))

    def free(self, item: Identity) -> KnownArticle | None:
        """The stored article that this item is under another name: not an earlier one of the name it has."""
        others = (each for each in self._namesakes(item) if not each.key.startswith(item.issues))
        return next((each for each in others if self._is_aggregator or _is_same_issue(item, each)), None)

    def has_said(self, item: Identity) -> bool:
        """Whether the document has the same twice. Its publisher tells the two apart, so their words must be equal."""
        return not self._said.isdisjoint(self._sayings(item))

    def _namesakes(self, item: Identity) -> Iterator[KnownArticle]:
        """The free articles that share an alias, those with the same words first, then the older ones."""
        yield from self._latest(_words_at(item, item.aliases))
        yield from self._latest(item.aliases)

    def _latest(self, places: Iterable[Hashable]) -> list[KnownArticle]:
        """In the order of their ids."""
        latest = (islice(reversed(self._free[place].items()), MOST_NAMESAKES) for place in places)
        return [article for _, article in sorted(dict(chain.from_iterable(latest)).items())]

    def _sayings(self, item: Identity) -> Iterator[Hashable]:
        """What another item that says the same has in common with it. Of a headline alone the date must agree."""
        for alias in item.names.pages:
            if self._is_aggregator:
                yield alias
            elif item.item.text or item.item.published is not None:
                yield alias, item.former_hash, None if item.item.text else item.item.published


def _words_at(item: Identity, aliases: Iterable[int]) -> Iterator[Hashable]:
    """Where an article with its words is, under each of these of its aliases."""
    return ((alias, words) for alias in aliases for words in (item.content_hash, item.former_hash))


def _is_same_issue(item: Identity, article: KnownArticle) -> bool:
    if not {article.link_alias, article.guid_alias} & {*item.page_aliases}:
        return _has_date_of(item, article)
    if item.item.text and item.has_words_of(article):
        return True
    if _is_elsewhere(item, article) and (item.item.text or not _is_of_one_date(item, article)):
        return False
    one, other = item.item.published, article.published_at
    return one is None or other is None or abs(one - other) < ISSUES_APART


def _is_elsewhere(item: Identity, article: KnownArticle) -> bool:
    """Whether only the path is the same, on the host of somebody else: `/news/closed` is a page of many towns."""
    here, there = item.item.link or item.item.guid, article.link or article.key.partition(":")[2]
    return article.link_alias not in item.page_aliases and registrable_domain(here) != registrable_domain(there)


def _is_of_one_date(item: Identity, article: KnownArticle) -> bool:
    return item.item.published == article.published_at or None in {item.item.published, article.published_at}


def _has_date_of(item: Identity, article: KnownArticle) -> bool:
    """Whether they are of one moment. "3 hours ago" moves with each request, so with a text an hour is the same."""
    one, other = item.item.published, article.published_at
    if one is None or other is None:
        return False
    return abs(one - other) <= (SAME_MOMENT if item.item.text else timedelta())
