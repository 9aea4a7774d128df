"""From the words of an event to the stories that may be alike enough, in a bounded number of steps however many stories
there are.

The words that fewest stories have are asked first. What all others could add at most is known, so they need not be
asked where that is too little. Where even so there are too many steps, as in a flood of ten thousand headlines on one
subject, the words asked until then stand for all. It knows nothing of time, evidence or how stories are made.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from math import sqrt

MOST_STEPS = 500
"""So many stories are met under the words of one event; a story under several words counts as often."""

LEFT_TO_OTHERS = 0.5
"""This share of the bar is left to the words that most stories have: they are not asked, and whatever reaches the rest
of the bar without them is compared in full."""

ROUNDING = 1e-9
"""Sums of the same numbers in another order differ by less."""


class WordIndex:
    """Word → the stories that have it, each with the weight that it has there.

    Most words are in one story only: there a pair stands alone, without a container of its own.
    """

    def __init__(self) -> None:
        self._stories: dict[str, tuple[int, float] | dict[int, float]] = {}

    def put(self, word: str, story: int, weight: float) -> None:
        """The word has this weight in the story from now on."""
        known = self._stories.get(word)
        if isinstance(known, dict):
            known[story] = weight
        elif known is None or known[0] == story:
            self._stories[word] = (story, weight)
        else:
            self._stories[word] = {known[0]: known[1], story: weight}

    def remove(self, word: str, story: int) -> None:
        """Take one out that is there."""
        known = self._stories[word]
        if isinstance(known, dict):
            del known[story]
        else:
            del self._stories[word]

    def products(
        self, weights: Mapping[str, float], square: float, asked: Collection[str], least: float
    ) -> dict[int, float]:
        """Stories that have one of the words `asked` → the product of the two sums, of which little may be missing.

        Left out is what cannot come to `least` times the length of the story's sum. `square`: that of the length of
        `weights`.
        """
        found: defaultdict[int, float] = defaultdict(float)
        enough = LEFT_TO_OTHERS * least
        several, left = self._alone(weights, asked, found)
        left, steps = square - left, len(found)
        for stories, word in several:
            if left <= enough * enough or (steps and steps + len(stories) > MOST_STEPS):
                break
            weight = weights[word]
            for story, its in _newest(stories):
                found[story] += weight * its
            left, steps = left - weight * weight, steps + len(stories)
        else:
            left = self._completed(found, weights, [word for word in weights if word not in asked], left, enough)
        needed = max(enough, least - sqrt(max(0.0, left))) - ROUNDING
        return {story: product for story, product in found.items() if product >= needed}

    def _alone(
        self, weights: Mapping[str, float], words: Iterable[str], found: dict[int, float]
    ) -> tuple[list[tuple[dict[int, float], str]], float]:
        """The words that several stories have, with these, the fewest first. What the others have is added to the
        products; the sum of the squares of their weights.
        """
        several, squares = [], 0.0
        for word in words:
            known = self._stories.get(word)
            if isinstance(known, dict):
                several.append((known, word))
            else:
                weight = weights[word]
                squares += weight * weight
                if known is not None:
                    found[known[0]] += weight * known[1]
        several.sort(key=lambda each: len(each[0]))
        return several, squares

    def _completed(
        self, found: dict[int, float], weights: Mapping[str, float], words: Iterable[str], left: float, enough: float
    ) -> float:
        """Add what other words have to the products; the square of what is still missing at most."""
        beside: defaultdict[int, float] = defaultdict(float)
        several, squares = self._alone(weights, words, beside)
        for story in beside.keys() & found.keys():
            found[story] += beside[story]
        left, steps = left - squares, 0
        for stories, word in several:
            steps += min(len(stories), len(found))
            if left <= enough * enough or steps > MOST_STEPS:
                break
            weight = weights[word]
            for story in stories.keys() & found.keys():
                found[story] += weight * stories[story]
            left -= weight * weight
        return left


def _newest(stories: dict[int, float]) -> Iterable[tuple[int, float]]:
    return stories.items() if len(stories) <= MOST_STEPS else islice(reversed(stories.items()), MOST_STEPS)
