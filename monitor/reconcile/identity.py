"""Which item of a document is which stored article.

An article is recognised by guid, else link, else words (rule I1). Where several items of a document
share that, they are distinguished by link, then title, then text (rule I2), and never by their order:
turned round or shuffled, a document means the same. The text is here the longest one an item has (`ParsedItem.body`),
as it was for earlier versions: a teaser or a caption makes no other article.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from monitor.model.feed import ParsedItem
from monitor.model.feed_update import KnownArticle, Lookup
from monitor.model.settings import FeedSettings
from monitor.reconcile.aliases import Aliases, aliases, outlet_aliases
from monitor.reconcile.tombstones import tombstones_of
from monitor.url import canonical_url, registrable_domain

HALF_A_DIGEST = 32
"""Hexadecimal digits: two different articles of a feed have the same so seldom as never."""


class Facet(IntEnum):
    """The last of the things that a key rests on; it rests on those before, too: the later, the narrower."""

    GUID = 0
    LINK = 1
    TITLE = 2
    TEXT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An item with every key it may be stored under, plainest first; `link` is canonical.

    `own` is the plainest that no different item of its document has. By its aliases it is recognised when it has
    been stored under keys that are none of these. `content_hash` is that of its words, `former_hash` the one that
    versions up to schema 0007 stored, who read only its longest text.
    """

    item: ParsedItem
    link: str
    keys: dict[Facet, str]
    own: Facet
    names: Aliases
    content_hash: str
    former_hash: str

    @property
    def name(self) -> str:
        """No other item of its document has it."""
        return self.keys[Facet.TEXT]

    @property
    def issues(self) -> str:
        """How the keys of articles begin that had its guid or its address before another one took it over."""
        plainest = next(iter(self.keys.values()))
        return f"issue:{_digest(plainest)[:HALF_A_DIGEST]}:"

    @property
    def issue(self) -> str:
        """The one of these keys under which it is stored if its own words were there before."""
        return issue_key(self, self.content_hash)

    @property
    def aliases(self) -> tuple[int, ...]:
        return self.names.all

    @property
    def page_aliases(self) -> tuple[int, ...]:
        """Those of its page and its guid: not the one of its words alone."""
        return tuple(alias for alias in self.names.all if alias != self.names.words)

    @property
    def tombstones(self) -> tuple[int, ...]:
        """The traces it may have left if it was stored once."""
        return tombstones_of(self.keys.values(), self.link, self.item.title, self.page_aliases, self._hashes)

    @property
    def tombstones_of_words(self) -> tuple[int, ...]:
        """Those of them that are none of another article, whatever name it has."""
        return tombstones_of((), "", "", self.page_aliases, self._hashes)

    @property
    def _hashes(self) -> tuple[str, str]:
        return self.content_hash, self.former_hash

    def has_words_of(self, article: KnownArticle) -> bool:
        """Whether nobody has edited the article since it was stored."""
        return article.content_hash in self._hashes

    def is_read_in_part(self, article: KnownArticle) -> bool:
        """Whether the article was stored by a version that read only the longest text."""
        return article.content_hash == self.former_hash


def content_hash(title: str, text: str) -> str:
    """Differs when the words of an article do (`KnownArticle.content_hash`), and always from a `former_hash`."""
    return _digest("whole", title, text)


def former_hash(title: str, body: str) -> str:
    """Of the title and the longest text alone."""
    return _digest(title, body)


def issue_key(identity: Identity, words: str) -> str:
    """The key of an article with this hash of its words, when a later one has taken over the guid or the address."""
    return f"{identity.issues}{words[:HALF_A_DIGEST]}"


def lookup_for(items: Sequence[Identity], *, has_tombstones: bool = False, feed: FeedSettings | None = None) -> Lookup:
    """All keys and aliases under which these items may be stored; `has_tombstones`: that retention has taken any.

    An item is stored under the plainest key that is free at the time; what shares its guid comes and goes.
    """
    return Lookup(
        keys=tuple(dict.fromkeys(key for item in items for key in (*item.keys.values(), item.issue))),
        aliases=tuple(dict.fromkeys(alias for item in items for alias in item.aliases)),
        tombstones=tuple(dict.fromkeys(trace for item in items for trace in item.tombstones)) if has_tombstones else (),
        outlets=_outlets(items, feed) if feed and feed.aggregator else (),
    )


def _outlets(items: Sequence[Identity], feed: FeedSettings) -> tuple[str, ...]:
    """All that the outlets of these items may be called."""
    named = (item.item.source or registrable_domain(item.item.link) for item in items)
    return tuple(dict.fromkeys(name.casefold() for name in (feed.outlet, *named) if name))


def identified(items: Sequence[ParsedItem], *, is_aggregator: bool = False) -> tuple[Identity, ...]:
    """The items of a document in its order, those that say the same in all they say only once (of those that differ in
    a teaser alone the fullest, and of those that differ in their date alone the latest).

    Of an aggregator only the outlet and the headline say what an item is when its guid is unknown.
    """
    links = [canonical_url(item.link) for item in items]
    keys = [_keys(item, link) for item, link in zip(items, links, strict=True)]
    told = sorted(zip(items, links, keys, strict=True), key=lambda each: _fullness(each[0]))
    fullest = {each[Facet.TEXT]: (item, link, each) for item, link, each in told}
    distinct = {each[Facet.TEXT]: fullest[each[Facet.TEXT]] for each in keys}
    bearers = Counter(key for _, _, each in distinct.values() for key in each.values())
    return tuple(
        Identity(
            item=item,
            link=link,
            keys=each,
            own=next(facet for facet, key in each.items() if bearers[key] == 1),
            names=outlet_aliases(item) if is_aggregator else aliases(item, link),
            content_hash=content_hash(item.title, item.text),
            former_hash=former_hash(item.title, item.body),
        )
        for item, link, each in distinct.values()
    )


def _fullness(item: ParsedItem) -> tuple[int, str, float]:
    """Sorts items that say the same: what the order of the document may not decide."""
    return len(item.text), item.text, item.published.timestamp() if item.published else -math.inf


def free_key(identity: Identity, known: Mapping[str, KnownArticle]) -> str:
    """The item's own key, or the next narrower one while another story holds that (rule I4)."""
    return next(key for facet, key in identity.keys.items() if facet >= identity.own and key not in known)


def _keys(item: ParsedItem, link: str) -> dict[Facet, str]:
    """The word before the colon keeps a guid from ever equalling a link or a hash."""
    if not item.guid and not link:
        return {Facet.TEXT: f"words:{former_hash(item.title, item.body)}"}
    plain = {Facet.GUID: f"guid:{item.guid}"} if item.guid else {}
    facts = (item.guid, link, item.title, item.body)
    return plain | {
        Facet.LINK: f"guid+link:{_digest(*facts[:2])}" if item.guid else f"link:{link}",
        Facet.TITLE: f"guid+link+title:{_digest(*facts[:3])}",
        Facet.TEXT: f"guid+link+title+text:{_digest(*facts)}",
    }


def _digest(*facts: str) -> str:
    return sha256("\0".join(facts).encode("utf-8", "surrogatepass")).hexdigest()
