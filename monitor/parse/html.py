"""HTML from strangers → plain text that is safe to store, match and print.

Links, images and emphasis are not kept: a digest shows words. Nothing here decides which field of
an item to use; that is `item`.
"""

import html
import re
import unicodedata

import nh3

MAX_HTML_CHARACTERS = 400_000
"""The most characters of one field that are read: at most a quarter of that is kept as text."""

_LINE_TAGS = (
    "address|article|aside|blockquote|br|caption|center|dd|details|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|"
    "h[1-6]|header|hgroup|hr|legend|li|main|menu|nav|ol|option|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_INLINE_TAGS = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|img|ins|kbd|mark|nobr|q|s|samp|small|span|strike|strong|"
    "sub|sup|time|tt|u|var|wbr"
)
_DROPPED_TAGS = frozenset(
    {"audio", "button", "canvas", "embed", "iframe", "math", "noembed", "noframes", "noscript", "object", "script"}
    | {"select", "style", "svg", "template", "textarea", "title", "video", "xmp"}
)
"""Elements that go with all they contain: code, fallbacks, controls, drawings."""

_ATTRIBUTES = r"""(?:"[^"]*"|'[^']*'|[^"'<>])*+"""
_LINE_TAG = re.compile(rf"</?(?:{_LINE_TAGS})\b{_ATTRIBUTES}>", re.IGNORECASE)
_SELF_CLOSED = re.compile(rf"""<(?:{"|".join(sorted(_DROPPED_TAGS))})(?:\s[^<>]*["'\s])?/>""", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^>]*>")

_KNOWN_TAG = rf"/?(?:{_LINE_TAGS}|{_INLINE_TAGS}|{'|'.join(sorted(_DROPPED_TAGS))})(?=[\s/>])"
_PREFIXED_TAG = r"/?[a-z][a-z0-9]*[:-][\w:-]*[\s/>]"
_TAG = re.compile(rf"<(?:!--|!\[CDATA\[|{_KNOWN_TAG}|{_PREFIXED_TAG})", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_END_TAG = re.compile(rf"</(?:{_LINE_TAGS}|{_INLINE_TAGS})\s*>|<br\s*/?>", re.IGNORECASE)

_CDATA = re.compile(r"<!\s*\[\s*CDATA\s*\[", re.IGNORECASE)
_CDATA_END = re.compile(r"\]\s*\]\s*>")
_BROKEN_CDATA = re.compile(r"(?:<!?|!)?\[?CDATA\[(.*?)(?:\]\]>?)?", re.IGNORECASE | re.DOTALL)

_START = re.compile(rf"<({'|'.join(sorted(_DROPPED_TAGS))})(?=[\s/>])({_ATTRIBUTES})>", re.IGNORECASE)
_END = re.compile(rf"</({'|'.join(sorted(_DROPPED_TAGS))})(?=[\s/>])", re.IGNORECASE)
_OPEN_TAG = re.compile(r"<(?=/?[a-z!?](?:[^<>=]|=(?!\s?[\"']))*\Z)", re.IGNORECASE)
"""What begins a tag that never ends: "What <br does". With a quoted attribute it is a tag that was cut off."""

_NEVER_WORDS = frozenset({"script", "style", "svg", "math", "template"})
"""What follows one of these in a text that was cut is no text. In a headline none of them makes sense."""

_CLEANER = nh3.Cleaner(
    tags={"br"}, clean_content_tags=set(_DROPPED_TAGS), attributes={"*": set()}, strip_comments=True, link_rel=None
)

_WHITESPACE_CONTROLS = (0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85)
_BIDI_CONTROLS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_INVISIBLE = (0x00AD, 0x180E, 0x200B, 0x2060, 0xFEFF, 0xFFF9, 0xFFFA, 0xFFFB, 0xFFFE, 0xFFFF)
"""Soft hyphen, zero-width space and their like split words that a reader sees whole. U+200C and
U+200D stay: Persian, Hindi and emoji are spelled with them.
"""

_UNWANTED = dict.fromkeys(
    code
    for code in (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), *_BIDI_CONTROLS, *_INVISIBLE)
    if code not in _WHITESPACE_CONTROLS
)

