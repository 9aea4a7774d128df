"""How much a word says: little if many stored articles have it, much if few do (inverse document frequency).

Counted over every article that was ever stored, never over a topic's matches: there everyone says "ceasefire".
What a young store has not read yet, the language at large says (`frequency`).
"""

from math import log

from monitor.cluster.frequency import general_frequency
from monitor.model.story import WordCounts

IMAGINED_ARTICLES = 10_000
"""A store begins as if it had so many articles already, with each word in as many of them as it is frequent in the
language at large: what is young has read little, and must take neither every word for rare nor its one big story
for all there is."""

WORDS_AN_ARTICLE = 15
"""The number of words of an imagined article, which turns a share of words into one of articles: a headline and a line.
Chosen on the tuning halves of docs/grouping.md, as the next one."""

FEWEST_MENTIONS = 3
"""In so many imagined articles every word is, also one that the table does not have: no name must outweigh all."""


class Idf:
    """The natural logarithm of how seldom a word is: 3 for one in twenty articles, 6 for one in four hundred."""

    def __init__(self, counts: WordCounts) -> None:
        self._counts = counts
        self._known: dict[str, float] = {}

    def of(self, word: str) -> float:
        if word not in self._known:
            mentions = self._counts.words.get(word, 0) + _imagined_mentions(word)
            self._known[word] = log((self._counts.articles + IMAGINED_ARTICLES) / mentions)
        return self._known[word]


def _imagined_mentions(word: str) -> float:
    return max(FEWEST_MENTIONS, IMAGINED_ARTICLES * WORDS_AN_ARTICLE * general_frequency(word))
