"""A text in sentences, the words that tell what they are about, and marks by which equal sentences are recognised."""

import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b

from monitor.content_words import content_words

LEAST_WORDS = 4
"""Of a sentence; "Read more." is none."""

LEAST_UNSPACED = 8
"""The same in characters of scripts that do not put blanks between words."""

STEM_LETTERS = 5
"""By so many letters at its beginning a word is the same in another case or number."""

_WORD = re.compile(r"\w+")
_STOP = re.compile(r"[.!?…。！？؟।]+[\"'”’»)\]]*(?=\s|$)|(?<=[。！？])")
_ENDS = re.compile(r"[.!?…。！？؟।][\"'”’»)\]]*$")
_CUT = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\(…\))[\"'”’»)\]]*$")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_ARABIC_PREFIX = re.compile("^(?:وال|بال|كال|فال|ال|لل|و|ب|ل|ف)(?=[\u0600-\u06ff]{3})")


def units(text: str) -> tuple[str, ...]:
    """The sentences of a text, and its lines that are none, in their order."""
    return tuple(unit for line in text.split("\n") for unit in _of_line(line))


def is_sentence(unit: str) -> bool:
    """Whether it has a stop and enough words."""
    return bool(_ENDS.search(unit)) and (
        len(_UNSPACED.findall(unit)) >= LEAST_UNSPACED or len(unit.split()) >= LEAST_WORDS
    )


def breaks_off(unit: str) -> bool:
    """Whether it ends in dots."""
    return bool(_CUT.search(unit))


def stems(text: str) -> frozenset[str]:
    """The beginnings of the words that tell what the text is about."""
    return frozenset(_ARABIC_PREFIX.sub("", word)[:STEM_LETTERS] for word in content_words(text))


def word_count(units_: Iterable[str]) -> int:
    """How many words they have; two characters of a script without blanks count as one."""
    return sum(len(unit.split()) + len(_UNSPACED.findall(unit)) // 2 for unit in units_)


def mark(unit: str) -> int:
    """Of a sentence, whatever its case, figures and punctuation: equal ones have equal marks, in every process."""
    words = " ".join(word for word in _WORD.findall(unit.casefold()) if not word.isdigit())
    return int.from_bytes(blake2b(words.encode("utf-8", "replace"), digest_size=8).digest(), "big") >> 1


def _of_line(line: str) -> Iterator[str]:
    start = 0
    for stop in _STOP.finditer(line):
        if piece := line[start : stop.end()].strip():
            yield piece
        start = stop.end()
    if rest := line[start:].strip():
        yield rest
