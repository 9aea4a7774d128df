"""Which articles of a story are one text, whatever their headlines.

Two are if most runs of five words of the shorter one are in the longer one: a cut, another dateline, a "yesterday" for
a "Thursday" change few of them. Of an article with a handful of words the headline decides. This is no rule about
stories (`copies` has that one): it is asked of articles that tell one story, where a summary of two lines is enough.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.text import UNSPACED_START, normalised_title, shingles

NEARLY_EQUAL = 0.7
"""So many of the shorter text's runs of five words are in the longer one. Measured on two papers' feeds of two months
(docs/grouping.md), half of the pairs to choose it: from 0.6 on all 33 were one text, an online and a print version
mostly; in the other half 37 of 38. But there different texts on one pattern reached 0.59, and to call two texts one is
the worse mistake."""

MIN_WORDS = 16
"""With fewer, patterns ("This brings the total number of cases to …") are equal in most runs: 331 such pairs there."""

MIN_TITLE_WORDS = 6
"""Equal headlines of so many words are one author's. The tuning half of 2,413 real headlines has 11 of that length
which two outlets had to the word, nearly all of them an agency's; the one that is shorter names a series."""

CHARACTERS_A_WORD = 3
"""In scripts without spaces `monitor.text` takes each character for a word."""

READ_CHARACTERS = 800
"""What outlets have in common is how an agency's text begins; the rest of a long one would cost time only."""

RUN_WORDS = 5

MAX_POSTINGS = 20
"""A run in more different texts of one story than this is boilerplate: it proposes no pair. Bounds the work, too."""

MAX_COMPARED = 5
"""So many of the texts with most runs in common are compared in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text: the places of the articles that have it, and whether it has too few words to be distinguished from
    another.
    """

    places: tuple[int, ...]
    is_scant: bool


def distinct_texts(articles: Sequence[tuple[str, str]]) -> tuple[Text, ...]:
    """The different texts among articles, each given as (title, text). The longest are read first, so that a cut
    version meets the whole one.
    """
    words = [shingles(text[:READ_CHARACTERS], RUN_WORDS) for _, text in articles]
    known = _Texts()
    for place in sorted(range(len(articles)), key=lambda place: (-len(words[place]), place)):
        title, text = articles[place]
        known.add(place, _telling(title), words[place], is_scant=_is_scant(text, words[place]))
    return tuple(
        Text(places=tuple(sorted(places)), is_scant=is_scant)
        for places, is_scant in zip(known.places, known.are_scant, strict=True)
    )


class _Texts:
    """The texts so far. Each is known by its first article, the longest: texts cannot grow by chains."""

    def __init__(self) -> None:
        self.places: list[list[int]] = []
        self.are_scant: list[bool] = []
        self._words: list[frozenset[int]] = []
        self._titles: dict[str, int] = {}
        self._postings: defaultdict[int, list[int]] = defaultdict(list)

    def add(self, place: int, title: str, words: frozenset[int], *, is_scant: bool) -> None:
        number = self._titles.get(title) if is_scant else self._nearest(words)
        if number is None:
            number = self._new(words, is_scant=is_scant)
        self.places[number].append(place)
        if title:
            self._titles.setdefault(title, number)

    def _nearest(self, words: frozenset[int]) -> int | None:
        """The text that has most of `words`, if that is nearly all."""
        postings = (self._postings[word] for word in words if word in self._postings)
        shared = Counter(number for posting in postings for number in posting)
        best = sorted(shared, key=lambda number: (-shared[number], number))[:MAX_COMPARED]
        near = ((len(words & self._words[number]), number) for number in best)
        return next((number for common, number in near if common >= NEARLY_EQUAL * len(words)), None)

    def _new(self, words: frozenset[int], *, is_scant: bool) -> int:
        number = len(self.places)
        self.places.append([])
        self.are_scant.append(is_scant)
        self._words.append(words)
        for word in () if is_scant else words:
            if len(self._postings[word]) < MAX_POSTINGS:
                self._postings[word].append(number)
        return number


def _telling(title: str) -> str:
    """The folded title; "" if it is too short to be one agency's."""
    folded = normalised_title(title)
    return folded if _words(title, len(folded.split())) >= MIN_TITLE_WORDS else ""


def _is_scant(text: str, words: frozenset[int]) -> bool:
    return _words(text[:READ_CHARACTERS], len(words) + RUN_WORDS - 1) < MIN_WORDS


def _words(text: str, tokens: int) -> int:
    """How many words so many tokens of `text` are."""
    unspaced = len(UNSPACED_START.findall(text))
    return max(tokens - unspaced, 0) + unspaced // CHARACTERS_A_WORD
