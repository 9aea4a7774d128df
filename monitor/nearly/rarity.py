"""How much a word says on a day: little if many of the day's articles have it, or the language at large.

Nothing else is counted: a day's scores depend on that day's articles and on a table that never changes, so they come
out the same whenever they are calculated.
"""

from collections import Counter
from collections.abc import Iterable
from math import log

from monitor.nearly.words import Words

IMAGINED_ARTICLES = 1_000
"""So many imagined articles are added to those of the day, with each word in as many of them as the language at large
says: a quiet day has too few articles to know what is rare."""

WORDS_AN_ARTICLE = 25
"""The words of an imagined article, which turn a share of words into one of articles: a headline and a summary."""

FEWEST_MENTIONS = 1
"""In so many imagined articles every word is, also one that the table does not have: no name must outweigh all."""


class Rarity:
    """The natural logarithm of how seldom a word is among the articles of a day, the imagined ones included. Of words
    that are compared as one, the most frequent in the language counts, be it in an article or in an example.
    """

    def __init__(self, articles: Iterable[Words], examples: Iterable[Words] = ()) -> None:
        self._mentions: Counter[str] = Counter()
        self._shares: dict[str, float] = {}
        self._articles = IMAGINED_ARTICLES
        self._known: dict[str, float] = {}
        for words in articles:
            self._mentions.update(words.keys())
            self._articles += 1
            self._read(words)
        for words in examples:
            self._read(words)

    def of(self, word: str) -> float:
        if word not in self._known:
            imagined = IMAGINED_ARTICLES * WORDS_AN_ARTICLE * self._shares.get(word, 0.0)
            mentions = self._mentions[word] + max(FEWEST_MENTIONS, imagined)
            self._known[word] = max(0.0, log(self._articles / mentions))
        return self._known[word]

    def _read(self, words: Words) -> None:
        shares = self._shares
        for word, share in words.items():
            if share > shares.get(word, -1.0):
                shares[word] = share
