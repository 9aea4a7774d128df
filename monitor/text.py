"""Words as a reader sees them: tokens that know their place in the original, and one folded form.

The same functions read articles and terms, so whatever they fold away is folded away on both sides.
Nothing here knows HTML (`parse` removes it), topics (`match`) or stories (`cluster`), and no language
is guessed: the rules hold for all scripts, and the English ones touch English word forms only.
"""

import re
import sys
import unicodedata
import zlib
from collections.abc import Callable, Iterable
from itertools import chain, islice, pairwise
from typing import NamedTuple

MEMORY_WORDS = 30_000
"""A memory of folded words is emptied at this size: 10 to 20 MB of ordinary words (measured: 250 to 330 bytes each).
Most words of the news are among the 30,000 most frequent ones; the others come once, and need no memory. Python
doubles a table at 43,691 entries: a memory that stays below is full early on a busy day, and then grows no more."""

REMEMBERED_CHARACTERS = 64
"""Of a word as written and as folded together. A longer one is read again each time: one character may fold to 18, and
a memory of such words would take 200 MB."""

SHORT_ACRONYM_LETTERS = 5
"""Capitals up to this length are an acronym, never an English plural: AIDS is not several aid."""

SHOUTING_SHARE = 0.8
SHOUTING_WORDS = 3
"""A text of at least so many words with more than this share in capitals says nothing by its capitals."""

STOP_WORDS = frozenset(
    "a about above after again against all also am an and any are as at be because been before being below but by can"  # noqa: SIM905 (words read better as text)
    " could did do does down during each few for from further had has have he her here him his how i if in into is it"
    " its just me more most my no nor not of off on once only or other our out over own she should so some such than"
    " that the their them then there these they this those through to too under until up upon us very via vs was we"
    " were what when where which while who whom why will with would you your".split()
)
"""English words that carry no topic: left out of a bare name, never half of an open compound."""

AMBIGUOUS_ACRONYMS = STOP_WORDS | {"aid", "may"}
"""In a text all in capitals these are more likely the word than the acronym: LET US PRAY."""

NEVER_AFTER_THE = frozenset({"us", "it", "who", "is"})
"""As a common word these follow no "the" and go before no hyphen: THE US, US-LED, WHO-BACKED are names in any text."""

LOWER_CASE_DOTTED = frozenset({"am", "pm", "eg", "ie"})
"""Dotted like an acronym and none: "5 p.m." is not the PM."""

APOSTROPHES = "'’‘ʼ′＇`´׳״"
HYPHENS = "-‐‑‒–−﹣－"
HYPHENATED = frozenset(HYPHENS)
SPACES = " \u00a0\u2009\u202f"
GLUE = {**dict.fromkeys(HYPHENS, "-"), **dict.fromkeys(APOSTROPHES, "'"), **dict.fromkeys(SPACES, " ")}
INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\u202a-\u202e\u2066-\u2069\ufeff"
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese: no spaces between words, so each character is a token."""


def _marks() -> str:
    """The marks of the Basic Multilingual Plane, as ranges of a character class: these compile faster than each alone.

    The blocks that are passed over are Chinese, Korean and private characters: 46,000, and no mark among them.
    """
    places = chain(range(0x300, 0x3400), range(0xA000, 0xAC00), range(0xFB00, 0x10000))
    marks = [place for place in places if unicodedata.category(chr(place))[0] == "M"]
    starts = [place for before, place in pairwise([-1, *marks]) if place != before + 1]
    ends = [place for place, after in pairwise([*marks, -1]) if after != place + 1]
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))


MARKS = _marks()
"""Vowel signs and accents, which Python's \\w leaves out: without them Hindi words fall apart."""

ELISION = "(?i:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu|all|dall|dell|nell|sull)"


def word_pattern(*, unspaced: str, inside: str, also: str = "") -> re.Pattern[str]:
    """What a word is, as group 1. `unspaced`: characters that are a word each, as ranges of a class; `inside`: an
    expression for the marks that a word may have; `also`: more alternatives, tried before all but that for plain words.
    """
    letter, alnum = rf"[^\W\d_{unspaced}]", rf"[^\W_{unspaced}]"
    return re.compile(
        rf"""[\ ,.]{{0,3}}+                                               # not tried five ways each: half the time; not
                                                                      # all of a row of dots, from each of them again
        (                                                             # group 1 is the word as found
            [A-Za-z]{{2,}}+(?=[\ ,.])                                  # most words of English: in half the time
            {also}
          | {letter}(?:\.{letter})+\b\.?                              # U.S.  U.S  U.S.A.
          | {ELISION}(?=[{APOSTROPHES}]{alnum}{{2}})                    # l'ONU, d'Alep: the name is the second word
          | {alnum}+(?:{inside}+{alnum}*|[{APOSTROPHES}](?![sS]\b){alnum}+)*
          | [{unspaced}][{MARKS}\uff9e\uff9f]*
        )(?:[{APOSTROPHES}][sS]\b)?                                     # Syria's: the 's belongs to no word
        """,
        re.VERBOSE,
    )


