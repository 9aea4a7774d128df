"""The bytes of a body → the text of a document, before anyone reads it as a feed.

Finds the encoding, cuts a broken-off document back to its last whole item, and says what a
document that is not a feed looks like. It does not parse XML or JSON.
"""

import codecs
import html
import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from monitor.parse.html import clean_text, one_line

_SIGNATURES = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),  # "<?xm" in EBCDIC
)
"""How a document begins in encodings that ASCII does not share; the longer before its prefix."""

_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "iso-8859-1": "cp1252",
    "us-ascii": "utf-8",
}
"""What pages that declare the left really use (WHATWG Encoding Standard, §4.2)."""

_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s;"']+)""", re.IGNORECASE)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)["']""", re.IGNORECASE)

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
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ITEM = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_TOKEN = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<(?P<end>/?)(?P<name>[A-Za-z_][\w.:-]*)(?P<rest>[^<>]*)>", re.DOTALL
)


def text_of(body: bytes, content_type: str) -> str:
    """The body as text, white space around it and characters that XML forbids taken out.

    Text outside ASCII that is valid UTF-8 is UTF-8, whatever is declared. Then come the charset of
    the Content-Type, the XML declaration, UTF-8 with a few broken characters (better one U+FFFD than a whole
    feed misread for one cut byte), and at last windows-1252, in which everything can be read.
    """
    text = next(_readings(body, content_type))
    return _REFERENCE.sub(_legal_reference, _ILLEGAL.sub("", text)).strip("\ufeff \t\r\n")


def _readings(body: bytes, content_type: str) -> Iterator[str]:
    for encoding in _encodings(body, content_type):
        text = _decoded(body, _SUPERSETS.get(encoding.lower(), encoding))
        if text is not None:
            yield text
    repaired = body.decode("utf-8", "replace")
    beyond_ascii = len(repaired) - len(repaired.encode("ascii", "ignore"))
    yield repaired if 2 * repaired.count("\ufffd") <= beyond_ascii else body.decode("cp1252", "replace")


def _encodings(body: bytes, content_type: str) -> Iterator[str]:
    yield from (encoding for signature, encoding in _SIGNATURES if body.startswith(signature))
    if not body.isascii():
        yield "utf-8"
    if charset := _CHARSET.search(content_type):
        yield charset[1]
    if declared := _DECLARED.match(body):
        yield declared[1].decode("ascii", "replace")


def _decoded(body: bytes, encoding: str) -> str | None:
    """None if it is not in this encoding. A character cut off at the very end is left out."""
    try:
        body[:1].decode(encoding, "replace")  # a LookupError for codecs that are not text encodings, such as zlib
        return codecs.getincrementaldecoder(encoding)().decode(body)
    except (LookupError, UnicodeError):
        return None


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
    if shown := _SHOWN.search(page):
        return html.unescape(shown[1])
    plain = _COMMENT.sub("", page)
    start = _EMBEDDED.search(plain)
    end = plain.rfind(f"</{start[1]}") if start else -1
    feed = f"{plain[start.start() : end]}</{start[1]}>" if start and end > start.end() else ""
    return feed if _ITEM.search(feed) else ""


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
