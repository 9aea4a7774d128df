"""Which item of a document is which stored article.

An article is recognised by guid, else link, else words (rule I1). Where several items of a document
share that, they are told apart by link, then title, then text (rule I2), and never by their order:
turned round or shuffled, a document means the same.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from monitor.model.feed import ParsedItem
from monitor.model.update import KnownArticle, Lookup
from monitor.reconcile.aliases import Aliases, aliases, outlet_aliases
from monitor.reconcile.remains import traces_of
from monitor.url import canonical_url


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
    been stored under keys that are none of these.
    """

    item: ParsedItem
    link: str
    keys: dict[Facet, str]
    own: Facet
    names: Aliases

    @property
    def name(self) -> str:
        """No other item of its document has it."""
        return self.keys[Facet.TEXT]

    @property
    def aliases(self) -> tuple[int, ...]:
        return tuple(alias for alias in (self.names.link, self.names.guid) if alias is not None)

    @property
    def remains(self) -> tuple[int, ...]:
        """The traces it may have left if it was stored once."""
        return traces_of(self.keys.values(), self.link, self.item.title, self.aliases, self.content_hash)

    @property
    def content_hash(self) -> str:
        return content_hash(self.item.title, self.item.text)


def content_hash(title: str, text: str) -> str:
    """Differs when the words of an article do (`KnownArticle.content_hash`)."""
    return _digest(title, text)


def traces(items: Sequence[Identity], *, has_remains: bool = False) -> Lookup:
    """All keys and aliases under which these items may be stored; `has_remains`: that retention has taken any.

    An item is stored under the plainest key that is free at the time; what shares its guid comes and goes.
    """
    return Lookup(
        keys=tuple(dict.fromkeys(key for item in items for key in item.keys.values())),
        aliases=tuple(dict.fromkeys(alias for item in items for alias in item.aliases)),
        remains=tuple(dict.fromkeys(trace for item in items for trace in item.remains)) if has_remains else (),
    )


def identified(items: Sequence[ParsedItem], *, is_aggregator: bool = False) -> tuple[Identity, ...]:
    """The items of a document in its order, those that say the same in all they say only once.

    Of an aggregator only the outlet and the headline say what an item is when its guid is unknown.
    """
    links = [canonical_url(item.link) for item in items]
    keys = [_keys(item, link) for item, link in zip(items, links, strict=True)]
    distinct = {each[Facet.TEXT]: (item, link, each) for item, link, each in zip(items, links, keys, strict=True)}
    bearers = Counter(key for _, _, each in distinct.values() for key in each.values())
    return tuple(
        Identity(
            item=item,
            link=link,
            keys=each,
            own=next(facet for facet, key in each.items() if bearers[key] == 1),
            names=outlet_aliases(item) if is_aggregator else aliases(item, link),
        )
        for item, link, each in distinct.values()
    )


def stored_article(identity: Identity, known: Mapping[str, KnownArticle]) -> KnownArticle | None:
    """The stored article that this item is; `known` by key.

    A key at least as narrow as the item's own is proof. A plainer one, under which an article was stored while
    it had the guid to itself, is so only together with what tells the items apart now. Thus no two items
    of a document are ever taken for the same article.
    """
    for facet in reversed(identity.keys):
        article = known.get(identity.keys[facet])
        is_proof = facet >= max(identity.own, Facet.LINK)
        if article and (is_proof or _agrees(article, identity)):
            return article
    return None


def free_key(identity: Identity, known: Mapping[str, KnownArticle]) -> str:
    """The item's own key, or the next narrower one while another story holds that (rule I4)."""
    return next(key for facet, key in identity.keys.items() if facet >= identity.own and key not in known)


def _keys(item: ParsedItem, link: str) -> dict[Facet, str]:
    """The word before the colon keeps a guid from ever equalling a link or a hash."""
    if not item.guid and not link:
        return {Facet.TEXT: f"words:{content_hash(item.title, item.text)}"}
    plain = {Facet.GUID: f"guid:{item.guid}"} if item.guid else {}
    facts = (item.guid, link, item.title, item.text)
    return plain | {
        Facet.LINK: f"guid+link:{_digest(*facts[:2])}" if item.guid else f"link:{link}",
        Facet.TITLE: f"guid+link+title:{_digest(*facts[:3])}",
        Facet.TEXT: f"guid+link+title+text:{_digest(*facts)}",
    }


def _agrees(article: KnownArticle, identity: Identity) -> bool:
    """Whether a key plainer than the item's own, or a bare guid, means the item and not another story.

    Alone with its guid an item may change its link or its title; with both changed, the publisher
    has used the guid again (rule I4).
    """
    item = identity.item
    same_link = canonical_url(article.link) == identity.link
    same_title = article.title == item.title
    return {
        Facet.GUID: same_link or same_title,
        Facet.LINK: same_link,
        Facet.TITLE: same_link and same_title,
        Facet.TEXT: same_link and article.content_hash == identity.content_hash,
    }[identity.own]


def _digest(*facts: str) -> str:
    return sha256("\0".join(facts).encode("utf-8", "surrogatepass")).hexdigest()
