"""Which headlines somebody may mean by words of theirs: what is asked of the index, which then gives few to compare.

No sign means anything here: the words are those of a headline, and may be remembered wrongly.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.search.query import (
    BLANK_QUOTES,
    MINUS,
    MOST_CHARACTERS,
    SHORTEST_PREFIX,
    Phrase,
    Query,
    Ways,
    expression,
    ways_of,
)
from monitor.text import UNSPACED_START

MOST_WORDS = 30
"""A headline with these has the others as well, or is not looked for."""

SIGNS = re.compile(rf"(?<!\w)[{MINUS}]+|\*")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """Questions to the index, the most telling first; "" for one that cannot be asked."""

    row: str
    """The headline has the words in a row."""
    every: str
    """It has all of the words."""
    begun: str
    """It has words that begin so; "" if one is too short to be asked so."""
    each: tuple[tuple[str, str], ...]
    """It has this word, or one that begins so: for each word."""


def remembered(text: str) -> Remembered:
    """What to ask of the index about the words of a headline."""
    plain = SIGNS.sub(" ", text[:MOST_CHARACTERS].translate(BLANK_QUOTES))
    parts = list(dict.fromkeys(plain.split()))[:MOST_WORDS]
    words = list(dict.fromkeys(_WORD.findall(" ".join(parts))))[:MOST_WORDS]
    begun = [_begun(word) for word in words]
    return Remembered(
        row=_asked([_whole(" ".join(parts))]) if len(parts) > 1 else "",
        every=_asked(map(_whole, parts)),
        begun=_asked(begun) if all(begun) else "",
        each=tuple((_asked([_whole(word)]), _asked([ways])) for word, ways in zip(words, begun, strict=True)),
    )


def _whole(part: str) -> Ways:
    """How a word may be found in a headline; none of a single character of a script without spaces, which the index
    has for headline and text together.
    """
    return tuple(ways for ways in ways_of(f"{part} ", is_prefix=False) if not _is_single(ways))


def _begun(word: str) -> Ways:
    whole = _whole(word)
    if any(len(ways.words[-1]) < SHORTEST_PREFIX and not UNSPACED_START.match(ways.words[-1]) for ways in whole):
        return ()
    return tuple(dict.fromkeys((*whole, *ways_of(word, is_prefix=True)))) if whole else ()


def _is_single(phrase: Phrase) -> bool:
    return len(phrase.words) == 1 and UNSPACED_START.match(phrase.words[0]) is not None


def _asked(every: Iterable[Ways]) -> str:
    return expression(Query(every=tuple(ways for ways in every if ways)), is_in_title=True)
