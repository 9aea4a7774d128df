"""The bytes of a body → text: which encoding they are in, and whether that had to be guessed.

Names mean what browsers take them for (WHATWG Encoding Standard, 4.2), and a few more that feeds use. What is declared
is believed as far as the bytes allow it: text that no language has is in another encoding.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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

_LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 utf8mb4",
    "cp866": "866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-ir-101 l2 latin2",
    "iso8859-3": "csisolatin3 iso-ir-109 l3 latin3",
    "iso8859-4": "csisolatin4 iso-ir-110 l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-ir-144",
    "iso8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6-e iso-8859-6-i "
    "iso-ir-127",
    "iso8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 sun_eu_greek",
    "iso8859-8": "csiso88598e csiso88598i csisolatinhebrew hebrew iso-8859-8-e iso-8859-8-i iso-ir-138 visual logical",
    "iso8859-10": "csisolatin6 iso-ir-157 l6 latin6",
    "iso8859-15": "csisolatin9 l9",
    "koi8-r": "cskoi8r koi koi8 koi8_r",
    "koi8-u": "koi8-ru koi8_u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 tis620",
    "cp1252": "ansi_x3.4-1968 ascii us-ascii cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 "
    "iso_8859-1 iso_8859-1:1987 l1 latin1 latin-1 ansi",
    "cp1254": "csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk cp936",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5 cp950",
    "euc_jp": "cseucpkdfmtjapanese x-euc-jp",
    "iso2022_jp": "csiso2022jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis x-sjis windows-31j",
    "cp949": "cseuckr csksc56011987 euc-kr euckr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601",
}
_CODECS = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
_NEVER_MEANT = ("utf-16", "utf-32", "utf-7", "unicode", "raw-unicode", "raw_unicode", "punycode", "idna")
"""Python's names of what has a signature, or is no encoding of documents."""
_CODE_PAGE = re.compile(r"(?:x-)?(?:cp|win|windows|ms|ibm)[-_]?(\d{3,4})")

_OF_LANGUAGE = {
    "ar": ("cp1256",), "fa": ("cp1256",), "ur": ("cp1256",), "he": ("cp1255",), "el": ("cp1253",), "tr": ("cp1254",),
    "th": ("cp874",), "vi": ("cp1258",), "cs": ("cp1250",), "sk": ("cp1250",), "pl": ("cp1250", "iso8859-2"),
    "hu": ("cp1250",), "sl": ("cp1250",), "hr": ("cp1250",), "ro": ("cp1250",), "lt": ("cp1257",), "lv": ("cp1257",),
    "et": ("cp1257",), "ja": ("cp932", "euc_jp"), "ko": ("cp949",), "zh-tw": ("big5hkscs",), "zh-hk": ("big5hkscs",),
    "zh": ("gb18030", "big5hkscs"),
}  # fmt: skip
"""What a language was written in before UTF-8 (HTML, "determining the character encoding")."""

_CYRILLIC = ("cp1251", "koi8-r", "cp866")

_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s;"']+)""", re.IGNORECASE)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([\w.:-]+)\s*["']""", re.IGNORECASE)
_LANGUAGE = re.compile(rb"""(?:<(?:dc:)?language[^<>]*>|xml:lang=["'])\s*([a-z]{2,3}(?:-[a-z]{2})?)""", re.IGNORECASE)

_SUSPECT = re.compile(
    "[\x80-\x9f\ufffd\ue000-\uf8ff\uff61-\uff9f]"  # what no text has, and half-width kana, of which none has many
    "|[\u00a1-\u024f\u2020-\u2022\u02c6\u2030]{4,}"  # ËÂØ´ÂÔ: letters with marks stand beside some without
    "|[а-яёіїєґў][А-ЯЁІЇЄҐЎ]+|[\u2500-\u259f]"  # оЕПЕЛХПХЕ: KOI8 read as windows-1251; frames of the DOS code page
    "|[A-Za-z][Ѐ-ӿ]+|[Ѐ-ӿ]+[A-Za-z]"  # йtй: French read as Cyrillic
)
_MOST_SUSPECT = 0.3
"""Of the characters beyond ASCII. Real texts have some (an emoticon, a line that is in another encoding)."""

_CLEARLY_UTF_8 = 6
"""So many characters beyond ASCII for each broken one: in no other encoding do five of six happen to be valid UTF-8."""


