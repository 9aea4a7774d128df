"""What feedparser reads and does not keep: every text and every author of an item, with the element it stood in.

feedparser keeps one summary, the last of description, abstract, itunes:summary and media:description, files the
others under content or nowhere, and knows no full-text. Its parsers are used with a note taken as each element ends.
"""

import re
from typing import Any

from feedparser import api

KEPT = "texts and authors"
"""Under this key an entry has its notes: (element, media type, value), in the order of the document. No element can
have this name: feedparser keeps unknown ones under theirs.
"""

PERMALINK = "permalink"
"""Under this key an entry has its guid, where that says to be the address of the page: beside an empty link, too."""

SUMMARIES = ("description", "dc:description", "summary", "abstract", "teaser", "itunes:subtitle", "itunes:summary")
BODIES = ("content", "content:encoded", "fullitem", "body", "xhtml:body", "fulltext")
CAPTIONS = ("media:description", "media:text")
"""Of pictures and videos; where an item has no other text, what there is to read."""

AUTHORS = frozenset({"author", "dc:creator", "dc:author", "itunes:author", "name", "itunes:name"})
_NAMES = frozenset({"name", "itunes:name"})
"""They name an author inside one, and elsewhere somebody else."""

_NOTED = frozenset({*SUMMARIES, *BODIES, *CAPTIONS, *AUTHORS})

_ALIASES = {
    **dict.fromkeys(("full-text", "full_text", "fulltext", "turbo:content"), "fulltext"),
    **dict.fromkeys(("anons", "excerpt", "excerpt:encoded", "standfirst", "teaser", "dcterms:abstract"), "teaser"),
}
"""Full texts and teasers have many names, and prefixes as publishers please (yandex:full-text, mailru:full-text)."""


class _Noting:
    """Before one of feedparser's parsers, it notes what ends; the notes change nothing of what feedparser does."""

    ending = ""

    def unknown_starttag(self: Any, tag: str, attrs: list[tuple[str, str]]) -> None:
        self.ending = ""
        super().unknown_starttag(_ALIASES.get(self.usual_name(tag), tag), attrs)  # type: ignore[misc]

    def unknown_endtag(self: Any, tag: str) -> None:
        name = self.usual_name(tag)
        self.ending = _ALIASES.get(name, name)
        super().unknown_endtag(_ALIASES.get(name, tag))  # type: ignore[misc]
        self.ending = ""

    def pop(self: Any, element: str, strip_whitespace: int = 1) -> str | None:
        media_type = self.contentparams.get("type") or ""
        value: str | None = super().pop(element, strip_whitespace)  # type: ignore[misc]
        if value and self.ending == "guid" and self.guidislink and self.inentry:
            self.entries[-1][PERMALINK] = value
        is_noted = self.ending in _NOTED and (self.inauthor or self.ending not in _NAMES)
        if value and is_noted and self.inentry and not self.insource:
            self.entries[-1].setdefault(KEPT, []).append((self.ending, media_type, value))
        return value

    def usual_name(self: Any, tag: str) -> str:
        """The element's name with the usual prefix of its namespace, or by its local name alone if that is enough."""
        prefix, _, suffix = tag.rpartition(":")
        prefix = self.namespacemap.get(prefix, prefix)
        return suffix if suffix in _ALIASES or not prefix else f"{prefix}:{suffix}"

    def _start_guid(self: Any, attributes: dict[str, str]) -> None:
        is_permalink = attributes.get("ispermalink", "true").strip().lower()
        super()._start_guid(attributes | {"ispermalink": is_permalink})  # type: ignore[misc]

    def _start_fulltext(self: Any, attributes: dict[str, str]) -> None:
        self.push_content("fulltext", attributes, "text/html", 1)

    def _end_fulltext(self: Any) -> None:
        self.end_alias("fulltext")

    def _start_teaser(self: Any, attributes: dict[str, str]) -> None:
        self.push_content("teaser", attributes, "text/html", 1)

    def _end_teaser(self: Any) -> None:
        self.end_alias("teaser")

    def _start_media_text(self: Any, attributes: dict[str, str]) -> None:
        """Of an unknown element that has attributes feedparser drops the text."""
        self.push_content("media_text", attributes, "text/html", 1)

    def _end_media_text(self: Any) -> None:
        self.end_alias("media_text")

    def end_alias(self: Any, name: str) -> None:
        """Not inside a content, of which the tag is a part."""
        if self.elementstack and self.elementstack[-1][0] == name:
            self.pop_content(name)


class _Strict(_Noting, api.StrictFeedParser):  # type: ignore[misc]
    pass


class _Loose(_Noting, api.LooseFeedParser):  # type: ignore[misc]
    pass


api.StrictFeedParser, api.LooseFeedParser = _Strict, _Loose
"""What `feedparser.parse` makes from now on. It takes no parsers as arguments."""

_EXTENSIONS: dict[str, str] = {uri.lower(): prefix for uri, prefix in api.StrictFeedParser.namespaces.items() if prefix}
_DEFAULT_NAMESPACE = re.compile(r"""\sxmlns\s*=\s*(?P<quote>["'])\s*(?P<uri>[^"']*?)\s*(?P=quote)""", re.IGNORECASE)


def without_foreign_default(text: str, root: str) -> str:
    """The document without the default namespace of its root element or channel, if that is the one of an extension:
    feedparser would take each element for one of podcasts (itunes:item), and find no feed.
    """
    start = re.compile(rf"<(?:{re.escape(root)}|channel)(?=[\s/>])[^<>]*>", re.IGNORECASE)
    own = root.rpartition(":")[2].lower()

    def without(tag: re.Match[str]) -> str:
        return _DEFAULT_NAMESPACE.sub(lambda found: found[0] if known(found["uri"]) in {"", own} else "", tag[0])

    def known(uri: str) -> str:
        return _EXTENSIONS.get(uri.lower(), "")

    return start.sub(without, text, count=2)
