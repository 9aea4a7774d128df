"""By what an article is recognised although its publisher has changed its guid or its address (rule I3).

An alias is the address of the page, or the guid, without what such changes change (scheme, `www.`, host of the
guid, tracking parameters, fragment, trailing slash), together with the headline: the same place and the same
headline mean the same article. Whether it means it this time is judged in `recognition`.
"""

import re
from hashlib import sha256
from urllib.parse import urlsplit

from monitor.model.feed import ParsedItem
from monitor.text import normalised_title
from monitor.url import canonical_url, loose_url, registrable_domain

_WEB_ADDRESS = re.compile("https?://", re.IGNORECASE)


def link_alias(item: ParsedItem, link: str) -> int | None:
    """`link` is canonical. None for a home page: articles without a page of their own point there."""
    place = loose_url(link)
    return _alias("link", place, item) if place.partition("/")[2] else None


def guid_alias(item: ParsedItem) -> int | None:
    """None for a guid that is no web address: there is nothing to leave out of it."""
    if not _WEB_ADDRESS.match(item.guid):
        return None
    place = loose_url(canonical_url(item.guid)).partition("/")[2]
    return _alias("guid", place + urlsplit(item.guid).fragment, item) if place else None


def outlet_alias(item: ParsedItem) -> int | None:
    """For aggregators, which republish under new ids and opaque links: who speaks, and the headline."""
    outlet = item.source.casefold() or registrable_domain(item.link)
    return _alias("outlet", outlet, item) if item.title else None


def _alias(kind: str, place: str, item: ParsedItem) -> int:
    """64 bits, signed: what SQLite keeps in eight bytes. A million articles of one feed collide once in 37 million."""
    facts = (kind, place, normalised_title(item.title), "" if item.title else item.text)
    return int.from_bytes(sha256("\0".join(facts).encode("utf-8", "surrogatepass")).digest()[:8], "big", signed=True)
