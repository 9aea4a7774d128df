"""The words of articles and terms as topics read them: where they begin and end, and what each may stand for.

On top of `text` they know what people do to a word: type its letters in several ways, join it to others in a hashtag or
by a half-space, put a case ending behind an apostrophe, spell ü as ue, or mean money by US$. Articles and terms are
read alike.
"""

import re
from collections.abc import Iterator
from functools import partial, reduce

from monitor.match.letters import ARABIC, one_hamza, plain_letters
from monitor.text import (
    APOSTROPHES,
    GLUE,
    HYPHENS,
    INVISIBLE,
    LONGEST_WORD,
    MARKS,
    MEMORY_WORDS,
    STOP_WORDS,
    UNSPACED,
    Token,
    Word,
    bare,
    calmed,
    is_remembered,
    is_unspaced,
    read_word,
    word_pattern,
)

HALF_SPACE = "\u200c"
"""Persian joins with it what belongs together, as others do with a hyphen. In other scripts it means nothing."""

JOINING_SIGNS = HYPHENS + APOSTROPHES + HALF_SPACE
HASHES = "#＃"
CURRENCY_SIGNS = "$£¥＄￥￡"
WITHOUT_DIGITS = {
    "\u0e00-\u0eff": "\u0e00-\u0e4f\u0e5a-\u0ecf\u0eda-\u0eff",
    "\u1000-\u109f": "\u1000-\u103f\u104a-\u108f\u109a-\u109f",
    "\u1780-\u17ff": "\u1780-\u17df\u17ea-\u17ff",
}
"""Blocks of scripts without spaces, and what of them is a word each: their digits are not, a year is one word."""

_pattern = partial(
    word_pattern,
    unspaced=reduce(lambda all_, each: all_.replace(*each), WITHOUT_DIGITS.items(), UNSPACED),
    inside=rf"(?:[{MARKS}{INVISIBLE.replace(HALF_SPACE, '')}]|(?<![{ARABIC}{MARKS}]){HALF_SPACE})",
)
WORD = _pattern(
    also=rf"""| (?<!\w)(?:(?i:US-?|U\.S\.?|AU|NZ|CA|HK|NT|SG)|MX|RD|TT|EC|CN|JP|GB|[ABCEGJNRSZ])[{CURRENCY_SIGNS}] # US$
          | [{CURRENCY_SIGNS}](?:US|AU|NZ|CA|HK|NT|SG)(?=[ \u00a0]?\d|\Z)                          # $US5m, not $GM
    """,
)
WORD_BESIDE_NO_SIGN = _pattern()
"""The same in texts that have no currency sign, as most: it costs a tenth less."""

WORD_OF_URL = re.compile(r"(/|[^\W_]+)")
"""In an address a slash is a word, too: url:/opinion/ is a part of the path, url:opinion any word."""

SPACE = "[ \u00a0\u2009\u202f]"
INITIALS = re.compile(
    rf"(?<![\w.])(?:[^\W\d_]\.(?:{SPACE}[^\W\d_]\.(?!\w))+"
    rf"|(?:([^\W\d_])\1(?:\.{SPACE}?|{SPACE}))+([^\W\d_])\2\b\.?)"
)
"""U. S.  J. R. R.  EE.UU.  EE. UU.  EE UU: an abbreviation of several words, if all is in capitals."""

LONGEST_PART = 2
"""Letters in a part of such an abbreviation."""

ENDING = re.compile(
    r"(?:l[aeə]r)?(?:"
    r"n?[iu]n(?:ki)?|[yns]?[iu]|[yns]?[aeə]|n?[dt][aeə]n?|n?[dt][aeə]ki(?:l[aeə]r)?(?:n?[iu]n|[iu]|[aeə]|d[aeə]n?)?"
    r"|[iu]n[dt]?[aeə]n?|s[iu]n(?:[iu]n?|[aeə]|d[aeə]n?)|y?l[aeə]|[dt][iu]r|n?c[aeə]|l[iu]|l[iu](?:l[aeə]r[iu]?n?|k)"
    r"|s[iu]z|y[dm][iu]s?|ning|ni|[gk][aeə]|dagi|cha"
    r")?"
)
"""Case endings of Turkish, Azeri and Uzbek as they stand, folded, behind the apostrophe of a name."""