WORD = word_pattern(unspaced=UNSPACED, inside=f"[{MARKS}{INVISIBLE}]")
UNSPACED_START = re.compile(f"[{UNSPACED}]")
DROPPED_IN_WORDS = re.compile(rf"[.{APOSTROPHES}{INVISIBLE}ʻʽʾʿˈ\u0640]")
# A dropped mark never changes the word: accents of Latin and Greek, vowel and hamza signs of Arabic.
# Not all marks (Hindi and Thai need theirs), and not the breve of Cyrillic й: войн (of wars) is not воин (a warrior).
DROPPED_MARKS = re.compile("(?<!и)[\u0300-\u036f]|(?<=и)[\u0300-\u0305\u0307-\u036f]|[\u064b-\u065f\u0670]")
LONGEST_WORD = 100
"""The most characters of a word that are read: longer strings are not words, and would only cost time and memory."""

LETTERS_WITHOUT_DECOMPOSITION = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe"})

SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+\s++|[。！？]++|\n\s*\n")
"""Never looks at a mark twice: a text of 100,000 exclamation marks took minutes, and takes milliseconds."""

ABBREVIATION_WINDOW = 20
LAST_WORD = re.compile(r"(?:\w\.)*\w+$")
ABBREVIATIONS = frozenset(
    "adm aug brig capt cmdr co col corp dec dr feb gen gov inc jan jr lt ltd maj mr mrs ms mt no nov oct prof rep"  # noqa: SIM905 (words read better as text)
    " rev sen sept sgt sr st vs".split()
)


class Word(NamedTuple):
    """A word form. `key` is folded; `caps` is the acronym it can stand for ("US" for US and U.S.,
    "NGO" for NGOs), else "". `may_be_plural` is false for short acronyms such as AIDS.
    """

    key: str
    caps: str
    may_be_plural: bool


class Token(NamedTuple):
    """A word at `text[start:end]`; a possessive 's is outside."""

    word: Word
    start: int
    end: int


