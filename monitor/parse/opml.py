"""Lists of feeds from other readers: OPML as they export it, and newsboat's file of URLs.

Pure, and it takes linear time. OPML is read tag by tag, not as XML: half of the lists that people pass on are not
well-formed, because an ampersand in an address is not escaped. No entity is expanded but those of XML.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.parse.encodings import decoded
from monitor.parse.html import clean_text
from monitor.plain_text import one_line
from monitor.url import canonical_url, clean_link, shown_url

MOST_FOLDERS = 100
"""Folders within folders beyond that are read as if they were not there."""

NAME_CHARACTERS = 80
BETWEEN_FOLDERS = " / "

_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_OUTLINE = re.compile(r"<(/?)outline(?=[\s/>])((?:[^<]|<(?!/?(?:outline|body|opml)\b))*+)", re.IGNORECASE)
"""A tag and what follows up to the next one: quotes within a value are not escaped in every list."""
_ATTRIBUTE = re.compile(
    r"""([a-z][a-z:_-]{0,40})\s{0,9}=\s{0,9}(?:"([^"]{0,20000})"|'([^']{0,20000})')""", re.IGNORECASE
)
_ENTITY = re.compile(r"&(amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_WORD = re.compile(r'"([^"]*)"|(\S+)')
_FEED_SCHEME = re.compile(r"^feed:(?://)?(?=https?:)|^feed(?=://)", re.IGNORECASE)
"""`feed:https://…` and `feed://…`: how browsers once handed an address to a reader."""
_LAST_CODE_POINT = 0x10FFFF

PSEUDO = {
    "exec": "is a command, not an address",
    "filter": "is a command with an address, not an address",
    "query": "is a search of newsboat's own articles",
    "file": "is a file of that machine",
}
"""Schemes of other readers that are no address on the web, with what they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A feed of a list."""

    url: str
    """Its address, http or https, as the config may have it."""
    name: str = ""
    """What the list calls it; "" if nothing."""
    folder: str = ""
    """The folder that it is in, with those around it before it: "News / Gulf"; "" for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An entry that is not a feed."""

    written: str
    """What stands there, safe to print."""
    reason: str
    """Why it was refused, as the rest of a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedList:
    """A list of feeds."""

    feeds: tuple[Subscription, ...]
    """Each feed once, in the order of the list."""
    refused: tuple[Refusal, ...] = ()
    """The entries that are not feeds."""
    repeated: int = 0
    """How many entries repeat an earlier one."""
    problem: str = ""
    """Why the file is not a list of feeds, as the rest of a sentence; "" if it is one."""


def feed_list(data: bytes) -> FeedList:
    """The feeds of an OPML file, or of newsboat's `urls` file."""
    text = decoded(data, "").text
    is_opml = re.search(r"<(?:opml|outline)\b", text, re.IGNORECASE) is not None
    entries = list(_of_opml(text) if is_opml else _of_lines(text))
    once: dict[str, Subscription] = {}
    refused = tuple(each for each in entries if isinstance(each, Refusal))
    feeds = [each for each in entries if isinstance(each, Subscription)]
    for each in feeds:
        once.setdefault(canonical_url(each.url), each)
    is_none = not once and (is_opml or not refused)
    nothing = "has no feed: no outline has an xmlUrl" if is_opml else "is neither OPML nor a list of web addresses"
    return FeedList(
        feeds=tuple(once.values()),
        refused=refused,
        repeated=len(feeds) - len(once),
        problem=nothing if is_none and not refused else "",
    )


def _of_opml(text: str) -> Iterator[Subscription | Refusal]:
    folders: list[str] = []
    for tag in _OUTLINE.finditer(_UNSEEN.sub(" ", text)):
        if tag[1]:
            del folders[-1:]
            continue
        attributes = {name.lower(): _unescaped(one or two) for name, one, two in _ATTRIBUTE.findall(tag[2])}
        name = _name(attributes.get("title", "") or attributes.get("text", ""))
        address = attributes.get("xmlurl", "") or (attributes.get("url", "") if _is_feed(attributes) else "")
        if address.strip():
            yield _entry(address, name, _folder(folders) or _category(attributes.get("category", "")))
        if not tag[2].rstrip().endswith("/>"):
            folders.append("" if address.strip() else name)


def _is_feed(attributes: dict[str, str]) -> bool:
    return attributes.get("type", "").lower() in {"rss", "atom", "feed"}


def _folder(folders: list[str]) -> str:
    return BETWEEN_FOLDERS.join(each for each in folders[:MOST_FOLDERS] if each)[:NAME_CHARACTERS].strip()


def _category(written: str) -> str:
    """The first of the categories, which may be a path: `/News/Gulf,Weekly`."""
    parts = (_name(part) for part in written.partition(",")[0].split("/"))
    return BETWEEN_FOLDERS.join(part for part in parts if part)[:NAME_CHARACTERS].strip()


def _of_lines(text: str) -> Iterator[Subscription | Refusal]:
    """An address in each line, and behind it tags; the one that begins with ~ is the feed's name."""
    for line in text.splitlines():
        words = [quoted or bare for quoted, bare in _WORD.findall(line)]
        scheme = words[0].partition(":")[0].lower() if words else ""
        if not words or words[0].startswith("#") or not ("://" in words[0] or scheme in PSEUDO):
            continue
        tags = [each for each in words[1:] if each[:1] not in "~!"]
        name = next((each[1:] for each in words[1:] if each.startswith("~")), "")
        yield _entry(words[0], _name(name), _name(tags[0]) if tags else "")


def _entry(written: str, name: str, folder: str) -> Subscription | Refusal:
    address = _FEED_SCHEME.sub(lambda found: "http" if found[0].isalpha() else "", written.strip())
    shown = one_line(clean_text(shown_url(written.strip())), 200)
    scheme, colon, rest = address.partition(":")
    if colon and scheme.lower() in PSEUDO:
        return Refusal(written=shown, reason=PSEUDO[scheme.lower()])
    if address.startswith("|") or scheme.lower() not in {"http", "https"}:
        return Refusal(written=shown, reason="is not an address that begins with http:// or https://")
    if "@" in re.split("[/?#]", rest.lstrip("/"), maxsplit=1)[0]:
        return Refusal(written=shown, reason="has a login; add the feed by hand, with auth")
    found = clean_link(address)
    if not found:
        return Refusal(written=shown, reason="is not a web address")
    return Subscription(url=found, name="" if name in {found, address} else name, folder=folder)


def _name(written: str) -> str:
    return one_line(clean_text(written), NAME_CHARACTERS)


def _unescaped(written: str) -> str:
    return _ENTITY.sub(_character, written)


def _character(found: re.Match[str]) -> str:
    name = found[1].lower()
    if not name.startswith("#"):
        return _NAMED[name]
    code = int(name.strip("#x"), 16 if "x" in name else 10)
    return chr(code) if code <= _LAST_CODE_POINT else ""