BEHIND_APOSTROPHE = re.compile(rf"(.{{2,}})[{APOSTROPHES}]([^{APOSTROPHES}]+)")
VOWELS = frozenset("aeəiou")

TURKISH = frozenset({"tr", "az"})
"""Languages in which an apostrophe stands before a case ending and hardly ever elsewhere, so that a name in small
letters may have one, too: ukrayna'da, nato'ya (not Uzbek, where it is a part of letters: to'la). And in which ü
is never ue in a common word: süt (milk) is not suet. A name with a capital may be German in any text: Müller.
"""

HAS_UMLAUT = re.compile("[äöüøåÄÖÜØÅ]|[aouAOU]\u0308|[aA]\u030a")
SPELLED_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "AE", "Ö": "OE", "Ü": "UE", "Ø": "OE", "Å": "AA"}
)
SHORTEST_SPELLED_OUT = 3
"""Shorter ones are other words spelled out: år (a year) and Aar, a river."""

SHORTEST_HALF = 3
"""Letters in each half of a compound written open: "a broad" is not "abroad"."""

SHORTEST_COMPOUND = 6
"""A word this long may be found open ("cease fire"), two written words closed; shorter ones collide."""

ARABIC_WORD = re.compile(f"[{ARABIC}]+")
FEWER_VOWELS = 1
"""So many letters less make a half or a compound in the Arabic script, which leaves out short vowels."""

PLATE_DIGITS = 3
"""Behind a word like "a", only a number so long is its own: "A 320", and not "A 40 percent rise"."""


def word_in(field: str) -> re.Pattern[str]:
    """What a word is in this field of a document."""
    return WORD_OF_URL if field == "url" else WORD


def has_hash(text: str) -> bool:
    """Whether there may be a hashtag."""
    return "#" in text or "＃" in text  # written out, as it is asked of every text


def _for(text: str, word: re.Pattern[str]) -> re.Pattern[str]:
    return word if word is not WORD or any(map(text.__contains__, CURRENCY_SIGNS)) else WORD_BESIDE_NO_SIGN


def raw_words(text: str, word: re.Pattern[str] = WORD) -> list[str]:
    """The words as written, in order."""
    word = _for(text, word)
    return word.findall(text) if not has_hash(text) else [text[start:end] for start, end in _places(text, word)]


def word_spans(text: str, word: re.Pattern[str] = WORD) -> list[tuple[int, int]]:
    """Where the same words begin and end."""
    word = _for(text, word)
    return [each.span(1) for each in word.finditer(text)] if not has_hash(text) else [*_places(text, word)]


def token(text: str, span: tuple[int, int], memory: dict[str, Word]) -> Token:
    """The word there, read. `memory` is kept from one call to the next by its owner."""
    raw = text[span[0] : span[1]]
    return Token(memory.get(raw) or _learned(raw, memory), *span)


def tokens(text: str, memory: dict[str, Word], word: re.Pattern[str] = WORD) -> list[Token]:
    """All of them, read in the light of the whole text."""
    return calmed(text, [token(text, span, memory) for span in word_spans(text, word)])


