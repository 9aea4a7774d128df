"""One item as a feed wrote it → a `ParsedItem`: clean words, bounded lengths, or nothing.

Both formats, XML and JSON, come through here, so that what is stored is the same for both.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain

from monitor.model.feed import ParsedItem
from monitor.parse.html import one_line, text_from_field
from monitor.parse.texts import joined

MAX_TITLE_CHARACTERS = 500
MAX_TEXT_CHARACTERS = 100_000
MAX_DOCUMENT_CHARACTERS = 10_000_000
"""Of the texts of one document together: as much as the largest document (`max_body_bytes`) says without entities. A
small one that unfolds to more is hostile, and would cost minutes of matching and the disk a gigabyte a day.
"""
MAX_GUID_CHARACTERS = 1_000
MAX_AUTHOR_CHARACTERS = 200
MOST_AUTHORS = 10
MAX_CATEGORY_CHARACTERS = 80
MOST_CATEGORIES = 20
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,4}")
_ADDRESS_AND_NAME = re.compile(r"\S{1,200}@\S{1,200}\s?\((?P<name>[^()]+)\)")
_NAME_AND_ADDRESS = re.compile(r"(?P<name>[^<>()@]+)[<(]\S{1,200}@\S{1,200}[>)]")
_UNDATED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawItem:
    """An item with its words as written. `texts` are all its texts, the summary first and captions last; `link` and
    `source_url` are clean already, because what they are relative to only the format knows.

    `bodies`: those among which earlier versions took the longest for the text, in their order (`ParsedItem.body`).
    """

    guid: str = ""
    link: str = ""
    title: str = ""
    texts: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: datetime | None = None
    source: str = ""
    source_url: str = ""
    language: str = ""


def newest(raw_items: Sequence[RawItem], limit: int) -> list[RawItem]:
    """At most `limit` items, the newest by date, in the order of the document (rule I11: some feeds
    list the oldest first). Undated ones go first when there are too many.
    """
    by_date = sorted(range(len(raw_items)), key=lambda index: raw_items[index].published or _UNDATED, reverse=True)
    return [raw_items[index] for index in sorted(by_date[:limit])]


def refined(raw: RawItem) -> ParsedItem | None:
    """The item as it may be stored; None if there is nothing of it to store."""
    title = title_text(raw.title)
    clean = {value: text_from_field(value) for value in (*raw.texts, *raw.bodies)}
    text = joined([clean[value] for value in raw.texts], title, MAX_TEXT_CHARACTERS)
    longest = max((clean[body] for body in dict.fromkeys(raw.bodies)), key=len, default="")[:MAX_TEXT_CHARACTERS]
    if _folded(longest) == _folded(title):
        longest = ""
    item = ParsedItem(
        guid=_bounded_guid(raw.guid),
        link=raw.link,
        title=title,
        text=text,
        longest=None if longest == text else longest,
        published=raw.published,
        source=title_text(raw.source),
        source_url=raw.source_url,
        language=language_tag(raw.language),
        author=_line(map(_name, raw.authors)),
        categories=_categories(raw.categories),
    )
    return item if item.guid or item.link or item.title or item.text else None


def refined_together(raw_items: Iterable[RawItem]) -> tuple[ParsedItem, ...]:
    """The items of one document. If all their texts are too much, the longest are cut to half of what a text may have,
    or a quarter and so on: shorter ones stay whole.
    """
    items = tuple(filter(None, map(refined, raw_items)))
    limit = MAX_TEXT_CHARACTERS
    while sum(min(len(text), limit) for item in items for text in _texts(item)) > MAX_DOCUMENT_CHARACTERS:
        limit //= 2
    return tuple(item if max(map(len, _texts(item))) <= limit else _cut(item, limit) for item in items)


def _texts(item: ParsedItem) -> tuple[str, ...]:
    return (item.text, item.longest or "")


def _cut(item: ParsedItem, limit: int) -> ParsedItem:
    longest = None if item.longest is None else item.longest[:limit]
    return replace(item, text=item.text[:limit], longest=longest)


def title_text(value: str) -> str:
    """A title, of an item or a feed, on one bounded line."""
    return one_line(text_from_field(value, is_headline=True), MAX_TITLE_CHARACTERS)


def language_tag(value: str) -> str:
    """A language tag such as `en-gb` in lower case; "" for what is none."""
    tag = value.strip().replace("_", "-").lower()
    return tag if _LANGUAGE.fullmatch(tag) else ""


def _name(value: str) -> str:
    """An author's name without the mail address that RSS asks for, unless that is all there is."""
    name = title_text(value)
    found = _ADDRESS_AND_NAME.fullmatch(name) or _NAME_AND_ADDRESS.fullmatch(name)
    return found["name"].strip() if found else name


def _line(names: Iterable[str]) -> str:
    """Authors on one line, each once."""
    distinct: dict[str, str] = {}
    for name in names:
        distinct.setdefault(name.casefold(), name)
    distinct.pop("", None)
    return one_line(", ".join(list(distinct.values())[:MOST_AUTHORS]), MAX_AUTHOR_CHARACTERS)


def _categories(values: Iterable[str]) -> tuple[str, ...]:
    """Each once, in the order of the item; some feeds write several into one element, with semicolons between."""
    parts = chain.from_iterable(title_text(value).split(";") for value in values)
    names = (one_line(part, MAX_CATEGORY_CHARACTERS) for part in parts)
    return tuple(dict.fromkeys(name for name in names if name))[:MOST_CATEGORIES]


def _bounded_guid(guid: str) -> str:
    """Verbatim, since nobody may interpret it (rule I1); only an enormous one is replaced by its hash."""
    valid = guid.strip().encode("utf-8", "replace")
    return valid.decode() if len(valid) <= MAX_GUID_CHARACTERS else f"sha256:{hashlib.sha256(valid).hexdigest()}"


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
