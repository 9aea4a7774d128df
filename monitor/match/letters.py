"""One letter that people type in several ways: Arabic ya and ta marbuta, Persian and Urdu kaf, ya and heh, digits.

Articles and terms are folded alike, on top of `text.folded`, and for matching only: how an article is recognised and
how stories are grouped rests on `text` alone, so that nothing that is stored changes its name. Decision 57 says which
different words this joins, and which it keeps apart.
"""

import re
import unicodedata

from monitor.text import LONGEST_WORD

ARABIC = "\u0620-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f"
"""The letters of the Arabic script, as ranges of a character class."""

YA, MAQSURA, HEH, MARBUTA = "يىهة"
LETTERS = {ord(typed): plain for plain, typed in (("ي", "ی"), ("ك", "ک"), ("ك", "ڪ"), ("ا", "ٱ"), ("ة", "ۃ"))}
LETTERS |= {ord(typed): HEH for typed in "ہەھ"}

ASPIRATE = re.compile("(?<=[بپتٹجچدڈڑکگ])ھ")
"""Urdu writes an aspirate with this heh, which makes another word: بھاری is heavy, بہاری is from Bihar."""

KURDISH = re.compile("[ەێۆڵڕڤ]")
"""Letters of Kurdish, which has no aspirates: its ھ is a heh everywhere, as in دھۆک."""

ARABIC_LETTER = re.compile(f"[{ARABIC}]")
OTHER_DIGIT = re.compile("[^\\D0-9]")
BEFORE_WAW = re.compile("[\u0626\u0624](?=\u0648)|[\u064a\u0648]\u0654(?=\u0648)")
"""مسئول and مسؤول are one word: before a waw the hamza may sit on a ya or on a waw."""

KEPT_MAQSURA = "على الى لدى متى حتى سوى".split()  # noqa: SIM905 (words read better as text)
KEPT_HEH = "فيه منه عنه عليه اليه لديه انه به ابنه".split()  # noqa: SIM905 (words read better as text)
KEPT_APART = frozenset(prefix + word for prefix in ("", "و", "ف") for word in (*KEPT_MAQSURA, *KEPT_HEH))
"""Words of every text that would read like rarer ones: على (on) like علي (Ali), فيه (in it) like فئة (group)."""


def one_hamza(raw: str) -> str:
    """The word with the hamza before a waw on a waw."""
    return BEFORE_WAW.sub("\u0648", raw)


def plain_letters(key: str) -> str:
    """The folded word with one letter for all that are typed in its place, and the digits 0 to 9."""
    if key.isascii() or len(key) > LONGEST_WORD:
        return key
    key = OTHER_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), key)
    if not ARABIC_LETTER.search(key):
        return key
    aspirated = key if KURDISH.search(key) else ASPIRATE.sub("\0", key)
    plain = aspirated.translate(LETTERS).replace("\0", "ھ")
    if plain in KEPT_APART:
        return plain
    plain = plain.replace(MAQSURA, YA).replace("يء", "ي")
    return plain[:-1] + MARBUTA if plain.endswith(HEH) else plain


def inside_a_word(key: str) -> str:
    """The word as the first half of a longer one: only at the end of a word a heh may be a ta marbuta."""
    return key[:-1] + HEH if key.endswith(MARBUTA) else key


def twins(key: str, *, is_open: bool, is_alone: bool) -> tuple[str, ...]:
    """The word of a term, and how else it may be in a text: the beginning of a longer word (`is_open`), or, with other
    words beside it, one of those that are kept apart.
    """
    if is_open:
        return tuple(dict.fromkeys((key, inside_a_word(key))))
    other = key[:-1] + {YA: MAQSURA, MAQSURA: YA, HEH: MARBUTA, MARBUTA: HEH}.get(key[-1], key[-1])
    return (key, other) if not is_alone and not KEPT_APART.isdisjoint((key, other)) else (key,)
