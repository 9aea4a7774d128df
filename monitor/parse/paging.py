"""Where the items before those of a document are: RFC 5005 links, JSON Feed's `next_url`, WordPress' `?paged=N`.

It follows nothing; `reconcile.earlier_pages` chooses a way.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from monitor.model.feed import Way
from monitor.url import clean_link

_IANA = "http://www.iana.org/assignments/relation/"
"""RFC 4287, 4.2.7.2: a registered relation may also be written as this URI."""

_RELATIONS = {
    "prev-archive": Way.ARCHIVE,
    "next": Way.NEXT,
    "previous": Way.PREVIOUS,
    "prev": Way.PREVIOUS,
}
_PAGED = "paged"


def ways_back(channel: Mapping[str, Any], url: str) -> dict[Way, str]:
    """The addresses of earlier items; `channel` is feedparser's feed dictionary, `url` where the document was found."""
    found: dict[Way, str] = {}
    for link in channel.get("links", ()):
        way = _RELATIONS.get(str(link.get("rel", "")).strip().lower().removeprefix(_IANA))
        address = clean_link(str(link.get("href", "")), url)
        if way and address:
            found.setdefault(way, address)
    if _is_wordpress(channel):
        found[Way.PAGED] = _next_page(url)
    return found


def way_of_next_url(next_url: str, url: str) -> dict[Way, str]:
    """The same for a JSON Feed; `next_url` is "" if it has none."""
    address = clean_link(next_url, url) if next_url else ""
    return {Way.NEXT: address} if address else {}


def _is_wordpress(channel: Mapping[str, Any]) -> bool:
    """RSS has the address as the generator's words, Atom as its uri."""
    detail = channel.get("generator_detail") or {}
    return any("wordpress" in str(words).lower() for words in (channel.get("generator", ""), detail.get("href", "")))


def _next_page(url: str) -> str:
    """The first page has no number."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    number = next((value for name, value in query if name == _PAGED), "1")
    page = int(number) + 1 if number.isascii() and number.isdigit() and len(number) < 6 else 2
    others = [(name, value) for name, value in query if name != _PAGED]
    return urlunsplit((*parts[:3], urlencode([*others, (_PAGED, page)]), ""))
