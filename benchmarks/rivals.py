"""What our matcher is compared with: the least that could do, and what one would write first.

Both only say which topics hold; they keep no offsets and no evidence, and know neither plurals nor accents, compounds,
acronyms or `near`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from monitor.model.match import Document
from monitor.model.topic import Topic

WORD_OR_STOP = re.compile(r"(\w+|\.)(?:'s)?")
"""A full stop is kept so that two words in a row are found within a sentence only."""


def words_of(document: Document) -> list[str]:
    return WORD_OR_STOP.findall(f"{document.title}. {document.text}".lower())


class BareIndex:
    """From the rarest word of each term to the topics; those are verified with the set of an article's words.

    It receives the frequency of words, which ours has to guess from their length.
    """

    def __init__(self, topics: Sequence[Topic], frequency: Counter[str]) -> None:
        self._topics = [
            (topic.name, [[term.lower().split() for term in group] for group in topic.rules[0].all]) for topic in topics
        ]
        self._filed: dict[str, list[int]] = {}
        for number, (_, groups) in enumerate(self._topics):
            rarest = [[min(term, key=frequency.__getitem__) for term in group] for group in groups]
            for word in set(min(rarest, key=lambda words: sum(frequency[word] for word in words))):
                self._filed.setdefault(word, []).append(number)

    def __call__(self, document: Document) -> list[str]:
        words = words_of(document)
        there, filed = set(words), self._filed
        candidates = {number for word in there if word in filed for number in filed[word]}
        return [
            self._topics[number][0]
            for number in sorted(candidates)
            if all(any(_is_found(term, there, words) for term in group) for group in self._topics[number][1])
        ]


def _is_found(term: Sequence[str], there: set[str], words: Sequence[str]) -> bool:
    return there.issuperset(term) and (len(term) == 1 or f" {' '.join(term)} " in f" {' '.join(words)} ")


class ExpressionPerTopic:
    r"""One regular expression for each topic, or for each of its groups: \\b(?:term|other term)\\b."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = [(topic.name, [_alternation(group) for group in topic.rules[0].all]) for topic in topics]

    def __call__(self, document: Document) -> list[str]:
        text = f"{document.title}. {document.text}".lower()
        return [name for name, groups in self._topics if all(group.search(text) for group in groups)]


def _alternation(terms: Iterable[str]) -> re.Pattern[str]:
    ways = (r"(?:'s)?[^\w.]+".join(map(re.escape, term.lower().split())) for term in terms)
    return re.compile(rf"\b(?:{'|'.join(ways)})\b")
