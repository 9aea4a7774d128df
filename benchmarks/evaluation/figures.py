"""Precision, recall, F1 with bootstrap intervals, and Cohen's kappa. It knows nothing of texts, topics or rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random  # noqa: TID251 (seeded: every run draws the same)

RESAMPLES = 1_000
SEED = 3
COVERED = 0.95
"""Share of the resamples inside an interval."""


@dataclass(frozen=True, slots=True)
class Score:
    """Pairs of text and topic: found and right, found and wrong, right and not found."""

    true: int = 0
    false: int = 0
    missed: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.true + other.true, self.false + other.false, self.missed + other.missed)

    @property
    def precision(self) -> float:
        """1.0 if nothing was found: then nothing wrong was."""
        return self.true / (self.true + self.false) if self.true + self.false else 1.0

    @property
    def recall(self) -> float:
        """1.0 if there was nothing to find."""
        return self.true / (self.true + self.missed) if self.true + self.missed else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both; 0 if nothing right was found although there was something."""
        doubled, wrong = 2 * self.true, self.false + self.missed
        return doubled / (doubled + wrong) if doubled + wrong else 1.0


MEASURES: tuple[Callable[[Score], float], ...] = (
    lambda score: score.precision,
    lambda score: score.recall,
    lambda score: score.f1,
)


def score_of(found: bool, wanted: bool) -> Score:  # noqa: FBT001 (two verdicts on one pair)
    return Score(int(found and wanted), int(found and not wanted), int(wanted and not found))


def total(scores: Sequence[Score]) -> Score:
    return sum(scores, Score())


def intervals(scores: Sequence[Score], resamples: int = RESAMPLES) -> list[tuple[float, float]]:
    """For precision, recall and F1 the percentile bootstrap interval. `scores` has one entry a text, since texts,
    not pairs, are what another sample would have others of.
    """
    chance = Random(SEED)
    drawn = [total(chance.choices(scores, k=len(scores))) for _ in range(resamples if scores else 0)]
    return [_middle(sorted(map(measure, drawn))) for measure in MEASURES]


def _middle(values: Sequence[float]) -> tuple[float, float]:
    if not values:
        return 0.0, 1.0
    outside = int(len(values) * (1 - COVERED) / 2)
    return values[outside], values[-1 - outside]


def kappa(both: int, only_first: int, only_second: int, neither: int) -> float:
    """Cohen's: how far two labellers agree beyond chance; 1.0 if neither ever differs."""
    count = both + only_first + only_second + neither
    observed = (both + neither) / count
    first, second = (both + only_first) / count, (both + only_second) / count
    expected = first * second + (1 - first) * (1 - second)
    return 1.0 if expected == 1 else (observed - expected) / (1 - expected)
