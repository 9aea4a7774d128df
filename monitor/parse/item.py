"""One item as a feed wrote it → a `ParsedItem`: clean words, bounded lengths, or nothing.

Both formats, XML and JSON, come through here, so that what is stored is the same for both.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.model.feed import ParsedItem
from monitor.parse.html import one_line, text_from_field

MAX_TITLE_CHARACTERS = 500
MAX_TEXT_CHARACTERS = 100_000
MAX_GUID_CHARACTERS = 1_000
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,4}")
_UNDATED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawItem:
    """An item with its words as written. `bodies` are its content and summary, any number of each;
    `link` is clean already, because what it is relative to only its format knows.
    """

    guid: str = ""
    link: str = ""
    title: str = ""
    bodies: tuple[str, ...] = ()
    published: datetime | None = None
    source: str = ""
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
    text = _longest_text(raw.bodies)
    item = ParsedItem(
        guid=_bounded_guid(raw.guid),
        link=raw.link,
        title=title,
        text="" if _folded(text) == _folded(title) else text,
        published=raw.published,
        source=title_text(raw.source),
        language=language_tag(raw.language),
    )
    return item if item.guid or item.link or item.title or item.text else None


def title_text(value: str) -> str:
    """A title, of an item or a feed, on one bounded line."""
    return one_line(text_from_field(value), MAX_TITLE_CHARACTERS)


def language_tag(value: str) -> str:
    """A language tag such as `en-gb` in lower case; "" for what is none."""
    tag = value.strip().replace("_", "-").lower()
    return tag if _LANGUAGE.fullmatch(tag) else ""


def _longest_text(bodies: tuple[str, ...]) -> str:
    """Content and summary are mostly the same words, one of them shortened: the longer has them all."""
    return max((text_from_field(body) for body in dict.fromkeys(bodies)), key=len, default="")[:MAX_TEXT_CHARACTERS]


def _bounded_guid(guid: str) -> str:
    """Verbatim, since nobody may interpret it (rule I1); only an enormous one is replaced by its hash."""
    valid = guid.strip().encode("utf-8", "replace")
    return valid.decode() if len(valid) <= MAX_GUID_CHARACTERS else f"sha256:{hashlib.sha256(valid).hexdigest()}"


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