def folded(text: str) -> str:
    """`text` without the differences that do not matter: case, width, ligatures, accents."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = DROPPED_MARKS.sub("", plain).translate(LETTERS_WITHOUT_DECOMPOSITION)
    return unicodedata.normalize("NFC", plain)


def bare(raw: str) -> str:
    """The letters of a word as written, case kept: no dots, apostrophes or invisible characters."""
    return unicodedata.normalize("NFKC", DROPPED_IN_WORDS.sub("", raw))


def read_word(raw: str) -> Word:
    """What one word as found by `tokenise` stands for."""
    if raw.islower() and raw.isascii() and raw.isalpha():
        return Word(raw, "", may_be_plural=True)  # most words: in a third of the time
    letters = raw if raw.isascii() and raw.isalnum() else bare(raw)
    key = (letters.lower() if letters.isascii() else folded(letters)) or raw
    is_caps = is_acronym(letters) or ("." in raw and key not in LOWER_CASE_DOTTED and is_acronym(letters.upper()))
    if not is_caps and letters[-1:] == "s" and is_acronym(letters[:-1]):
        return Word(key, key[:-1].upper(), may_be_plural=True)
    return Word(key, key.upper() if is_caps else "", not is_caps or len(key) > SHORT_ACRONYM_LETTERS)


def is_acronym(letters: str) -> bool:
    """Two letters or more, all capital; digits may stand between them."""
    return letters.isupper() and sum(map(str.isalpha, letters)) > 1


class WordMemory(dict[str, str]):
    """Word as written → what a function makes of it, in bounded memory; read a word by `memory[raw]`.

    One may be shared by the whole process: what is forgotten or made twice at the same moment is only made again.
    """

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, raw: str) -> str:
        made = self._make(raw[:LONGEST_WORD])
        if len(raw) + len(made) <= REMEMBERED_CHARACTERS:
            if len(self) >= MEMORY_WORDS:
                self.clear()
            self[sys.intern(raw)] = made
        return made


_KEYS = WordMemory(lambda raw: read_word(raw).key)


def word_keys(text: str) -> list[str]:
    """The folded words of `text` in order: the keys of `tokenise`, without their places, in a quarter of the time."""
    return [*map(_KEYS.__getitem__, WORD.findall(text))]


class PlacedKey(NamedTuple):
    """A folded word that stands at `text[start:end]`, as that of a `Token`."""

    key: str
    start: int
    end: int


def placed_keys(text: str) -> list[PlacedKey]:
    """The same with the places of the words."""
    make = tuple.__new__
    return [make(PlacedKey, (_KEYS[found[1]], *found.span(1))) for found in WORD.finditer(text)]


def lead_end(text: str, words: int) -> int:
    """Where the first so many words of `text` end; the rest of it is not read."""
    return max((found.end(1) for found in islice(WORD.finditer(text), words)), default=0)


def tokenise(text: str, memory: dict[str, Word] | None = None) -> list[Token]:
    """The words of `text` in order, with offsets into `text` as it is.

    `memory` keeps what words stand for from one call to the next (four times as fast); its owner only
    passes it in. A text that shouts keeps an acronym only if it is dotted or no common word.
    """
    known = {} if memory is None else memory
    # tuple.__new__ builds a Token in half the time of Token(); this line is most of what matching costs.
    tokens = [
        tuple.__new__(Token, (known.get(found[1]) or _learned(found[1], known), found.start(1), found.end(1)))
        for found in WORD.finditer(text)
    ]
    return calmed(text, tokens)


def calmed(text: str, tokens: list[Token]) -> list[Token]:
    """The tokens of the text; if it shouts, without acronyms that are rather common words."""
    capitals = len([word.caps for word, _, _ in tokens if word.caps])
    if not is_shouting(capitals, (word.key for word, _, _ in tokens)):
        return tokens
    known: dict[Word, Word] = {}
    return [_calmed(token, before, text, known) for before, token in zip([None, *tokens], tokens, strict=False)]


def _learned(raw: str, memory: dict[str, Word]) -> Word:
    word = read_word(raw[:LONGEST_WORD])
    if not is_remembered(raw, word):
        return word
    if len(memory) >= MEMORY_WORDS:
        memory.clear()
    return memory.setdefault(sys.intern(raw), word)


def is_remembered(raw: str, word: Word) -> bool:
    """Whether a memory of words may keep this one: what it takes is bounded in words and in bytes."""
    return len(raw) + len(word.key) <= REMEMBERED_CHARACTERS


def is_shouting(capitals: int, keys: Iterable[str]) -> bool:
    """Whether nearly all words are in capitals, so that capitals mean nothing; `keys` are those of all the words."""
    if capitals < SHOUTING_WORDS:
        return False
    enough = int(capitals / SHOUTING_SHARE) + 1  # so many words make it calm, and a long text has them at its start
    counted = islice((key for key in keys if len(key) > 1 and key.isalpha()), enough)
    return capitals > SHOUTING_SHARE * len(list(counted))


def _calmed(token: Token, before: Token | None, text: str, memory: dict[Word, Word]) -> Token:
    """`memory` keeps what words have become that are no common ones: a text may repeat one 30,000 times."""
    known = memory.get(token.word)
    if known is None:
        key, caps, _ = token.word
        is_plain = key in AMBIGUOUS_ACRONYMS and "." not in text[token.start : token.end]
        if is_plain and key in NEVER_AFTER_THE:
            is_plain = not (before and before.word.key == "the") and text[token.end : token.end + 1] not in HYPHENATED
        known = Word(key, "" if is_plain else caps, may_be_plural=True)
        if key not in AMBIGUOUS_ACRONYMS:
            memory[token.word] = known
    return Token(known, token.start, token.end)


def is_unspaced(token: Token) -> bool:
    """Whether the token is one character of a script that puts no spaces between words."""
    return bool(UNSPACED_START.match(token.word.key))


def glue(text: str, left: Token, right: Token) -> str:
    """The one hyphen, apostrophe or space between two neighbours: "-", "'" or " ". Anything else is "".

    Hyphens and apostrophes make one word of two (cease-fire, l'ONU), a space may do so (cease fire).
    """
    return GLUE.get(text[left.end], "") if right.start == left.end + 1 else ""


def same_sentence(text: str, left: Token, right: Token) -> bool:
    """Whether no sentence or paragraph ends between two neighbours."""
    found = SENTENCE_END.search(text, left.end, right.start)
    return found is None or not _ends_sentence(text, found)


def sentence_starts(text: str) -> tuple[int, ...]:
    """Offsets where sentences begin, the first being 0.

    A full stop ends none after Gen. or U.S., nor before a small letter.
    """
    ends = (found for found in SENTENCE_END.finditer(text) if _ends_sentence(text, found))
    return (0, *(found.end() for found in ends if found.end() < len(text)))


def _ends_sentence(text: str, found: re.Match[str]) -> bool:
    if not found[0].startswith(".") or "\n\n" in found[0]:
        return True
    if text[found.end() : found.end() + 1].islower():
        return False
    before = LAST_WORD.search(text, max(0, found.start() - ABBREVIATION_WINDOW), found.start())
    last = before[0] if before else ""
    if len(last) == 2 and last.isupper() and last[0] == last[1]:
        return False  # EE. UU.: a plural abbreviated
    return len(last) != 1 and "." not in last and last.lower() not in ABBREVIATIONS


def normalised_title(title: str) -> str:
    """The title as its folded words; equal for copies that differ in case, quotes, dashes or accents.

    A title without any word (only symbols) stands for itself.
    """
    return " ".join(word_keys(title)) or title.strip().casefold()


def shingles(text: str, size: int = 5) -> frozenset[int]:
    """CRC-32 of every run of `size` folded words: the same in every process, unlike `hash`.

    A text shorter than that is one shingle; an empty one has none.
    """
    keys = word_keys(text)
    runs = (keys[start : start + size] for start in range(max(1, len(keys) - size + 1))) if keys else ()
    return frozenset(zlib.crc32(" ".join(run).encode()) for run in runs)
