"""RSL (Really Simple Licensing 1.0): what the document that a `License:` line of robots.txt names lets us do.

Of its uses, ours is `search`: to find by words, and to show a link and a line. `ai-all` is obeyed as `noai` is;
`ai-train`, `ai-input` and `ai-index` are not what is done here. What costs money by the page or the subscription is not
paid, and who runs this program is not known, so a licence for certain users or places is none.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from monitor.model.page import PageRefusal, PageRefusalKind
from monitor.pages.patterns import PathPattern, path_of

MAX_CHARACTERS = 200_000
UNREAD = "unread"
"""Stands for a document that robots.txt names and that could not be had: what it allows is not known."""
MAX_CONTENTS = 1_000

OURS = frozenset({"all", "search"})
FORBIDDING = OURS | {"ai-all"}
PAID = frozenset({"purchase", "subscription", "crawl"})


def licence_refusal(document: str, url: str) -> PageRefusal | None:
    """Why the terms do not let us read the page; None if one of its licences does, or if nothing is said of it.

    The longest pattern that the URL matches decides, as in robots.txt. What is no RSL document says nothing; one that
    could not be had (`UNREAD`) forbids everything.
    """
    if document == UNREAD:
        reason = "robots.txt names a licence (RSL) that could not be read"
        return PageRefusal(kind=PageRefusalKind.LICENCE, reason=reason)
    contents = [(pattern.octets, each) for each in _contents(document) if (pattern := _pattern(each, url)) is not None]
    longest = max((octets for octets, _ in contents), default=0)
    licences = [each for octets, content in contents if octets == longest for each in _inside(content, "license")]
    reasons = [_obstacle(each) for each in licences]
    if not reasons or "" in reasons:
        return None
    return PageRefusal(kind=PageRefusalKind.LICENCE, reason=f"the licence that robots.txt names (RSL) {reasons[0]}")


def _contents(document: str) -> Iterator[ET.Element]:
    if len(document) > MAX_CHARACTERS or "<!DOCTYPE" in document or "<!ENTITY" in document:
        return
    try:
        root = ET.fromstring(document.encode())  # noqa: S314 (bounded, and without entities of its own)
    except (ET.ParseError, LookupError, ValueError):
        return
    if _name(root) == "rsl":
        for number, each in enumerate(_inside(root, "content")):
            if number < MAX_CONTENTS:
                yield each


def _pattern(content: ET.Element, url: str) -> PathPattern | None:
    """The pattern of the content, if it is one of this URL."""
    try:
        wanted = urlsplit(content.get("url", ""))
        if wanted.netloc and wanted.netloc.lower() != urlsplit(url).netloc.lower():
            return None
    except ValueError:
        return None
    pattern = PathPattern.of(f"{wanted.path or '/'}{f'?{wanted.query}' if wanted.query else ''}")
    return pattern if pattern.matches(path_of(url)) else None


def _obstacle(licence: ET.Element) -> str:
    """What in this licence keeps us out, as the end of a sentence; "" if nothing does."""
    forbidden = _uses(licence, "prohibits") & FORBIDDING
    if forbidden:
        return f"prohibits {' and '.join(sorted(forbidden))}"
    if any(each.get("type") in ("user", "geo") for each in _inside(licence, "permits")):
        return "is for certain users or places alone"
    permitted = _uses(licence, "permits")
    if permitted and not permitted & OURS:
        return f"permits {', '.join(sorted(permitted))[:100]} alone"
    asked = {each.get("type", "") for each in _inside(licence, "payment")} & PAID
    return f"asks for payment ({', '.join(sorted(asked))})" if asked else ""


def _uses(licence: ET.Element, name: str) -> frozenset[str]:
    texts = (each.text or "" for each in _inside(licence, name) if each.get("type") == "usage")
    return frozenset(use for text in texts for use in text.lower().replace(",", " ").split())


def _inside(element: ET.Element, name: str) -> list[ET.Element]:
    return [each for each in element if _name(each) == name]


def _name(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]
