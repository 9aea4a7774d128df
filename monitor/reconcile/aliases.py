"""By what an article is recognised although its publisher has changed its guid or its address (rule I3).

An alias is the address of the page, or the guid, without what such changes change (scheme, `www.`, host of the
guid, tracking parameters, fragment, trailing slash), together with the headline: the same place and the same
headline mean the same article. Whether it means it this time is judged in `recognition`.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

from monitor.model.feed import ParsedItem
from monitor.text import normalised_title
from monitor.url import canonical_url, loose_url, registrable_domain

_WEB_ADDRESS = re.compile("https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aliases:
    """Of the page and of the guid; None where there is nothing to go by."""

    link: int | None = None
    guid: int | None = None


def aliases(item: ParsedItem, link: str) -> Aliases:
    """`link` is canonical. A home page is not an alias: articles without their own page link there."""
    page, place = loose_url(link), _place_of_guid(item.guid)
    words = normalised_title(item.title), "" if item.title else item.body
    return Aliases(
        link=sixty_four_bits("link", page, *words) if page.partition("/")[2] else None,
        guid=sixty_four_bits("guid", place, *words) if place else None,
    )


def outlet_aliases(item: ParsedItem) -> Aliases:
    """For aggregators, which republish under new ids and opaque links: who speaks, and the headline."""
    outlet = item.source.casefold() or registrable_domain(item.link)
    return Aliases(link=sixty_four_bits("outlet", outlet, normalised_title(item.title)) if item.title else None)


def _place_of_guid(guid: str) -> str:
    """A guid that is a web address, without what may change of it; "" for another: nothing can be left out of that."""
    if not _WEB_ADDRESS.match(guid):
        return ""
    path = loose_url(canonical_url(guid)).partition("/")[2]
    return path and path + guid.partition("#")[2]


def sixty_four_bits(*facts: str) -> int:
    """A hash, signed: what SQLite keeps in eight bytes. A million articles of one feed collide once in 37 million."""
    return int.from_bytes(sha256("\0".join(facts).encode("utf-8", "surrogatepass")).digest()[:8], "big", signed=True)
