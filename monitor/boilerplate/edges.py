"""The words at the start and at the end of a text, folded so far that a figure or a capital makes no difference."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

EDGE_CHARACTERS = 240
EDGE_WORDS = 30
"""The most words examined at either end: no footer worth learning is longer, and no text can lose more."""

LONG_WORDS = 4
"""This many words are an edge even without a full stop, line break or dash after them."""

_WORD = re.compile(r"\w+")
_FIGURE = re.compile(r"\d+")
_APART = re.compile(r"\n|[.!?…。؟][\"”’)\]]*\s|[:|»→►▶•·。]|[)\]]\s|\s[-–—/*]+\s|[—\[(]")
"""What sets an edge apart from the article: a line, a full stop, a colon, a bar, a dash, brackets."""


class Word(NamedTuple):
    """A word of a text, at `text[start:end]`; figures are 0."""

    key: str
    start: int
    end: int


def first_words(text: str, start: int, end: int) -> list[Word]:
    """The first words of `text[start:end]`, in order."""
    return list(islice(_words(text, start, min(end, start + EDGE_CHARACTERS)), EDGE_WORDS))


def last_words(text: str, start: int, end: int) -> list[Word]:
    """The last words of `text[start:end]`, the last one first."""
    begin = max(start, end - EDGE_CHARACTERS)
    found = list(_words(text, begin, end))
    if begin > start and found and text[begin - 1].isalnum():
        del found[0]  # half a word
    return found[: -EDGE_WORDS - 1 : -1]


def first_key(text: str) -> str:
    """The key of the first of `first_words` of a whole text, for less; "" if there is none."""
    found = _WORD.search(text, 0, EDGE_CHARACTERS)
    return _key(found[0]) if found else ""


def last_key(text: str) -> str:
    """The key of the first of `last_words` of a whole text, for less; "" if there is none."""
    begin = max(0, len(text) - EDGE_CHARACTERS)
    end = next((place for place in range(len(text), begin, -1) if _is_of_word(text[place - 1])), begin)
    start = next((place for place in range(end, begin, -1) if not _is_of_word(text[place - 1])), begin)
    if begin and not _WORD.search(text, begin, start):  # no other: this may be half a word
        return next((word.key for word in last_words(text, 0, len(text))), "")
    return _key(text[start:end])


def is_apart(between: str) -> bool:
    """Whether what stands between two words sets them apart: no sentence goes on over it."""
    return bool(_APART.search(between))


def _words(text: str, start: int, end: int) -> Iterator[Word]:
    for found in _WORD.finditer(text, start, end):
        yield Word(_key(found[0]), found.start(), found.end())


def _key(word: str) -> str:
    key = word.casefold()
    return key if key.isalpha() else _FIGURE.sub("0", key)


def _is_of_word(char: str) -> bool:
    return char.isalnum() or char == "_"
