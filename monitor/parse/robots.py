"""What a robots.txt says of sitemaps: the lines `Sitemap:` (sitemaps.org), which belong to no group of rules."""

import re
from itertools import islice

from monitor.url import clean_link

MOST_BYTES = 524_288
"""So much of a robots.txt is read (RFC 9309 asks for 500 kB)."""
MOST_LINES = 200

_LINE = re.compile(r"^[ \t\ufeff]*+sitemap[ \t]*+:[ \t]*+(\S++)", re.IGNORECASE | re.MULTILINE)
_NEWS = re.compile(r"news(?!letter)", re.IGNORECASE)


def news_sitemaps_named(body: bytes, url: str) -> tuple[str, ...]:
    """The sitemaps of the robots.txt found at `url` that are called news in path or query, in its order, each once."""
    text = body[:MOST_BYTES].decode("utf-8", "replace").replace("\r", "\n")
    links = (clean_link(found[1], url) for found in islice(_LINE.finditer(text), MOST_LINES))
    return tuple(dict.fromkeys(link for link in links if link and _NEWS.search(link.split("/", 3)[-1])))
