"""Which articles somebody means who remembers some words of a headline."""

import re
from collections.abc import Iterable
from heapq import nlargest

from monitor.model.ids import ArticleId
from monitor.text import UNSPACED_START, folded

HEADLINES_READ = 10_000
"""How many of the newest headlines are read where the index of searches is not whole: a tenth of a second."""

CANDIDATES = 10
LEAST_SHARE = 0.5
"""What has fewer of the words than this is not meant."""

_WORD = re.compile(r"\w+")


def best_headlines(headlines: Iterable[tuple[ArticleId, str]], words: str) -> tuple[ArticleId, ...]:
    """At most ten, best first: those with all of the words, else those with at least half. Of equals those where the
    words stand together, then the newest (the first given).
    """
    wanted = tuple(dict.fromkeys(_WORD.findall(_plain(words))))
    if not wanted:
        return ()
    phrase = " ".join(wanted)
    found: list[tuple[int, bool, int, ArticleId]] = []
    for place, (article_id, title) in enumerate(headlines):
        plain = _plain(title)
        if sum(word in plain for word in wanted) < LEAST_SHARE * len(wanted):
            continue
        there = f" {' '.join(_WORD.findall(plain))}"
        hits = sum(_is_there(word, there) for word in wanted)
        if hits >= LEAST_SHARE * len(wanted):
            found.append((hits, phrase in there, -place, article_id))
    most = len(wanted) if any(hits == len(wanted) for hits, *_ in found) else 0
    return tuple(each[-1] for each in nlargest(CANDIDATES, (each for each in found if each[0] >= most)))


def _is_there(word: str, there: str) -> bool:
    """As a word, as the beginning of one ("truce" of "truces"), or anywhere in a script without spaces."""
    return f" {word}" in there or (UNSPACED_START.match(word) is not None and word in there)


def _plain(text: str) -> str:
    return text.lower() if text.isascii() else folded(text)
