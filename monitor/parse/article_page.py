"""The page behind an article → its text, and what it says of itself in meta elements. Pure; for a child process.

trafilatura finds the text (decision 73 has the measurements). It and lxml are loaded with the first page, so that
neither the daemon nor the children that read feeds carry them. Whether the text is the article, `pages` decides.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.model.feed import ParseFailed
from monitor.model.fetch import FetchProblem
from monitor.model.page import PageOutcome, PageReading
from monitor.parse.encodings import decoded
from monitor.parse.html import clean_text, one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

PAGE_CHARACTERS = 2_000_000
"""The characters of a page that are read: 12 times the median of news sites, whose scripts and menus come first."""

TITLE_CHARACTERS = 300
MOST_TITLES = 6
MOST_METAS = 100
META_BYTES = 4_096
"""Browsers look for a charset in the first 1,024 bytes; many pages name it after that."""

META_CHARACTERS = 500

_META_CHARSET = re.compile(rb"""<meta\s[^<>]{0,500}?charset\s{0,9}=\s{0,9}["']?([a-z0-9_:-]{1,40})""", re.IGNORECASE)
_EMPTY_CELLS = re.compile(r"(?m)(?:^[| ]+|[| ]+$|(?<=\|)(?: ?\|)+)")
"""How trafilatura writes a row of a table: the cells with strokes between them."""

_PAYWALL = re.compile(
    r"""(?:class|id)\s?=\s?["']?[^"'<>]{0,200}?(?:pay-?wall|reg-?wall|subscribers?-only|premium-content)""",
    re.IGNORECASE,
)
_IS_FREE = re.compile(r'"isAccessibleForFree"\s{0,20}:\s{0,20}"?(?:https?://schema\.org/)?(true|false)', re.IGNORECASE)
_TITLES = ("og:title", "twitter:title", "dc.title")
_PAID_TIERS = frozenset({"locked", "paid", "premium", "subscriber"})


def read_page(
    body: bytes,
    *,
    url: str,  # noqa: ARG001 (children give it to any work)
    headers: Mapping[str, str],
    max_items: int,
) -> PageOutcome:
    """What the page in `body` is. `max_items` is how many characters of its text are kept; `url` where it was found.

    A page without any text is a reading without text. No exception leaves it: one of the parser's is a failure, after
    which nobody knows the state of the process.
    """
    try:
        return _read(_decoded(body, headers.get("content-type", "")), max_items)
    except Exception as error:  # hostile bytes may make a parser raise anything
        detail = one_line(clean_text(str(error)), 200)
        return ParseFailed(
            problem=FetchProblem.PARSER, detail=f"The page could not be read: {type(error).__name__} {detail}."
        )


def _decoded(body: bytes, content_type: str) -> str:
    """A charset in the answer's header comes before the one that the page names in a meta element."""
    named = None if "charset" in content_type.lower() else _META_CHARSET.search(body[:META_BYTES])
    declared = f"{content_type}; charset={named[1].decode()}" if named else content_type
    return decoded(body, declared).text[:PAGE_CHARACTERS]


def _read(text: str, max_characters: int) -> PageReading:
    from trafilatura import extract
    from trafilatura.utils import load_html

    logging.getLogger("trafilatura").disabled = True
    tree = load_html(text) if text.strip() else None
    if tree is None:
        return PageReading(text="")
    reading = replace(_said(tree), has_paywall_marks=bool(_PAYWALL.search(text)))
    for cell in tree.iter("td", "th"):  # they are filled up with empty cells: 500 wide ones take minutes
        cell.attrib.pop("colspan", None)
        cell.attrib.pop("rowspan", None)
    words = extract(tree, fast=True, include_comments=False)
    return replace(reading, text=_without_empty_cells(clean_text(words or ""))[:max_characters].rstrip())


def _said(tree: "HtmlElement") -> PageReading:
    """All but the text, which is extracted last, because that changes the tree."""
    metas = _metas(tree)
    titles = [*(each.text_content() for each in tree.iter("title", "h1")), *(metas.get(each, "") for each in _TITLES)]
    return PageReading(
        text="",
        titles=tuple(dict.fromkeys(filter(None, (_line(each, TITLE_CHARACTERS) for each in titles))))[:MOST_TITLES],
        metas=tuple((name, metas[name]) for name in metas if name not in _TITLES),
        language=_line(tree.get("lang") or "", 40),
        is_free=_is_free(tree, metas.get("article:content_tier", "")),
        asks_for_password=any(each.get("type", "").lower() == "password" for each in tree.iter("input")),
    )


def _metas(tree: "HtmlElement") -> dict[str, str]:
    """By name in lower case; what a name says several times is one list."""
    found: dict[str, str] = {}
    for each in tree.iter("meta"):
        name = _line(each.get("name") or each.get("property") or "", META_CHARACTERS).lower()
        content = _line(each.get("content") or "", META_CHARACTERS)
        if name in found:
            found[name] = f"{found[name]}, {content}"[:META_CHARACTERS]
        elif name and content and len(found) < MOST_METAS:
            found[name] = content
    return found


def _is_free(tree: "HtmlElement", tier: str) -> bool | None:
    """One "no" is enough: the paid part of a page is marked apart from the page."""
    scripts = (each.text or "" for each in tree.iter("script") if "ld+json" in each.get("type", ""))
    answers = {found[1].lower() for text in scripts for found in _IS_FREE.finditer(text)}
    if "false" in answers or tier.lower() in _PAID_TIERS:
        return False
    return True if answers else None


def _without_empty_cells(text: str) -> str:
    return clean_text(_EMPTY_CELLS.sub("", text)) if "|" in text else text


def _line(text: str, limit: int) -> str:
    return one_line(clean_text(text[: 4 * limit]), limit)
