"""RSS 0.9x–2.0, RDF, Atom 0.3 and 1.0, CDF → `ParsedFeed`. The only importer of feedparser.

feedparser gets a byte stream and nothing else: a body such as `/etc/passwd`, handed over as bytes, would
be opened as a file (reliability finding 4). Its sanitizer is off; everything passes through `item`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, cast
from xml.sax import SAXParseException

import feedparser

from monitor.model.feed import ParsedFeed, ParseFailed, ParseOutcome
from monitor.model.fetch import FetchProblem
from monitor.parse.dates import date_from_text
from monitor.parse.document import (
    embedded_feed,
    ends_with_an_item,
    feed_root,
    is_cut_off,
    is_html_page,
    looks_like,
    mended,
)
from monitor.parse.elements import AUTHORS, BODIES, CAPTIONS, KEPT, PERMALINK, SUMMARIES, without_foreign_default
from monitor.parse.hints import poll_hints
from monitor.parse.html import without_cdata_markers
from monitor.parse.item import RawItem, language_tag, newest, refined_together, title_text
from monitor.parse.named_feeds import named_feeds
from monitor.parse.paging import ways_back
from monitor.url import clean_link, shown_url

_MEDIA_TYPE = {"content-type": "application/xml; charset=utf-8"}
"""No content-location: given a base, feedparser would resolve a guid that is a permalink, which must
stay verbatim, or a feed that moves to https would have only new articles. Links are resolved here.
"""

MOST_UNFOLDING = 10
"""How many times its own length the words of a document may have. One entity that it declares, named a million times,
would bring half a gigabyte (measured: 1.6 MB to 100 MB), out of the parser's process and into the daemon.
"""

_PAGES = ("text/html", "application/xhtml+xml")
"""What an alternate is if it says nothing else (feedparser fills that in)."""

_CUT_OFF = "The document is cut off; its last, incomplete item was left out."
_UNCLOSED = "The document ends without closing its root element."


def _instead_of_a_feed(text: str, url: str, *, is_page: bool) -> str:
    """What is there, and where the feed is, if the page says so."""
    named = named_feeds(text, url) if is_page else ()
    where = f" It names the feed {shown_url(named[0].url)}" if named and named[0].is_declared else ""
    return f"This is {looks_like(text)}, not a feed.{where}"


def read_xml(text: str, *, url: str, max_items: int) -> ParseOutcome:
    """The feed in `text`, read as far as it goes. Links are relative to xml:base, and that to `url`."""
    if is_page := is_html_page(text):
        text = embedded_feed(text) or text
        is_page = is_html_page(text)
    root = "" if is_page else feed_root(text)
    is_broken_off = bool(root) and is_cut_off(text, root)
    whole = mended(text) if is_broken_off else text
    if not whole:
        return ParseFailed(
            problem=FetchProblem.BROKEN_OFF, detail="The document is cut off before the end of its first item."
        )
    result = _parsed(without_foreign_default(whole, root)) if root else {}
    if not (result.get("version") or result.get("entries")):
        return ParseFailed(problem=FetchProblem.NOT_A_FEED, detail=_instead_of_a_feed(text, url, is_page=is_page))
    channel = dict(result["feed"])
    authors = _authors_of_feed(channel) if result["version"].startswith("atom") else ()
    base = _base_of_links(result, url)
    raw_items = [_raw_item(dict(entry), base, channel.get("language", ""), authors) for entry in result["entries"]]
    if sum(len(text) for each in raw_items for text in {*each.texts, *each.bodies}) > MOST_UNFOLDING * len(text):
        return ParseFailed(
            problem=FetchProblem.PARSER, detail="The document expands to far more text than its size allows."
        )
    items = refined_together(newest(raw_items, max_items))
    return ParsedFeed(
        format=result["version"] or root.lower(),
        title=title_text(channel.get("title", "")),
        items=items,
        language=language_tag(channel.get("language", "")),
        refused=len(raw_items) - len(items),
        left_out=max(len(raw_items) - max_items, 0),
        hints=poll_hints(channel, text),
        warning=_warning(text, result, is_broken_off=is_broken_off),
        is_cut_off=is_broken_off,
        is_cut_in_item=is_broken_off and not ends_with_an_item(text),
        ways_back=ways_back(channel, url),
    )


def _parsed(text: str) -> dict[str, Any]:
    result = feedparser.parse(
        BytesIO(text.encode()), response_headers=_MEDIA_TYPE, sanitize_html=False, resolve_relative_uris=False
    )
    return cast("dict[str, Any]", result)


def _warning(text: str, result: dict[str, Any], *, is_broken_off: bool) -> str:
    if is_broken_off:
        return _UNCLOSED if ends_with_an_item(text) else _CUT_OFF
    return _complaint(result)


def _complaint(result: dict[str, Any]) -> str:
    """Why the strict parser gave up and the loose one took over, if so."""
    error = result.get("bozo_exception")
    if not isinstance(error, SAXParseException):
        return ""
    return f"The XML is ill-formed in line {error.getLineNumber()}: {error.getMessage()}."


def _raw_item(entry: dict[str, Any], base: str, language: str, authors: tuple[str, ...]) -> RawItem:
    """Plain dictionary access: feedparser's own looks for other keys when one is missing. `language` and `authors`: the
    feed's.
    """
    kept = entry.get(KEPT, ())
    source = dict(entry.get("source", ()))
    own_language = entry.get("language") or dict(entry.get("title_detail", ())).get("language") or ""
    return RawItem(
        guid=entry.get("id", ""),
        link=_link(entry, base, language_tag(language or own_language)),
        title=entry.get("title", ""),
        texts=tuple(_texts(kept)),
        bodies=(*_contents(entry), entry.get("summary", "")),
        authors=tuple(value for name, _, value in kept if name in AUTHORS) or authors,
        categories=tuple(tag.get("label") or tag.get("term") or "" for tag in entry.get("tags", ())),
        published=_published(entry),
        source=source.get("title", ""),
        source_url=clean_link(source.get("href") or source.get("link") or ""),
        language=own_language,
    )


def _authors_of_feed(channel: dict[str, Any]) -> tuple[str, ...]:
    """Whose entries those are that name no author (RFC 4287, 4.2.1)."""
    return tuple(name for each in channel.get("authors", ()) if (name := each.get("name")))


def _texts(kept: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """Summaries, bodies and captions, the elements of each kind in the order of its list."""
    for wanted in (*SUMMARIES, *BODIES, *CAPTIONS):
        yield from (value for name, media_type, value in kept if name == wanted and _is_text(media_type))


def _contents(entry: dict[str, Any]) -> Iterator[str]:
    return (part.get("value", "") for part in entry.get("content", ()) if _is_text(part.get("type") or ""))


def _is_text(media_type: str) -> bool:
    """What Atom calls content may be a picture in base64."""
    return not media_type.startswith(("image/", "audio/", "video/"))


def _base_of_links(result: Mapping[str, Any], url: str) -> str:
    """What relative links are relative to, where no xml:base says it: in RSS the site that the channel names, whose
    feed may be served from elsewhere; in Atom the document (RFC 4287, 2).
    """
    link = "" if result["version"].startswith("atom") else result["feed"].get("link", "")
    return clean_link(link, url) or url


def _link(entry: dict[str, Any], base: str, language: str) -> str:
    """The item's page, else its enclosure. A guid must be a URL by itself: `tag:x,1` and `4711` are none, though they
    would resolve to one.
    """
    link = entry.get("link", "")
    is_guid = entry.get("guidislink") and link == entry.get("id")
    alternates, enclosures = (
        [each for each in entry.get("links", ()) if each.get("rel") == rel and not _leads_nowhere(each.get("href", ""))]
        for rel in ("alternate", "enclosure")
    )
    chosen = (_alternate(alternates, language), "" if is_guid or _leads_nowhere(link) else link)
    others = (each["href"] for each in (*alternates, *enclosures))
    links = (
        *(clean_link(without_cdata_markers(each), base) for each in chosen),
        clean_link(without_cdata_markers(entry.get(PERMALINK, ""))),
        *(clean_link(each, base) for each in others),
    )
    return next(filter(None, links), "")


def _leads_nowhere(link: str) -> bool:
    """Whether this is what programs write that have no address; it would resolve to the document itself."""
    return link.strip() in {"", "#", "?"}


def _alternate(links: Sequence[Mapping[str, str]], language: str) -> str:
    """Of pages in several languages the one in that of the feed, else one that names none; "" if there is no choice."""
    tagged = [(each.get("hreflang", "").lower(), each["href"]) for each in links if each.get("type") in _PAGES]
    if len({tag for tag, _ in tagged}) < 2:
        return ""
    wanted = (language, language.partition("-")[0], "")
    tagged += [(tag.partition("-")[0], href) for tag, href in tagged]
    return next((href for want in wanted for tag, href in tagged if tag == want), "")


def _published(entry: dict[str, Any]) -> datetime | None:
    dates = (date_from_text(without_cdata_markers(entry.get(key, ""))) for key in ("published", "updated"))
    return next(filter(None, dates), None)