def _places(text: str, word: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for found in word.finditer(text):
        start, end = found.span(1)
        if not start or text[start - 1] not in HASHES:
            yield start, end
            continue
        cuts = [place for place in range(start + 1, end) if _begins_part(text, place, end)]
        yield from zip((start, *cuts), (*cuts, end), strict=True)


def _begins_part(text: str, place: int, end: int) -> bool:
    """Whether a word of a hashtag begins here: Syria|Ceasefire, US|Troops, COP|28."""
    before, here, after = text[place - 1], text[place], text[place + 1 : min(place + 2, end)]
    if before.isdecimal() is not here.isdecimal():
        return True
    return here.isupper() and (before.islower() or (before.isupper() and after.islower()))


def _learned(raw: str, memory: dict[str, Word]) -> Word:
    word = read(raw[:LONGEST_WORD])
    if not is_remembered(raw, word):
        return word
    if len(memory) >= MEMORY_WORDS:
        memory.clear()
    return memory.setdefault(raw, word)


def read(raw: str) -> Word:
    """What a word stands for, first of all."""
    if raw.isascii():
        if raw.isalnum():  # as most
            return read_word(raw)
        sign = next((sign for sign in (raw[:1], raw[-1:]) if sign in CURRENCY_SIGNS), "")
        return read_word(raw if not sign else raw.replace("-", "").replace(sign, "") + sign)
    word = read_word(one_hamza(raw))
    return word._replace(key=plain_letters(word.key), caps=plain_letters(word.caps))


def other_readings(raw: str, *, is_turkish: bool = False) -> tuple[Word, ...]:
    """What it may stand for besides: a name before its case ending, Mueller for Müller.

    `is_turkish`: in a text in one of those languages (`TURKISH`).
    """
    if raw.isascii() and raw.isalnum():
        return ()
    name = name_before_ending(raw, is_turkish=is_turkish)
    names = [name] if name else []
    spelled = () if is_turkish and raw.islower() else filter(None, map(spelled_out, (raw, *names)))
    return tuple(map(read, (*names, *spelled)))


def is_turkish(language: str) -> bool:
    """Whether words of a text in this language are read by the rules of Turkish and Azeri."""
    return language.replace("_", "-").partition("-")[0].strip().lower() in TURKISH


def spelled_out(raw: str) -> str:
    """Mueller of Müller, Aarhus of Århus; "" if there is nothing to spell out."""
    if not HAS_UMLAUT.search(raw):
        return ""
    letters = bare(raw)
    return letters.translate(SPELLED_OUT) if len(letters) >= SHORTEST_SPELLED_OUT else ""


def name_before_ending(raw: str, *, is_turkish: bool = False) -> str:
    """Erdoğan of Erdoğan'ın, NATO of NATO'ya; "" if no case ending stands behind an apostrophe.

    Only in Turkish ukrayna of ukrayna'da, in small letters.
    Never Sana of Sana'a: an ending that begins with a vowel follows a consonant.
    """
    found = BEHIND_APOSTROPHE.fullmatch(raw)
    if not found or not (found[1][0].isupper() or (is_turkish and found[1][0].islower())):
        return ""
    ending, last = read_word(found[2]).key, read_word(found[1]).key[-1:]
    is_ending = ENDING.fullmatch(ending) and not (ending[0] in VOWELS and last in VOWELS)
    return found[1] if is_ending else ""


def glue(text: str, left: Token, right: Token) -> str:
    """As `text.glue`: also "-" for a half-space, and between the words of a hashtag."""
    if right.start == left.end:
        return "" if is_unspaced(left) or is_unspaced(right) else "-"
    sign = text[left.end] if right.start == left.end + 1 else ""
    return "-" if sign == HALF_SPACE else GLUE.get(sign, "")


def is_initial(raw: str) -> bool:
    """Whether the word may be a part of an abbreviation written apart: U. S., EE. UU."""
    return len(raw) <= LONGEST_PART and raw.isupper()


def shortest_compound(closed: str) -> int:
    """Letters that a compound must have to be found open."""
    return SHORTEST_COMPOUND - (FEWER_VOWELS if ARABIC_WORD.fullmatch(closed) else 0)


def is_open_compound(left: str, right: str) -> bool:
    """Whether two words with a space between may be a compound: neither short, nor one like "the" or "for"."""
    shortest = shortest_compound(left + right)
    is_long = min(len(left), len(right)) >= shortest - SHORTEST_HALF and len(left) + len(right) >= shortest
    return is_long and left not in STOP_WORDS and right not in STOP_WORDS


def is_plate(left: str, right: str) -> bool:
    """Whether letters and a number may be one name written apart, as those of planes and summits: MH 17, COP 28."""
    if not (right.isdecimal() and left.isalpha() and left[0].isupper()):
        return False
    is_common = left.lower() in STOP_WORDS and not (left.isupper() and len(left) > 1)
    return not is_common or len(right) >= PLATE_DIGITS
