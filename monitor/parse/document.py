"""The text of a document, before anyone reads it as a feed.

Finds the feed in it, cuts a broken-off document back to its last whole item, and says what a
document that is not a feed looks like. It does not parse XML or JSON.
"""

import html
import re

from selectolax.lexbor import LexborHTMLParser

from monitor.parse.html import clean_text, one_line

_ILLEGAL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")
_LEGAL_CODE_POINTS = (range(0x20, 0xD800), range(0xE000, 0xFFFE), range(0x10000, 0x110000))  # XML 1.0 §2.2
_MAX_DIGITS = 10

_PROLOG = re.compile(r"(?:\s++|<\?(?>.*?>)|<!--(?>.*?-->))*+", re.DOTALL)
_HTML_PAGE = re.compile(
    rf"{_PROLOG.pattern}(?:<!doctype\s+html[^>]*>{_PROLOG.pattern}(?!<(?:rss|rdf|feed|channel)\b)|<html\b)",
    re.IGNORECASE | re.DOTALL,
)
_FEED_ROOT = re.compile(r"<((?:[\w.-]+:)?(?:rss|rdf|feed|channel))(?=[\s/>])", re.IGNORECASE)
_FIRST_TAG = re.compile(rf"{_PROLOG.pattern}(?:<![^>]*>\s*)?<([a-z_][\w.:-]*)", re.IGNORECASE | re.DOTALL)
_EMBEDDED = re.compile(r"<((?:[\w.-]+:)?(?:rss|rdf|feed))\s(?:version|xmlns)[^<>]*>", re.IGNORECASE)
_SHOWN = re.compile(r"<pre\b[^<>]*>\s*(&lt;(?:\?xml|rss|feed|rdf:rdf)\b[^<]*)</pre", re.IGNORECASE)
_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<(head|script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>?")
_NOTE_OF_BROWSER = re.compile(r"This XML file does not appear to have any style[^<>.]*\.[^<>.]*\.?")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ITEM = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_LONGEST_END = 500
_ITEM_AT_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>(?:\s|</[\w.:-]*>?)*+\Z", re.IGNORECASE)
_TOKEN = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<(?P<end>/?)(?P<name>[A-Za-z_][\w.:-]*)(?P<rest>[^<>]*)>", re.DOTALL
)


def legal_text(text: str) -> str:
    """The text without the characters that XML forbids, and without white space around it."""
    return _REFERENCE.sub(_legal_reference, _ILLEGAL.sub("", text)).strip("\ufeff \t\r\n")


def _legal_reference(reference: re.Match[str]) -> str:
    """A reference to a character that XML does not allow would fail the strict parser and crash the loose one."""
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    code = int(digits[:_MAX_DIGITS], base)
    is_legal = code in (0x9, 0xA, 0xD) or any(code in legal for legal in _LEGAL_CODE_POINTS)
    return reference[0] if is_legal and len(digits) <= _MAX_DIGITS else "\ufffd"


def is_html_page(text: str) -> bool:
    return bool(_HTML_PAGE.match(text))


def embedded_feed(page: str) -> str:
    """The feed that a web page has around it: as an element, or escaped, as browsers show one; "" if there is none.

    It says its version or its namespace and has items: RDF about a licence is not a feed, and what is commented out
    is not meant.
    """
    if (shown := _SHOWN.search(page)) and not _says_more(page, shown):
        return html.unescape(shown[1])
    plain = _COMMENT.sub("", page)
    start = _EMBEDDED.search(plain)
    end = plain.rfind(f"</{start[1]}") if start else -1
    feed = f"{plain[start.start() : end]}</{start[1]}>" if start and end > start.end() else ""
    return feed if _ITEM.search(feed) else ""


def _says_more(page: str, shown: re.Match[str]) -> bool:
    """Whether the page has words of its own: then it is about feeds, and shows how one is written."""
    rest = f"{page[: shown.start()]}>{page[shown.end() :]}"
    return re.search(r"\w", _TAG.sub(" ", _NOTE_OF_BROWSER.sub(" ", _UNSEEN.sub(" ", rest)))) is not None


def feed_root(text: str) -> str:
    """The name of the element that holds the feed, as written; "" if none occurs that a feed begins with."""
    prolog = _PROLOG.match(text)
    root = _FEED_ROOT.search(text, prolog.end() if prolog else 0)
    return root[1] if root else ""


def is_cut_off(text: str, root: str) -> bool:
    """Whether the root element never ends. Its end tag may be quoted in a CDATA section; none can follow it."""
    section = text.rfind("<![CDATA[")
    section_end = text.find("]]>", section) if section >= 0 else 0
    return section_end < 0 or not re.search(rf"</{re.escape(root)}\s*>", text[section_end:], re.IGNORECASE)


def ends_with_an_item(text: str) -> bool:
    """Whether a document that is cut off lacks nothing but end tags. Some feeds never close their root."""
    return _ITEM_AT_END.search(text[-_LONGEST_END:]) is not None


def mended(text: str) -> str:
    """A cut-off document up to the end of its last whole item, and what is open there closed.

    So the broken last item is never seen, and the strict parser reads the others exactly as it
    does in the whole document.
    """
    open_tags: list[str] = []
    end, still_open = 0, list[str]()
    for token in _TOKEN.finditer(text):
        name = token["name"]
        if name is None or token["rest"].endswith("/"):
            continue
        if not token["end"]:
            open_tags.append(name)
        elif name in open_tags:
            del open_tags[_last_index(open_tags, name) :]
            if name.rpartition(":")[2].lower() in ("item", "entry"):
                end, still_open = token.end(), open_tags.copy()
    return text[:end] + "".join(f"</{name}>" for name in reversed(still_open))


def _last_index(names: list[str], name: str) -> int:
    return len(names) - 1 - names[::-1].index(name)


def looks_like(text: str) -> str:
    """What a document that is not a feed seems to be, for a person to read: `an HTML page titled “Sign in”`."""
    if re.search(r"<(?:!doctype\s+html|html)\b", text[:2000], re.IGNORECASE):
        return _html_page(text)
    if tag := _FIRST_TAG.match(text[:2000]):
        return f"an XML document with the root element <{one_line(clean_text(tag[1]), 40)}>"
    return f"text that begins “{one_line(clean_text(text[:200]), 60)}”"


def _html_page(text: str) -> str:
    node = LexborHTMLParser(text[:100_000]).css_first("title")
    title = one_line(clean_text(node.text()), 80) if node else ""
    return f"an HTML page titled “{title}”" if title else "an HTML page without a title"
