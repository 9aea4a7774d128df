"""News sitemaps (Google's news schema) → `ParsedFeed`; other sitemaps are refused by name (rule P17).

Elements are known by their local names, whatever their prefix: many sites declare no namespace, or another one. The
scanner is no XML parser: it expands no entity of the document, and reads what is ill-formed in linear time.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from monitor.model.feed import NEWS_SITEMAP, ParsedFeed, ParseFailed, ParseOutcome
from monitor.model.fetch import FetchProblem
from monitor.model.sitemap_index import SitemapPart
from monitor.parse.dates import date_from_text
from monitor.parse.item import RawItem, language_tag, newest, refined_together, title_text
from monitor.policy.sitemap_parts import MOST_NAMED
from monitor.url import clean_link, shown_url

_ROOT = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?:[\w.-]++:)?(?:(?P<root>urlset|sitemapindex)|(?P<other>rss|rdf|feed|channel|html|head|body))"
    r"(?=[\s/>])",
    re.IGNORECASE | re.DOTALL,
)
_PART = re.compile(
    r"<(?:[\w.-]++:)?(?P<name>sitemap|loc|lastmod)(?=[\s>])[^<>]*+>\s*+(?:<!\[CDATA\[\s*+)?(?P<text>[^<>\]\s]*+)",
    re.IGNORECASE,
)
_PARTS_NAMED, _LONGEST_NAMED = 3, 200
_NEWS_NAMESPACE = "schemas/sitemap-news"
_HEAD_CHARACTERS = 65_536
_TOKEN = re.compile(
    r"<!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<(?P<end>/?)(?P<name>[A-Za-z_][\w.:-]*+)(?P<rest>[^<>]*+)>",
    re.DOTALL,
)
_FIELDS = frozenset({"title", "publication_date", "name", "language", "keywords"})
_OTHERS = frozenset({"image", "video"})
_PLAIN = (
    "This is a sitemap without news: it lists pages, not articles with title and date. Look into the site's robots.txt "
    "for its news sitemap, or take its RSS feed."
)
_INDEX = "This is an index of sitemaps, and its parts are not followed."


@dataclass(slots=True)
class _Page:
    """One `<url>`, as far as it has been read."""

    texts: dict[str, str] = field(default_factory=dict)
    is_news: bool = False


def sitemap_root(text: str) -> str:
    """`urlset` or `sitemapindex`, if the document begins with one; else ""."""
    tags = _ROOT.finditer(text[:_HEAD_CHARACTERS])
    found = next((tag for tag in tags if tag["root"] or tag["other"]), None)
    return (found["root"] or "").lower() if found else ""


def read_sitemap(text: str, *, url: str, max_items: int) -> ParseOutcome:
    """The articles that the sitemap lists. What is cut off in the last one is left out."""
    if sitemap_root(text) == "sitemapindex":
        parts = _parts(text, url)
        return ParseFailed(problem=FetchProblem.NOT_A_FEED, detail=_index_in_words(parts), parts=parts)
    pages, is_whole, is_in_page = _pages(text)
    news = [page for page in pages if page.is_news]
    if not news and (failed := _without_news(text, is_whole=is_whole, has_pages=bool(pages))):
        return failed
    names = Counter(name for page in news if (name := title_text(page.texts.get("name", ""))))
    languages = {language_tag(page.texts.get("language", "")) for page in news}
    raw_items = [_raw_item(page, url) for page in news]
    items = refined_together(newest(raw_items, max_items))
    return ParsedFeed(
        format=NEWS_SITEMAP,
        title=names.most_common(1)[0][0] if names else "",
        items=items,
        language=languages.pop() if len(languages) == 1 else "",
        refused=len(raw_items) - len(items),
        left_out=max(len(raw_items) - max_items, 0),
        warning="" if is_whole else "The sitemap is cut off; an incomplete article at its end was left out.",
        is_cut_off=not is_whole,
        is_cut_in_item=is_in_page,
    )


def _without_news(text: str, *, is_whole: bool, has_pages: bool) -> ParseFailed | None:
    """None for a news sitemap that has nothing to tell now: it declares the schema, and is empty."""
    is_declared = _NEWS_NAMESPACE in text[:_HEAD_CHARACTERS].lower()
    if not is_whole and (is_declared or not has_pages):
        detail = "The sitemap is cut off before the end of its first article."
        return ParseFailed(problem=FetchProblem.BROKEN_OFF, detail=detail)
    if has_pages or not is_declared:
        return ParseFailed(problem=FetchProblem.NOT_A_FEED, detail=_PLAIN)
    return None


def _parts(text: str, url: str) -> tuple[SitemapPart, ...]:
    """The first parts that the index names, each once, but not the index itself."""
    parts: dict[str, datetime | None] = {}
    link, changed_at = "", None
    for found in islice(_PART.finditer(text), 3 * MOST_NAMED):
        name = found["name"].lower()
        if name == "sitemap":
            link, changed_at = "", None
        elif name == "loc":
            link = clean_link(html.unescape(found["text"]), url)
        else:
            changed_at = date_from_text(found["text"])
        if link and link != url:
            parts[link] = changed_at
    return tuple(SitemapPart(url=link, changed_at=at) for link, at in islice(parts.items(), MOST_NAMED))


def _index_in_words(parts: Sequence[SitemapPart]) -> str:
    """Why an index is refused where its parts are not read, and which of them to take: those that are called news, then
    the first ones.
    """
    named = [shown for part in parts if len(shown := shown_url(part.url)) <= _LONGEST_NAMED]
    named.sort(key=lambda link: "news" not in link.partition("://")[2].partition("/")[2].lower())
    if not named:
        return f"{_INDEX} Open it, and give the address of the part with news."
    return f"{_INDEX} Give the address of one of its parts: {', '.join(named[:_PARTS_NAMED])}"


def _pages(text: str) -> tuple[list[_Page], bool, bool]:
    """The pages that end, whether the root element does, and whether the last page is cut off."""
    pages: list[_Page] = []
    page: _Page | None = None
    inside, wanted, pieces = "", "", list[str]()
    for name, is_end, is_empty, before in _tags(text):
        if name == "urlset" and (is_end or is_empty):
            return pages, True, False
        if wanted:
            pieces.append(before)
        if name == "url":
            pages += [page] if page and is_end else []
            page, inside, wanted = (None if is_end else _Page()), "", ""
        elif page and name in {"news", *_OTHERS}:
            inside = "" if is_end or is_empty else name
            page.is_news = page.is_news or name == "news"
        elif page and wanted == name and is_end:
            page.texts.setdefault(name, "".join(pieces))
            wanted = ""
        elif page and not is_end and (name in _FIELDS if inside == "news" else name == "loc" and not inside):
            wanted, pieces = name, []
    return pages, False, page is not None


def _tags(text: str) -> Iterator[tuple[str, bool, bool, str]]:
    """Of each tag its local name, whether it ends an element, whether it is an empty one, and the text before it."""
    pieces, at = list[str](), 0
    for token in _TOKEN.finditer(text):
        pieces.append(html.unescape(text[at : token.start()]))
        at = token.end()
        if token["name"] is None:
            pieces.append(token["data"] or "")
        else:
            name = token["name"].rpartition(":")[2].lower()
            yield name, bool(token["end"]), token["rest"].endswith("/"), "".join(pieces)
            pieces = []


def _raw_item(page: _Page, url: str) -> RawItem:
    texts = page.texts
    return RawItem(
        link=clean_link(texts.get("loc", "").strip(), url),
        title=texts.get("title", ""),
        categories=tuple(texts.get("keywords", "")[:5_000].split(",")),
        published=date_from_text(texts.get("publication_date", "")),
        language=texts.get("language", ""),
    )
