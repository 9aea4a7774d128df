"""Best first: articles whose headline has the words, that have more of them, and rarer ones, more often.

Judged among the articles that are given, not by counting all that have a word: that would take as long as it is common.
"""

from collections.abc import Mapping, Sequence
from math import log

from monitor.model.ids import ArticleId
from monitor.search.columns import Indexed
from monitor.search.query import Phrase, index_words

TITLE_WEIGHT = 5.0
"""How much more a word says in the headline, where each stands for what the article is about."""

PAGE_WEIGHT = 0.5
"""How much a word says on the page behind an article: its feed did not find it worth saying."""

USUAL_WORDS = 300
"""A text of so many words counts as one of usual length; in a longer one each word says less."""

SATURATION = 1.2
"""Above so many mentions, one more adds little (as in BM25)."""


def best_first(found: Mapping[ArticleId, Indexed], phrases: Sequence[Phrase]) -> list[ArticleId]:
    """The articles, the best first; of equally good ones the newest first."""
    needles = [_needle(phrase) for phrase in dict.fromkeys(phrases)]
    counts = {article: [_mentions(words, needle) for needle in needles] for article, words in found.items()}
    having = [sum(1 for each in counts.values() if each[place]) for place in range(len(needles))]
    weights = [log(1 + len(counts) / (1 + number)) + 0.1 for number in having]

    def score(article: ArticleId) -> tuple[float, int]:
        words = found[article]
        length = 1 + (words.text.count(" ") + 1) / USUAL_WORDS
        said = (
            weight * mentions / (mentions + SATURATION * length)
            for weight, mentions in zip(weights, counts[article], strict=True)
        )
        return sum(said), article

    return sorted(found, key=score, reverse=True)


def _needle(phrase: Phrase) -> str:
    words, is_prefix = index_words(phrase)
    return f" {' '.join(words)}" + ("" if is_prefix else " ")


def _mentions(words: Indexed, needle: str) -> float:
    title, text, extra = (f" {column} ".count(needle) for column in (words.title, words.text, words.extra))
    page = f" {words.page} ".count(needle) if words.page else 0
    return TITLE_WEIGHT * title + text + PAGE_WEIGHT * page + (not (title or text or page) and extra)
