"""JSON Feed 1.0 and 1.1 → `ParsedFeed`; feedparser reads none. https://www.jsonfeed.org/version/1.1/

A field of the wrong type is dropped, and its item is kept; the specification itself asks readers to
accept an `id` that is a number.
"""

import json
from typing import Any

from monitor.model.feed import ParsedFeed, ParseFailed, ParseOutcome
from monitor.model.fetch import FetchProblem
from monitor.parse.dates import date_from_text
from monitor.parse.item import RawItem, language_tag, newest, refined_together, title_text
from monitor.parse.paging import way_of_next_url
from monitor.url import clean_link

_VERSIONS = {"https://jsonfeed.org/version/1": "json10", "https://jsonfeed.org/version/1.1": "json11"}


def read_json(text: str, *, url: str, max_items: int) -> ParseOutcome:
    """The feed in `text`. Links are relative to `url`, where the document was found."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        return _not_a_feed(f"This looks like JSON but is not valid: {error}.")
    version = _VERSIONS.get(_word(document, "version").rstrip("/")) if isinstance(document, dict) else None
    if version is None:
        return _not_a_feed("This is a JSON document without the version of a JSON Feed.")
    entries = [each for each in _list(document, "items") if isinstance(each, dict)]
    authors = _authors(document)
    items = refined_together(newest([_raw_item(each, url, authors) for each in entries], max_items))
    return ParsedFeed(
        format=version,
        title=title_text(_word(document, "title")),
        items=items,
        language=language_tag(_word(document, "language")),
        refused=len(_list(document, "items")) - len(items),
        left_out=max(len(entries) - max_items, 0),
        ways_back=way_of_next_url(_word(document, "next_url"), url),
    )


def _raw_item(entry: dict[str, Any], url: str, authors: tuple[str, ...]) -> RawItem:
    """`authors`: those of the feed, who are its items' too where these name none."""
    addresses = (clean_link(_word(entry, key), url) for key in ("url", "external_url") if _word(entry, key))
    dates = (date_from_text(_word(entry, key)) for key in ("date_published", "date_modified"))
    summary, *contents = (_word(entry, key) for key in ("summary", "content_html", "content_text"))
    return RawItem(
        guid=_word(entry, "id"),
        link=next(filter(None, addresses), "") or clean_link(_word(entry, "id")),
        title=_word(entry, "title"),
        texts=(summary, *contents),
        bodies=(*contents, summary),
        authors=_authors(entry) or authors,
        categories=tuple(str(tag) for tag in _list(entry, "tags") if isinstance(tag, str)),
        published=next(filter(None, dates), None),
        language=_word(entry, "language"),
    )


def _authors(entry: dict[str, Any]) -> tuple[str, ...]:
    """Version 1.1 has a list of them, version 1.0 one."""
    named = [*_list(entry, "authors"), entry.get("author")]
    return tuple(name for each in named if isinstance(each, dict) and (name := _word(each, "name")))


def _word(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _list(document: dict[str, Any], key: str) -> list[Any]:
    value = document.get(key)
    return value if isinstance(value, list) else []


def _not_a_feed(detail: str) -> ParseFailed:
    return ParseFailed(problem=FetchProblem.NOT_A_FEED, detail=detail)
