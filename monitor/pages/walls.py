"""Sentences in which a page speaks to its visitor: which kind of wall a sentence is of, if it is of one.

Three words of one kind make it one, or two and "you"; a phrase that stands nowhere else does so alone. Words that the
headline or summary of the article has do not count: then the article is about them.
"""

import re
from collections import Counter, defaultdict
from functools import cache
from typing import NamedTuple

from monitor.pages.wall_words import JOINED, KINDS, LETTERS, YOU, WallKind, compiled

MAX_UNIT_CHARACTERS = 600
"""Of a sentence that are read; walls are brief."""

LEAST_WORDS = 3

LATIN = "\u024f"
"""The last of its letters: no word that begins with one is joined."""

STARTS = (2, 3)
"""By so many letters at its beginning a word is looked up."""

_WORD = re.compile(r"\w+")
_GROUP = re.compile(r"\(([^()]*)\)(?!\?)")
_LITERAL = re.compile(r"[^\W_]{2,3}(?![?*{])")

_YOU = re.compile(rf"(?<!\w)(?:{YOU})(?!\w)|(?<=[\u0600-\u06ff]{{3}})(?:ك|كم)(?!\w)")


def wall_kind(unit: str, about: str = "") -> WallKind | None:
    """The kind that most words of this sentence are of; None if it is of no wall. `about`: the article's own words."""
    said, own = unit[:MAX_UNIT_CHARACTERS].casefold(), about.casefold()
    if any(word in said for word in LETTERS):
        return None
    found, named = Counter[int](), set[int]()
    for each in patterns().of(said):
        if each.of.search(said) and not each.of.search(own):
            found[each.kind] += not each.is_phrase
            named |= {each.kind} if each.is_phrase else set()
    least = LEAST_WORDS - (LEAST_WORDS - 1 in found.values() and _YOU.search(said) is not None)
    walls = [kind for kind in found if found[kind] >= least or kind in named]
    return KINDS[max(walls, key=lambda kind: (found[kind], -kind))] if walls else None


class _Pattern(NamedTuple):
    """One of the words or phrases of a kind."""

    kind: int
    is_phrase: bool
    of: re.Pattern[str]


class _Patterns:
    """All of them, by the first letters of what they find: most sentences have words for few."""

    def __init__(self) -> None:
        self._anywhere: list[_Pattern] = []
        self._by_start: defaultdict[str, list[_Pattern]] = defaultdict(list)
        for number, kind in enumerate(KINDS):
            chosen = [*((each, False) for each in kind.words), *((each, True) for each in kind.phrases)]
            for words, is_phrase in chosen:
                pattern = _Pattern(number, is_phrase, compiled(words))
                for start in _starts(words):
                    (self._by_start[start] if start else self._anywhere).append(pattern)

    def of(self, said: str) -> list[_Pattern]:
        """Those that may find something in it."""
        words = _WORD.findall(said)
        joined = [word[len(each) :] for word in words if word[0] > LATIN for each in JOINED if word.startswith(each)]
        starts = {word[:letters] for word in (*words, *joined) for letters in STARTS}
        found = [pattern for start in starts if start in self._by_start for pattern in self._by_start[start]]
        return list(dict.fromkeys((*self._anywhere, *found)))


def _starts(words: str) -> set[str]:
    """The first letters of all that the words find; among them "" if that may begin in another way."""
    found = set[str]()
    for each in _alternatives(words):
        group = _GROUP.match(each)
        literal = _LITERAL.match(each)
        found |= _starts(group[1]) if group else {literal[0] if literal else ""}
    return found


def _alternatives(words: str) -> list[str]:
    """What stands between bars, those within brackets left alone."""
    found, depth = [""], 0
    for letter in words:
        depth += (letter in "([") - (letter in ")]")
        if letter == "|" and not depth:
            found.append("")
        else:
            found[-1] += letter
    return found


@cache
def patterns() -> _Patterns:
    """Made when a page is first judged."""
    return _Patterns()