_WORD = re.compile(r"\S{1,1000}")
"""NFC goes by pieces like this: for a run of combining marks it takes quadratic time (200,000: 36 s)."""


def text_from_html(markup: str, *, is_headline: bool = False) -> str:
    """The words of some HTML: one line per block, white space folded, entities decoded once.

    Block tags become `<br>` before the HTML parser sees them. It takes quadratic time for deep nesting
    (100,000 nested `<div>`: 27 s, flattened 0.1 s), and what comes out holds no other tag.
    """
    open_ended = _SELF_CLOSED.sub("", without_cdata_markers(markup[:MAX_HTML_CHARACTERS]))
    flat = _LINE_TAG.sub("<br>", _with_unclosed_as_words(open_ended, is_headline=is_headline))
    safe = _CLEANER.clean(" ".join(flat.split()))
    return clean_text(html.unescape(_ANY_TAG.sub("\n", safe)))


def text_from_field(value: str, *, is_headline: bool = False) -> str:
    """The words of a field that may be HTML, plain text, or HTML escaped once too often.

    What a feed declares decides nothing, too many declare it wrongly. A value without any tag or
    entity we know is plain text, so that `List<String>` and `5 < 6` survive.
    """
    value = without_cdata_markers(value)
    if not (_TAG.search(value) or _ENTITY.search(value)):
        return clean_text(_paragraphs(value[:MAX_HTML_CHARACTERS]))
    text = text_from_html(value, is_headline=is_headline)
    is_twice = _is_escaped_twice(value, text)
    return text_from_html(text, is_headline=is_headline) if is_twice else without_cdata_markers(text)


def without_cdata_markers(value: str) -> str:
    """A CDATA section that was escaped, or stands in another one, arrives as text: what it holds is what is meant. The
    same goes for a section of which a program took brackets away, or left only the end.
    """
    if _CDATA.search(value):
        return _CDATA_END.sub("", _CDATA.sub("", value))
    bare = value.strip()
    broken = _BROKEN_CDATA.fullmatch(bare)
    if broken:
        return broken[1]
    return bare.removesuffix("]]>") if bare.endswith("]]>") else value


def clean_text(text: str) -> str:
    """NFC; controls, bidi controls and invisible characters gone; white space folded; no empty lines."""
    visible = text.translate(_UNWANTED)
    composed = visible if visible.isascii() else _WORD.sub(_composed, visible)
    lines = (" ".join(line.split()) for line in composed.split("\n"))
    return "\n".join(line for line in lines if line)


def one_line(text: str, limit: int) -> str:
    """`text` on one line of at most `limit` characters."""
    return " ".join(text.split())[:limit].rstrip()


def _with_unclosed_as_words(markup: str, *, is_headline: bool) -> str:
    """A start tag that nothing closes would take along all behind it; "Why the <video> matters" means the word. In a
    headline so does a tag or a comment that never ends; a text may be cut off in one.
    """
    if is_headline:
        closed = markup.rfind("-->") + 1
        markup = _OPEN_TAG.sub("&lt;", markup[:closed] + markup[closed:].replace("<!--", "&lt;!--"))
    ends = {found[1].lower(): found.start() for found in _END.finditer(markup)}

    def words(tag: re.Match[str]) -> str:
        name = tag[1].lower()
        if ends.get(name, -1) > tag.start() or (name in _NEVER_WORDS and not is_headline):
            return tag[0]
        return "" if tag[2].strip() else f"&lt;{tag[1]}&gt;"

    return _START.sub(words, markup)


def _composed(word: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", word[0])


def _paragraphs(plain: str) -> str:
    """Only an empty line separates paragraphs of plain text; other line breaks are wrapping."""
    return "\n".join(" ".join(part.split()) for part in re.split(r"\n[^\S\n]*\n", plain.replace("\r\n", "\n")))


def _is_escaped_twice(value: str, text: str) -> bool:
    """Without one real tag, text that still spells entities or closed tags was escaped twice.
    With a real tag it is an article about HTML.
    """
    return not _TAG.search(value) and bool(_ENTITY.search(text) or _END_TAG.search(text))
