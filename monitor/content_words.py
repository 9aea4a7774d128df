"""The words of a text that tell what it is about: no grammar, no stock of headlines, regular plurals folded.

By them articles on one event are grouped, and an edit is distinguished from another article under the same name.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import NamedTuple

from monitor.function_words import FUNCTION_WORDS, NEWS_WORDS
from monitor.text import HYPHENS, UNSPACED_START, WORD, PlacedKey, WordMemory, placed_keys, read_word

SHORTEST_PLURAL = 4
HIRAGANA = range(0x3040, 0x30A0)


HYPHENATED = re.compile(rf"[{HYPHENS}]\w")
"""Where there may be a compound."""


class Telling(NamedTuple):
    """A folded word that stands, as the article writes it, at `text[start:end]`."""

    word: str
    start: int
    end: int


def content_words(text: str) -> Iterator[str]:
    """The words of `text` in order, folded: no figures, single letters or words that every article may have.

    Equal words are one object: whoever keeps the words of many articles keeps each word once. Scripts without spaces
    give pairs of neighbouring characters instead.
    """
    if _may_have_joined(text):
        return (word for word, _, _ in telling(text))
    return filter(None, map(_TELLING.__getitem__, WORD.findall(text)))  # in a tenth of the time


def telling(text: str) -> Iterator[Telling]:
    """The same words with their places."""
    if _may_have_joined(text):
        yield from _with_joined(text)
        return
    for found in WORD.finditer(text):
        if word := _TELLING[found[1]]:
            yield Telling(word, *found.span(1))


def _may_have_joined(text: str) -> bool:
    """Whether two words of the text may give one: a compound, or characters of a script without spaces."""
    return HYPHENATED.search(text) is not None or not (text.isascii() or UNSPACED_START.search(text) is None)


def _with_joined(text: str) -> Iterator[Telling]:
    words = placed_keys(text)
    is_second_half = False
    for word, following in zip_longest(words, words[1:]):
        is_first_half = not is_second_half and following is not None and _is_compound(text, word, following)
        if UNSPACED_START.match(word.key):
            yield from _pair(word, following)
        elif is_first_half:
            yield Telling(sys.intern(_singular(word.key + following.key)), word.start, following.end)
        elif not is_second_half and _is_telling(word.key):
            yield Telling(sys.intern(_singular(word.key)), word.start, word.end)
        is_second_half = is_first_half


def _pair(left: PlacedKey, right: PlacedKey | None) -> Iterable[Telling]:
    """Two neighbours, unless they are grammar: both of them hiragana."""
    if right is None or left.end != right.start or not UNSPACED_START.match(right.key):
        return ()
    pair = left.key + right.key
    is_grammar = all(ord(letter) in HIRAGANA for letter in pair)
    return () if is_grammar else (Telling(sys.intern(pair), left.start, right.end),)


def _is_compound(text: str, left: PlacedKey, right: PlacedKey) -> bool:
    """Whether a hyphen makes one word of two: cease-fire, but neither US-Russia nor on-line."""
    is_hyphenated = right.start == left.end + 1 and text[left.end] in HYPHENS and text[right.start].islower()
    return is_hyphenated and _is_telling(left.key) and _is_telling(right.key)


def _is_telling(key: str) -> bool:
    return len(key) > 1 and not key.isdigit() and key not in FUNCTION_WORDS and key not in NEWS_WORDS


def _told(raw: str) -> str:
    """What `telling` makes of a word that stands alone; "" if it tells nothing."""
    key = read_word(raw).key
    return sys.intern(_singular(key)) if _is_telling(key) else ""


def _singular(key: str) -> str:
    if len(key) < SHORTEST_PLURAL or not key.isascii() or not key.endswith("s") or key.endswith(("ss", "us", "is")):
        return key
    return f"{key[:-3]}y" if key.endswith("ies") else key[:-1]


_TELLING = WordMemory(_told)
