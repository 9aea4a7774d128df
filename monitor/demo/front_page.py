"""An outlet's feed as a document: RSS 2.0, RSS 1.0 or Atom, as it stands at a given moment.

The same week, outlet and moment always give the same bytes. It knows no HTTP: validators and
outages are `newsroom`'s.
"""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from monitor.demo.week import Article, Outlet, Week, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """A feed document, and when it last became what it is."""

    body: bytes
    content_type: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """An article with the wording that is in force."""

    article: Article
    wording: Wording

    @property
    def markup(self) -> str:
        return self.wording.text if self.article.is_html else escape(self.wording.text)


def front_page(week: Week, outlet: Outlet, moment: datetime) -> FrontPage:
    """What the outlet's feed holds at `moment`: its latest articles, newest first, in their words of then.

    Every outlet of the week has published before it begins; a moment before that is a ValueError.
    """
    published = [article for article in week.articles if article.outlet == outlet.id and article.at <= moment]
    latest = published[: -outlet.items - 1 : -1]
    items = [_Item(article=article, wording=article.wording_at(moment)) for article in latest]
    changed_at = max(item.wording.at for item in items)
    write, content_type = _FORMATS[outlet.format]
    document = f'<?xml version="1.0" encoding="utf-8"?>\n{write(outlet, items, changed_at)}'
    return FrontPage(body=document.encode(), content_type=content_type, changed_at=changed_at)


def _rss(outlet: Outlet, items: list[_Item], changed_at: datetime) -> str:
    head = [
        _element("title", outlet.name),
        _element("link", outlet.home),
        _element("description", outlet.about),
        _element("language", outlet.language),
        _element("lastBuildDate", format_datetime(changed_at, usegmt=True)),
    ]
    return _nest('rss version="2.0"', [_nest("channel", head + [_rss_item(outlet, item) for item in items])])


def _rss_item(outlet: Outlet, item: _Item) -> str:
    article = item.article
    parts = [
        _element("title", item.wording.title),
        _element("link", article.link),
        _element("description", item.markup),
    ]
    if article.guid:
        parts.append(_element('guid isPermaLink="false"', article.guid))
    if article.dated:
        parts.append(_element("pubDate", format_datetime(article.dated, usegmt=True)))
    if article.source:
        parts.append(_element(f"source url={quoteattr(outlet.home)}", article.source))
    return _nest("item", parts)


def _rdf(outlet: Outlet, items: list[_Item], changed_at: datetime) -> str:
    places = [f"<rdf:li rdf:resource={quoteattr(item.article.link)}/>" for item in items]
    channel = [
        _element("title", outlet.name),
        _element("link", outlet.home),
        _element("description", outlet.about),
        _element("dc:language", outlet.language),
        _element("dc:date", changed_at.isoformat()),
        _nest("items", [_nest("rdf:Seq", places)]),
    ]
    root = (
        'rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    )
    about = f"channel rdf:about={quoteattr(outlet.home)}"
    return _nest(root, [_nest(about, channel), *(_rdf_item(item) for item in items)])


def _rdf_item(item: _Item) -> str:
    parts = [
        _element("title", item.wording.title),
        _element("link", item.article.link),
        _element("description", item.markup),
    ]
    if item.article.dated:
        parts.append(_element("dc:date", item.article.dated.isoformat()))
    return _nest(f"item rdf:about={quoteattr(item.article.link)}", parts)


def _atom(outlet: Outlet, items: list[_Item], changed_at: datetime) -> str:
    head = [
        _element("id", f"tag:{outlet.domain},2016:feed"),
        _element("title", outlet.name),
        _element("subtitle", outlet.about),
        _element("updated", changed_at.isoformat()),
        f"<link href={quoteattr(outlet.home)}/>",
    ]
    root = f'feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(outlet.language)}'
    return _nest(root, head + [_atom_entry(outlet, item) for item in items])


def _atom_entry(outlet: Outlet, item: _Item) -> str:
    parts = [
        _element("id", f"tag:{outlet.domain},2016:{item.article.guid}"),
        _element("title", item.wording.title),
        f"<link href={quoteattr(item.article.link)}/>",
        _element("updated", item.wording.at.isoformat()),
        _element('summary type="html"', item.markup),
    ]
    if item.article.dated:
        parts.append(_element("published", item.article.dated.isoformat()))
    return _nest("entry", parts)


_FORMATS = {
    "rss": (_rss, "application/rss+xml; charset=utf-8"),
    "rdf": (_rdf, "application/rdf+xml"),
    "atom": (_atom, "application/atom+xml"),
}


def _element(tag: str, text: str) -> str:
    """An element with text; `tag` may carry attributes."""
    return f"<{tag}>{escape(text)}</{tag.split(maxsplit=1)[0]}>"


def _nest(tag: str, parts: list[str]) -> str:
    """An element with elements, one a line; `tag` may carry attributes."""
    return "\n".join([f"<{tag}>", *parts, f"</{tag.split(maxsplit=1)[0]}>"])
