"""Feed documents in four formats, made of what a publisher shows at the moment."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item as a document shows it. `published` is None where the publisher tells no dates."""

    guid: str
    link: str
    title: str
    text: str
    published: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a document asks of its readers."""

    ttl_minutes: int = 0
    skip_hours: tuple[int, ...] = ()
    update_period: str = ""


def rss(title: str, entries: Sequence[Entry], hints: Hints) -> str:
    items = "".join(
        f"<item><guid isPermaLink='false'>{escape(each.guid)}</guid><title>{escape(each.title)}</title>"
        f"<link>{escape(each.link)}</link><description>{escape(each.text)}</description>"
        f"{f'<pubDate>{format_datetime(each.published)}</pubDate>' if each.published else ''}</item>"
        for each in entries
    )
    head = f"<ttl>{hints.ttl_minutes}</ttl>" if hints.ttl_minutes else ""
    if hints.skip_hours:
        head += f"<skipHours>{''.join(f'<hour>{hour}</hour>' for hour in hints.skip_hours)}</skipHours>"
    return f"<rss version='2.0'><channel><title>{title}</title>{head}{items}</channel></rss>"


def atom(title: str, entries: Sequence[Entry], hints: Hints) -> str:
    items = "".join(
        f"<entry><id>{escape(each.guid)}</id><title>{escape(each.title)}</title><link href='{escape(each.link)}'/>"
        f"{f'<published>{each.published.isoformat()}</published>' if each.published else ''}"
        f"<summary>{escape(each.text)}</summary></entry>"
        for each in entries
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{title}</title>{_period(hints)}{items}</feed>"


def rdf(title: str, entries: Sequence[Entry], hints: Hints) -> str:
    items = "".join(
        f"<item rdf:about='{escape(each.guid)}'><title>{escape(each.title)}</title><link>{escape(each.link)}</link>"
        f"{f'<dc:date>{each.published.isoformat()}</dc:date>' if each.published else ''}"
        f"<description>{escape(each.text)}</description></item>"
        for each in entries
    )
    spaces = "xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'"
    return (
        f"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' {spaces}>"
        f"<channel><title>{title}</title>{_period(hints)}</channel>{items}</rdf:RDF>"
    )


def json_feed(title: str, entries: Sequence[Entry], _hints: Hints) -> str:
    items = [
        {"id": each.guid, "url": each.link, "title": each.title, "content_text": each.text}
        | ({"date_published": each.published.isoformat()} if each.published else {})
        for each in entries
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": title, "items": items})


def _period(hints: Hints) -> str:
    if not hints.update_period:
        return ""
    space = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
    return f"<sy:updatePeriod {space}>{hints.update_period}</sy:updatePeriod>"


FORMATS: dict[str, Callable[[str, Sequence[Entry], Hints], str]] = {
    "rss": rss,
    "atom": atom,
    "rdf": rdf,
    "json": json_feed,
}
