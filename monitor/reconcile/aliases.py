"""By what an article is recognised although its publisher has changed its guid or its address (rule I3).

An alias is the address of the page, or the guid, without what such changes change (scheme, `www.`, host of the
guid, tracking parameters, fragment, trailing slash), together with the headline: the same place and the same
headline mean the same article. Whether it means it this time is judged in `recognition`. Where what is left out
may be the number of the article (`sid=12`), the text is a part of the alias, too; without a text it is not left out.

Where both change at every fetch (tokens, opaque links), the words are one: the same headline, text and date in the same
feed. Never a headline alone, and never one with a mere day: "Notice" may come twice on one.
"""

import re
from dataclasses import dataclass
from datetime import time
from hashlib import sha256

from monitor.model.feed import ParsedItem
from monitor.text import normalised_title
from monitor.url import canonical_url, loose_url, registrable_domain

_WEB_ADDRESS = re.compile("https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aliases:
    """`link` and `guid` are stored, None where there is nothing to go by; `words` takes the place of one that is empty,
    or says no more than the other. `pages`: those of the page and the guid. `all`: under which it may be stored.
    """

    link: int | None = None
    guid: int | None = None
    words: int | None = None
    pages: tuple[int, ...] = ()
    all: tuple[int, ...] = ()


def aliases(item: ParsedItem, link: str) -> Aliases:
    """`link` is canonical. A home page is not an alias: articles without their own page link there."""
    page, said = _page_and_words(item, link)
    path = page.partition("/")[2]
    of_link = sixty_four_bits("link", page, *said) if path else None
    of_guid = _alias_of_guid(item)
    of_path = sixty_four_bits("guid", path, *said) if path else None
    words = _words_alias(item)
    pages = tuple(alias for alias in (of_link, of_guid) if alias is not None)
    return Aliases(
        link=words if words is not None and of_guid is not None and of_guid == of_path else of_link,
        guid=words if of_guid is None else of_guid,
        words=words,
        pages=pages,
        all=tuple(dict.fromkeys(alias for alias in (*pages, of_path, words) if alias is not None)),
    )


def outlet_aliases(item: ParsedItem) -> Aliases:
    """For aggregators, which republish under new ids and opaque links: who speaks, and the headline."""
    outlet = item.source.casefold() or registrable_domain(item.link)
    if not item.title:
        return Aliases()
    alias = sixty_four_bits("outlet", outlet, normalised_title(item.title))
    return Aliases(link=alias, pages=(alias,), all=(alias,))


def _words_alias(item: ParsedItem) -> int | None:
    """Headline and text of a dated item; whether the dates agree is judged in `recognition`. Without a text the date
    must have a time: two of one day may have one headline.
    """
    date = item.published
    if date is None or not (item.body or (item.title and date.time() != time.min)):
        return None
    return sixty_four_bits("words", item.title, item.body)


def _page_and_words(item: ParsedItem, address: str) -> tuple[str, tuple[str, ...]]:
    """Which page a canonical address means, and what else must be the same for it to be that article."""
    page, loosest = loose_url(address), loose_url(address, is_loosest=True)
    if page != loosest and item.body:
        return loosest, (item.title, item.body)
    return page, (normalised_title(item.title), "" if item.title else item.body)


def _alias_of_guid(item: ParsedItem) -> int | None:
    """Of a guid that is a web address, without what may change of it; nothing can be left out of another."""
    if not _WEB_ADDRESS.match(item.guid):
        return None
    page, said = _page_and_words(item, canonical_url(item.guid))
    path = page.partition("/")[2]
    return sixty_four_bits("guid", path + item.guid.partition("#")[2], *said) if path else None


def sixty_four_bits(*facts: str) -> int:
    """A hash, signed: what SQLite keeps in eight bytes. A million articles of one feed collide once in 37 million."""
    return int.from_bytes(sha256("\0".join(facts).encode("utf-8", "surrogatepass")).digest()[:8], "big", signed=True)
