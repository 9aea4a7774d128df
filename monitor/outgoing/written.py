"""Outgoing feeds as bytes: Atom and JSON Feed. The same content gives the same bytes."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Any
from xml.etree import ElementTree as ET

from monitor.model.outgoing import OutgoingEntry, OutgoingFeed, OutgoingLine, OutgoingPart

ATOM = "http://www.w3.org/2005/Atom"
AUTHOR = "News Monitor"
MOST_CHARACTERS = 500
"""Of a title; headlines have up to 200."""

NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot say, however it is escaped (§2.2), and what its parsers change (carriage return)."""


def atom(feed: OutgoingFeed) -> bytes:
    """The feed as Atom."""
    root = ET.Element("feed", {"xmlns": ATOM})
    _text(root, "id", feed.id)
    _text(root, "title", _title(feed.title))
    _text(root, "updated", _time(feed.updated))
    _text(ET.SubElement(root, "author"), "name", AUTHOR)
    if feed.itself:
        _link(root, "self", f"{feed.itself}.atom", "application/atom+xml")
        _link(root, "alternate", feed.home, "text/html")
    for entry in feed.entries:
        _entry(ET.SubElement(root, "entry"), entry)
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def json_feed(feed: OutgoingFeed) -> bytes:
    """The feed as JSON Feed 1.1."""
    written: dict[str, Any] = {"version": "https://jsonfeed.org/version/1.1", "title": _title(feed.title)}
    if feed.itself:
        written |= {"home_page_url": _clean(feed.home), "feed_url": _clean(f"{feed.itself}.json")}
    written |= {"authors": [{"name": AUTHOR}], "items": [_json_item(entry) for entry in feed.entries]}
    return json.dumps(written, ensure_ascii=False, indent=1).encode() + b"\n"


def entry_html(entry: OutgoingEntry) -> str:
    """What an entry says beyond its title. Nothing else decides that: a licence that forbids words is kept here."""
    parts = "".join(map(_part, entry.parts)) or "<p>Nothing to list.</p>"
    page = f'<p><a href="{escape(entry.page)}">In the archive</a></p>' if entry.page else ""
    return _clean(parts + page)


def _entry(element: ET.Element, entry: OutgoingEntry) -> None:
    _text(element, "id", entry.id)
    _text(element, "title", _title(entry.title))
    _text(element, "published", _time(entry.published))
    _text(element, "updated", _time(entry.updated))
    for relation, address in _links(entry):
        _link(element, relation, address, "text/html")
    _text(element, "content", entry_html(entry), type="html")


def _links(entry: OutgoingEntry) -> Iterator[tuple[str, str]]:
    if entry.link:
        yield "alternate", entry.link
    if entry.page:
        yield "related", entry.page


def _json_item(entry: OutgoingEntry) -> dict[str, Any]:
    link = {"url": _clean(entry.link)} if entry.link else {}
    return {
        "id": entry.id,
        **link,
        "title": _title(entry.title),
        "content_html": entry_html(entry),
        "date_published": _time(entry.published),
        "date_modified": _time(entry.updated),
    }


def _part(part: OutgoingPart) -> str:
    heading = f"<h3>{escape(_title(part.heading))}</h3>" if part.heading else ""
    more = f"<p>And {part.more} more.</p>" if part.more else ""
    return f"{heading}<ul>{''.join(map(_line, part.lines))}</ul>{more}"


def _line(line: OutgoingLine) -> str:
    item, title = line.item, escape(_title(line.item.title))
    linked = f'<a href="{escape(item.url)}">{title}</a>' if item.url else title
    proof = f" ({escape(_title(', '.join(line.found)))})" if line.found else ""
    return f'<li dir="{item.direction}">{linked} <bdi>{escape(item.outlet)}</bdi>{proof}</li>'


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = _clean(text)


def _link(parent: ET.Element, relation: str, address: str, kind: str) -> None:
    ET.SubElement(parent, "link", {"rel": relation, "type": kind, "href": _clean(address)})


def _title(text: str) -> str:
    """One line that is never empty, and no longer than anybody reads."""
    line = " ".join(_clean(text).split()) or "(no title)"
    return line if len(line) <= MOST_CHARACTERS else f"{line[: MOST_CHARACTERS - 1]}…"


def _clean(text: str) -> str:
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
