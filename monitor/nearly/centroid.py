"""What a topic matches, as one vector, and how much an article resembles it.

A vector has a weight for each word (that is, for what of it is compared: `words`): how rare it is (`rarity`), and in a
topic also how many of its examples have it, damped by a square root so that the words of its own rule, which all
examples have, do not drown the others. What a person said does not belong to the topic is subtracted (Rocchio). The
likeness of an article is the product of the two vectors, divided by the square root of the article's length: half way
to the cosine, which takes a long article for a stranger because of what else it says. Likenesses of one topic compare;
those of two topics do not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from math import sqrt

from monitor.nearly.rarity import Rarity
from monitor.nearly.words import KEYS_A_WORD, Words

EXAMPLES = 100
"""A topic is what it matched last: so many distinct articles at most, and as many that were judged not to belong."""

MIN_EXAMPLES = 2
"""Of one nobody can say what it has in common with others. A first draft often has few matches a month: with 5 such
topics would show nothing, and 2 cost no precision (docs/nearly.md)."""

UNLIKE_WEIGHT = 0.25
"""How much of what does not belong is subtracted: little, because it is mostly made of the topic's own words."""

MOST_WORDS = 1_000
"""Of a topic; the others weigh next to nothing."""

DAMPING = 0.5
LENGTH_POWER = 0.5
"""With both at 1 it is the plain cosine of centroids. The values were chosen on texts for tuning (docs/nearly.md)."""

SHARED_WORDS = 3
"""So many words say why an article resembles a topic."""

Vector = Mapping[str, float]
"""Word → weight. Empty for a topic of which too little is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """What a topic is known by: the words of articles that belong to it, and of those that were judged not to."""

    like: tuple[Words, ...] = ()
    unlike: tuple[Words, ...] = ()


def vector_of(examples: Examples, rarity: Rarity) -> Vector:
    """The vector of a topic, of length one."""
    if len(examples.like) < MIN_EXAMPLES:
        return {}
    weights = _weights(examples.like, rarity)
    for word, weight in _weights(examples.unlike, rarity).items():
        weights[word] = weights.get(word, 0.0) - UNLIKE_WEIGHT * weight
    kept = nlargest(MOST_WORDS, weights, key=lambda word: (abs(weights[word]), word))
    length = _length(weights[word] for word in kept)
    return {word: weights[word] / length for word in kept} if length else {}


class TopicVectors:
    """The vectors of topics on one day, filed by word: an article is compared with those that share a word."""

    def __init__(self, vectors: Mapping[str, Vector], rarity: Rarity) -> None:
        self._vectors = vectors
        self._rarity = rarity
        self._filed: dict[str, list[tuple[str, float]]] = {}
        for topic, vector in vectors.items():
            for word, weight in vector.items():
                self._filed.setdefault(word, []).append((topic, weight * rarity.of(word)))

    def likeness(self, words: Words) -> dict[str, float]:
        """By topic that the article resembles, how much."""
        found: dict[str, float] = {}
        for word in words:
            for topic, weight in self._filed.get(word, ()):
                found[topic] = found.get(topic, 0.0) + weight
        length = _length(map(self._rarity.of, words)) ** LENGTH_POWER
        return {topic: weight / length for topic, weight in found.items() if weight > 0}

    def shared(self, topic: str, words: Words) -> tuple[str, ...]:
        """What contributes most to the likeness, the first one most: enough for `SHARED_WORDS` words."""
        vector = self._vectors[topic]
        weights = {word: vector[word] * self._rarity.of(word) for word in words if vector.get(word, 0.0) > 0}
        return tuple(nlargest(SHARED_WORDS * KEYS_A_WORD, weights, key=weights.__getitem__))


def _weights(examples: Sequence[Words], rarity: Rarity) -> dict[str, float]:
    shares: dict[str, float] = {}
    for words in examples:
        length = _length(map(rarity.of, words))
        for word in words if length else ():
            shares[word] = shares.get(word, 0.0) + 1 / (length * len(examples))
    return {word: share**DAMPING * rarity.of(word) for word, share in shares.items()}


def _length(weights: Iterable[float]) -> float:
    return sqrt(sum(weight * weight for weight in weights))
