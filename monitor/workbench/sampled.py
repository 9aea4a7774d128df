"""How many of a finite number of articles are relevant, judged by some of them that were drawn at random.

They are drawn in rounds, each with one article of every layer of likeness, so that each layer has its share however
early a person stops, and a skipped article is replaced by the next one.

The bounds are those of Clopper and Pearson for a sample without replacement (the hypergeometric distribution): a number
is left out if so few, or so many, would have been found in at most one draw of forty. They are right at least as often
as they say, also when nearly nothing was found, where the normal approximation is not. That the layers have equal
shares only makes them right more often (docs/decisions/0060).
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import comb
from typing import Protocol, TypeVar

LAYERS = 8
"""With more the estimate is hardly better; with fewer it is worse where likeness tells (decision 60)."""

TAIL = (1, 40)
"""2.5 % on each side: 95 % in all."""

Item = TypeVar("Item")


class Chance(Protocol):
    """What is needed of `random.Random`."""

    def sample(self, population: Sequence[Item], k: int) -> list[Item]:
        """So many of them in random order, each once."""


def drawn(ranked: Sequence[Item], chance: Chance) -> tuple[Item, ...]:
    """All of them in the order in which they are asked about. `ranked`: the most alike first."""
    share, rest = divmod(len(ranked), LAYERS)
    over = chance.sample(range(len(ranked)), rest)  # so that all layers have the same size, and all articles one chance
    even = [each for place, each in enumerate(ranked) if place not in over]
    layers = [chance.sample(even[share * layer : share * (layer + 1)], share) for layer in range(LAYERS)]
    found = [each for together in zip(*layers, strict=True) for each in chance.sample(together, LAYERS)]
    return (*found, *(ranked[place] for place in over))


@lru_cache(maxsize=256)
def bounds(size: int, judged: int, relevant: int) -> tuple[int, int]:
    """How many of `size` articles are relevant, at least and at most, if so many of those that were `judged` are."""
    least, most = relevant, size - judged + relevant

    def is_high_enough(number: int) -> bool:
        """Whether with so many relevant ones it is not too odd to find so many."""
        return _is_common(size, number, judged, range(relevant, judged + 1))

    def is_too_high(number: int) -> bool:
        return not _is_common(size, number, judged, range(relevant + 1))

    return _first(is_high_enough, least, most), _first(is_too_high, least, most + 1) - 1


def _is_common(size: int, number: int, judged: int, found: range) -> bool:
    """Whether as many as that are found in more than `TAIL` of all draws; in whole numbers, so that it is exact."""
    draws = sum(comb(number, each) * comb(size - number, judged - each) for each in found)
    return draws * TAIL[1] > comb(size, judged) * TAIL[0]


def _first(is_so: Callable[[int], bool], low: int, high: int) -> int:
    """The first number from `low` on of which it is so; `high` if it is of none before. Once it is so, it stays so."""
    while low < high:
        middle = (low + high) // 2
        if is_so(middle):
            high = middle
        else:
            low = middle + 1
    return low
