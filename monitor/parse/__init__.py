"""A body and its headers → a `ParsedFeed` of clean items, or why there is none. Pure.

It judges nothing it reads: what is new, late or a duplicate is for `reconcile`, when to come back for
`polling`. No exception leaves `parse_feed`, whatever the bytes; time and memory are limited
outside, in `workers`.

    encodings  bytes → text
    document   broken-off documents, feeds inside pages, what it looks like if it is not a feed
    xmlfeed    RSS, RDF, Atom, CDF by feedparser
    jsonfeed   JSON Feed
    sitemap    news sitemaps
    generator_errors   items that are errors
    hints      when the feed asks to be left alone
    paging     where the items before those of the document are
    named_feeds   the feeds that a page names, where it is none itself
    item       one item, cleaned and bounded
    dates      dates → UTC (`date_words`: months, weekdays, zones)
    html       HTML → text
"""

from collections.abc import Mapping
from dataclasses import replace

from monitor.model.feed import ParsedFeed, ParseFailed, ParseOutcome
from monitor.model.fetch import FetchProblem
from monitor.parse.document import legal_text
from monitor.parse.encodings import decoded
from monitor.parse.generator_errors import without_errors
from monitor.parse.html import clean_text, one_line, text_from_html
from monitor.parse.jsonfeed import read_json
from monitor.parse.named_feeds import NamedFeed, named_feeds
from monitor.parse.sitemap import read_sitemap, sitemap_root
from monitor.parse.xmlfeed import read_xml

__all__ = ["feeds_of_page", "parse_feed", "text_from_html"]


def parse_feed(body: bytes, *, url: str, headers: Mapping[str, str], max_items: int) -> ParseOutcome:
    """The feed in `body`, at most its newest `max_items` items.

    `url` is where it was found after redirects, `headers` the answer's with lower-case names; only
    content-type is used. An empty body, or a page instead of a feed, is a failure with that name:
    taken for a quiet feed it would stay silent forever (reliability finding 5).
    """
    try:
        reading = decoded(body, headers.get("content-type", ""))
        parsed = _read(legal_text(reading.text), url, max_items)
    except Exception as error:  # hostile bytes may make a parser raise anything
        return ParseFailed(problem=FetchProblem.PARSER, detail=_described(error))
    return without_errors(replace(parsed, doubt=reading.doubt)) if isinstance(parsed, ParsedFeed) else parsed


def feeds_of_page(body: bytes, *, url: str, headers: Mapping[str, str]) -> tuple[NamedFeed, ...]:
    """The feeds that the page in `body`, found at `url`, and the headers of its answer name, best first."""
    reading = decoded(body, headers.get("content-type", ""))
    return named_feeds(reading.text, url, headers.get("link", ""))


def _read(text: str, url: str, max_items: int) -> ParseOutcome:
    if not text:
        return ParseFailed(problem=FetchProblem.EMPTY, detail="The server sent an empty document.")
    if text.startswith(("{", "[")):
        return read_json(text, url=url, max_items=max_items)
    read = read_sitemap if sitemap_root(text) else read_xml
    return read(text, url=url, max_items=max_items)


def _described(error: Exception) -> str:
    """`error` may quote the document, so its words are cleaned like the document's."""
    reason = one_line(clean_text(str(error)), 200)
    return f"The parser failed with {type(error).__name__}{f': {reason}' if reason else ''}."
