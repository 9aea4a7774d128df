"""One UTC day: which of its articles resemble which topic most.

A pure function of the day's articles and of what the topics are known by at its end: the same whenever it is
calculated. Days are remembered only to save time.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest
from types import MappingProxyType
from typing import Generic, TypeVar

from monitor.nearly.centroid import EXAMPLES, Examples, TopicVectors, vector_of
from monitor.nearly.rarity import Rarity
from monitor.nearly.words import Words, telling_words
from monitor.text import normalised_title

Id = TypeVar("Id", bound=Hashable)

RANKED = 100
"""So many of the articles that resemble a topic most are kept: some are excluded, and many may be copies."""

NEAR_MISS = 1.5
"""The likeness of an article that lacks exactly one group of a rule counts so many times: 25 of 26 missed texts are of
this kind (docs/nearly.md)."""

NOTHING = 0.0
"""The best likeness of a day on which nothing resembled the topic."""


@dataclass(frozen=True, kw_only=True)  # without slots, for what is cached: it is an example on many days
class Specimen:
    """An article that a topic is known by, as far as it is read for that."""

    title: str
    text: str

    @cached_property
    def headline(self) -> str:
        return normalised_title(self.title)

    @cached_property
    def words(self) -> Words:
        return telling_words(self.title, self.text)


class Day(Generic[Id]):
    """The articles of a day in their order, and what topics are known by. Topics with too few examples are not there.

    `examples`: by topic. `matched`: by topic, the articles that match it. `near_misses`: by article, the topics
    of which it lacks exactly one group (`NearMisses`).
    """

    def __init__(
        self,
        articles: Sequence[tuple[Id, Words]],
        examples: Mapping[str, Examples],
        matched: Mapping[str, Collection[Id]],
        near_misses: Mapping[Id, Collection[str]] = MappingProxyType({}),
        sign_of_life: Callable[[], None] = lambda: None,
    ) -> None:
        known = (words for each in examples.values() for words in (*each.like, *each.unlike))
        rarity = Rarity((words for _, words in articles), known)
        vectors = {topic: vector_of(each, rarity) for topic, each in examples.items()}
        self._known = {topic: vector for topic, vector in vectors.items() if vector}
        self._vectors = TopicVectors(self._known, rarity)
        self._articles = articles
        self._matched = matched
        self._near_misses = near_misses
        self._sign_of_life = sign_of_life

    @property
    def topics(self) -> Collection[str]:
        """Those of which enough is known."""
        return self._known.keys()

    def ranked(self, is_candidate: Callable[[Id], bool] = lambda _: True) -> dict[str, list[tuple[float, Id]]]:
        """By topic, the articles that do not match it and resemble it most, the most alike first; of equals the one
        that came first.
        """
        found: dict[str, list[tuple[float, int]]] = {topic: [] for topic in self._known}
        for place, (article, words) in enumerate(self._articles):
            self._sign_of_life()
            if is_candidate(article):
                near = self._near_misses.get(article, ())
                for topic, likeness in self._vectors.likeness(words).items():
                    if article not in self._matched.get(topic, ()):
                        found[topic].append((likeness * (NEAR_MISS if topic in near else 1), -place))
        best = {topic: nlargest(RANKED, each) for topic, each in found.items()}
        return {topic: [(score, self._articles[-place][0]) for score, place in each] for topic, each in best.items()}

    def shared(self, topic: str, words: Words) -> tuple[str, ...]:
        """What makes an article resemble the topic, for `as_written`."""
        return self._vectors.shared(topic, words)


def best_of(ranked: Iterable[tuple[float, Id]], is_open: Callable[[Id], bool]) -> float:
    """The likeness of the first article that the topic does not exclude."""
    return next((likeness for likeness, article in ranked if is_open(article)), NOTHING)


def distinct(specimens: Iterable[Specimen], most: int = EXAMPLES) -> tuple[Words, ...]:
    """The words of at most so many specimens, the latest of those that are given in order. One headline counts once,
    however many outlets have it.
    """
    latest: dict[str, Words] = {}
    for specimen in reversed(list(specimens)):
        if specimen.headline not in latest:
            latest[specimen.headline] = specimen.words
        if len(latest) == most:
            break
    return tuple(latest.values())