@dataclass(frozen=True, slots=True)
class Reading:
    """`doubt`: in a sentence why the encoding had to be guessed; "" if it is sure."""

    text: str
    doubt: str = ""


def decoded(body: bytes, content_type: str) -> Reading:
    """The body as text.

    Text outside ASCII that is valid UTF-8, but for few characters (better one U+FFFD than a whole feed misread for one
    cut byte), is UTF-8, whatever is declared. Then come the charset of the Content-Type and the XML declaration, if the
    bytes do not contradict them; UTF-8 with more broken characters; and at last a guess, by the language that the
    document names.
    """
    text = next((text for codec in _sure(body) if (text := _text(body, codec)) is not None), None)
    if text is not None:
        return Reading(text)
    names = list(_declared(body, content_type))
    codecs_named = [codec for codec in map(_codec, names) if codec]
    repaired = body.decode("utf-8", "replace")
    beyond_ascii, broken = len(repaired) - len(repaired.encode("ascii", "ignore")), repaired.count("\ufffd")
    if broken and beyond_ascii > _CLEARLY_UTF_8 * broken:
        return Reading(repaired, _doubt("utf-8", names) if {*codecs_named} - {"utf-8"} else "")
    for codec in codecs_named:
        text = _text(body, codec)
        if text is not None and (body.isascii() or suspicion(text) <= _MOST_SUSPECT):
            return Reading(text)
    if 2 * broken <= beyond_ascii:
        return Reading(repaired)
    codec, text = _guess(body)
    return Reading(text, _doubt(codec, names))


def _doubt(codec: str, names: Iterable[str]) -> str:
    declared = ", ".join(dict.fromkeys(names))
    declares = f"it declares {declared}, which it is not in" if declared else "it declares none"
    return f"The encoding of the document was guessed ({codec}): {declares}."


def suspicion(text: str) -> float:
    """The share of the characters beyond ASCII that stand as no language has them."""
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return sum(len(found[0]) for found in _SUSPECT.finditer(text)) / beyond_ascii if beyond_ascii else 0.0


def _sure(body: bytes) -> Iterator[str]:
    yield from (encoding for signature, encoding in _SIGNATURES if body.startswith(signature))
    if not body.isascii():
        yield "utf-8"


def _declared(body: bytes, content_type: str) -> Iterator[str]:
    """The names as written, printable and short."""
    if charset := _CHARSET.search(content_type):
        yield charset[1].encode("ascii", "replace").decode()[:40]
    if declared := _DECLARED.match(body):
        yield declared[1].decode("ascii", "replace")[:40]


def _codec(name: str) -> str:
    """Python's name of an encoding; "" if there is none. UTF-16 and UTF-32 have a signature, or are not meant."""
    label = name.strip().lower()
    page = _CODE_PAGE.fullmatch(label)
    codec = _CODECS.get(label) or (f"cp{page[1]}" if page else label)
    try:
        found = codecs.lookup(_CODECS.get(codec, codec)).name
        b"x".decode(found, "replace")  # a LookupError for codecs that are not text encodings, such as zlib
    except (LookupError, ValueError):
        return ""
    return "" if found.startswith(_NEVER_MEANT) else _CODECS.get(found, found)


def _text(body: bytes, codec: str) -> str | None:
    """None if it is not in this encoding. A character cut off at the very end is left out."""
    try:
        return codecs.getincrementaldecoder(codec)().decode(body)
    except (LookupError, UnicodeError):
        return None


def _guess(body: bytes) -> tuple[str, str]:
    """The encoding that makes the best text: one of the document's language, of Western Europe, or Cyrillic."""
    language = found[1].decode().lower() if (found := _LANGUAGE.search(body)) else ""
    own = _OF_LANGUAGE.get(language) or _OF_LANGUAGE.get(language.partition("-")[0], ())
    texts = {codec: _text(body, codec) for codec in (*own, "cp1252", *_CYRILLIC)}
    read = {codec: (suspicion(text), text) for codec, text in texts.items() if text is not None}
    first = next(
        ((codec, text) for codec, (doubt, text) in read.items() if codec in own and doubt <= _MOST_SUSPECT), None
    )
    if first:
        return first
    best = min(read, key=lambda codec: read[codec][0], default="")
    return (best, read[best][1]) if best else ("cp1252", body.decode("cp1252", "replace"))
