"""The feeds that a web page names, best first: link elements anywhere, `Link` headers, and links that look like feeds.

Pure. It reads tags one by one and builds no tree: pages are hostile, and this takes linear time.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape

from monitor.parse.html import clean_text
from monitor.plain_text import one_line
from monitor.url import canonical_url, clean_link

PAGE_CHARACTERS = 2_000_000
"""The characters of a page that are read."""

MOST_FEEDS = 30
"""A page that names more is a directory; the first ones are kept."""

TITLE_CHARACTERS = 80

USUAL_PATHS = (
    "/feed/",
    "/rss",
    "/rss.xml",
    "/atom.xml",
    "/feed.xml",
    "/index.xml",
    "/feed.json",
    "/feeds/posts/default",
)
"""Where feeds are by custom of the common publishing programs, at the root of a site."""

FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
    | {"application/rss", "application/atom", "application/x-rss+xml", "application/xml", "text/xml", "text/rss+xml"}
)

_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style|textarea|template)\b.*?(?:</\1|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<(link|a|base|html)\s([^<>]{1,4000})", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z][a-z:-]{0,40})\s{0,9}=\s{0,9}(?:"([^"]{0,3000})"|'([^']{0,3000})'|([^\s"'>]{1,3000}))""", re.IGNORECASE
)
_HEADER_LINK = re.compile(r"""<([^<>]{1,3000})>((?:[^,"<]|"[^"]{0,500}"){0,1000})""")
_PARAMETER = re.compile(r"""([a-z]{1,20})\*?\s{0,9}=\s{0,9}(?:"([^"]{0,500})"|([^\s;,"]{1,500}))""", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|commentaire|kommentar|comentario|комментар|replies|/trackback", re.IGNORECASE)
_FEED_PATH = re.compile(
    r"(?:/(?:feed|rss|atom)/?|/[\w.-]{0,80}\.(?:rss|rdf|atom)|/(?:rss|atom|feed|index)\.xml)(?:\?|#|$)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFeed:
    """A feed as a page names it. Nobody has asked it yet."""

    url: str
    """Its address, http or https."""
    title: str = ""
    """What the page calls it; "" if nothing."""
    language: str = ""
    """The language that the link gives (BCP 47); "" if none."""
    is_of_comments: bool = False
    """Whether it seems to have the comments of readers."""
    is_declared: bool = True
    """Whether the page says that it is a feed; else its address only looks like one."""


def named_feeds(text: str, url: str, link_header: str = "") -> tuple[NamedFeed, ...]:
    """The feeds that this page names, each once: declared ones first, in the language of the page first, comments last.

    `url` is the page's own address, to which relative links belong; `link_header` what the server sent as `Link`.
    """
    page = _UNSEEN.sub(" ", text[:PAGE_CHARACTERS])
    tags = [(tag[1].lower(), _attributes(tag[2])) for tag in _TAG.finditer(page)]
    base = (
        next((clean_link(each["href"], url) for name, each in tags if name == "base" and each.get("href")), "") or url
    )
    language = _first(tags, "html", "lang")
    found = [*_in_headers(link_header, url), *_in_links(tags, base), *_in_anchors(tags, base)]
    once: dict[str, NamedFeed] = {}
    for each in found:
        once.setdefault(canonical_url(each.url), each)
    once.pop(canonical_url(url), None)
    return tuple(sorted(once.values(), key=lambda each: _rank(each, language))[:MOST_FEEDS])


def usual_places(url: str) -> tuple[str, ...]:
    """Where the site of this page may have a feed although the page names none: beside the page, then at the root."""
    beside = () if "?" in url else (clean_link(url.partition("#")[0].rstrip("/") + "/feed/"),)
    return tuple(dict.fromkeys((*beside, *(clean_link(path, url) for path in USUAL_PATHS))))


def _rank(feed: NamedFeed, language: str) -> tuple[bool, bool, bool]:
    is_foreign = bool(feed.language and language) and _primary(feed.language) != _primary(language)
    return feed.is_of_comments, not feed.is_declared, is_foreign


def _primary(language: str) -> str:
    return re.split(r"[-_]", language.lower())[0]


def _attributes(written: str) -> dict[str, str]:
    """The first value of each attribute counts, as in browsers."""
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(written):
        found.setdefault(name.lower(), unescape("".join(values)).strip())
    return found


def _first(tags: Iterable[tuple[str, dict[str, str]]], name: str, attribute: str) -> str:
    return next((each[attribute] for tag, each in tags if tag == name and each.get(attribute)), "")


def _in_headers(header: str, url: str) -> Iterator[NamedFeed]:
    for target, rest in _HEADER_LINK.findall(header):
        yield from _feed(
            {"href": target} | {n.lower(): quoted or bare for n, quoted, bare in _PARAMETER.findall(rest)}, url
        )


def _in_links(tags: Iterable[tuple[str, dict[str, str]]], base: str) -> Iterator[NamedFeed]:
    for name, attributes in tags:
        if name in {"link", "a"}:
            yield from _feed(attributes, base)


def _feed(attributes: Mapping[str, str], base: str) -> Iterator[NamedFeed]:
    is_feed = attributes.get("type", "").partition(";")[0].strip().lower() in FEED_TYPES
    relations = attributes.get("rel", "").lower().split()
    target = clean_link(attributes.get("href", ""), base) if attributes.get("href") else ""
    if target and (("alternate" in relations and is_feed) or "feed" in relations):
        title = one_line(clean_text(attributes.get("title", "")), TITLE_CHARACTERS)
        yield NamedFeed(
            url=target,
            title=title,
            language=attributes.get("hreflang", ""),
            is_of_comments=bool(_COMMENTS.search(f"{title} {target}")),
        )


def _in_anchors(tags: Iterable[tuple[str, dict[str, str]]], base: str) -> Iterator[NamedFeed]:
    for name, attributes in tags:
        target = clean_link(attributes["href"], base) if name == "a" and attributes.get("href") else ""
        if target and _FEED_PATH.search(target.lower()):
            yield NamedFeed(url=target, is_of_comments=bool(_COMMENTS.search(target)), is_declared=False)
