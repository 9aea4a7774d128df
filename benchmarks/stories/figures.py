"""How well a grouping agrees with another: BCubed and pairwise precision, recall, F1. It knows nothing of texts."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision, recall and their harmonic mean."""

    p: float
    r: float

    @property
    def f1(self) -> float:
        return 2 * self.p * self.r / (self.p + self.r) if self.p + self.r else 0.0

    def plain(self) -> dict[str, float]:
        return {"p": round(self.p, 4), "r": round(self.r, 4), "f1": round(self.f1, 4)}


def bcubed(gold: Sequence[Hashable], found: Sequence[Hashable]) -> Figures:
    """Of what an item is grouped with, itself too, how much belongs there; of what belongs there, how much is
    (Bagga and Baldwin, 1998). The mean over all items.
    """
    if not gold:
        return Figures(1.0, 1.0)
    ours, theirs, both = Counter(found), Counter(gold), Counter(zip(gold, found, strict=True))
    return Figures(
        sum(size * size / ours[story] for (_, story), size in both.items()) / len(gold),
        sum(size * size / theirs[label] for (label, _), size in both.items()) / len(gold),
    )


def pairwise(gold: Sequence[Hashable], found: Sequence[Hashable]) -> Figures:
    """Over pairs of items: big stories count by the square of their size. 1.0 where there is no pair to judge."""
    right = _pairs(Counter(zip(gold, found, strict=True)).values())
    ours, theirs = _pairs(Counter(found).values()), _pairs(Counter(gold).values())
    return Figures(right / ours if ours else 1.0, right / theirs if theirs else 1.0)


def mean(each: Sequence[Figures]) -> Figures:
    """The means of precision and of recall over several streams; F1 is that of the means."""
    return Figures(fmean(one.p for one in each), fmean(one.r for one in each))


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)
