"""How much a word says: little if many stored articles have it, much if few do (inverse document frequency).

Counted over every article that was ever stored, never over a topic's matches: there everyone says "ceasefire".
"""

from math import log

from monitor.model.story import WordCounts

IMAGINED_ARTICLES = 10_000
IMAGINED_MENTIONS = 10
"""A store begins as if it had so many articles already, with every word in so many of them: what is young has seen
one big story only, and must not take its words for common ones."""


class Rarity:
    """The natural logarithm of how seldom a word is: 3 for one in twenty articles, 6 for one in four hundred."""

    def __init__(self, counts: WordCounts) -> None:
        self._counts = counts
        self._known: dict[str, float] = {}

    def of(self, word: str) -> float:
        if word not in self._known:
            mentions = self._counts.words.get(word, 0) + IMAGINED_MENTIONS
            self._known[word] = log((self._counts.articles + IMAGINED_ARTICLES) / mentions)
        return self._known[word]
