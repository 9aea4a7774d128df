"""Sentences in which a page speaks to its visitor: which kind of wall a sentence is of, if it is of one.

Three words of one kind make it one, or two and "you"; a phrase that stands nowhere else does so alone. Words that the
headline or summary of the article has do not count: then the article is about them.
"""

import re
from functools import cache

from monitor.pages.wall_words import KINDS, LETTERS, YOU, WallKind, compiled

MAX_UNIT_CHARACTERS = 600
"""Of a sentence that are read; walls are brief."""

LEAST_WORDS = 3

_YOU = re.compile(rf"(?<!\w)(?:{YOU})(?!\w)|(?<=[\u0600-\u06ff]{{3}})(?:ك|كم)(?!\w)")


def wall_kind(unit: str, about: str = "") -> WallKind | None:
    """The kind that most words of this sentence are of; None if it is of no wall. `about`: the article's own words."""
    said, own = unit[:MAX_UNIT_CHARACTERS].casefold(), about.casefold()
    if any(word in said for word in LETTERS):
        return None
    you = 1 if _YOU.search(said) else 0
    best, most = None, 0
    for kind, words, phrases in _patterns():
        found = sum(1 for each in words if each.search(said) and not each.search(own))
        if found + you >= LEAST_WORDS or any(each.search(said) and not each.search(own) for each in phrases):
            best, most = (kind, found) if found > most or best is None else (best, most)
    return best


@cache
def _patterns() -> tuple[tuple[WallKind, tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]], ...]:
    """Made when a page is first judged."""
    return tuple((kind, tuple(map(compiled, kind.words)), tuple(map(compiled, kind.phrases))) for kind in KINDS)
