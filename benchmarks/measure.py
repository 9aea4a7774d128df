"""Time that a busy machine distorts little: processor time, contenders in turns, medians, ratios within a round.

It knows nothing of what it measures and judges nothing; absolute figures from different runs do not compare.
"""

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from statistics import median

Work = Callable[[int], int]
"""Does the work of one round (its number is given) and returns how many units that was, say articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Microseconds of processor time per unit: of each contender one figure a round."""

    rounds: Mapping[Hashable, Sequence[float]]

    def median(self, name: Hashable) -> float:
        return median(self.rounds[name])

    def ratio(self, name: Hashable, other: Hashable) -> float:
        """How many times the cost of `other`: the median over the rounds, since both had the same weather in each."""
        return median(mine / its for mine, its in zip(self.rounds[name], self.rounds[other], strict=True))


def interleaved(contenders: Mapping[Hashable, Work], rounds: int) -> Timings:
    """Each round runs every contender once, every other round in reverse order."""
    taken: dict[Hashable, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name in list(contenders)[:: -1 if number % 2 else 1]:
            taken[name].append(microseconds(contenders[name], number))
    return Timings(rounds=taken)


def microseconds(work: Work, number: int) -> float:
    """Processor time of this process per unit of one round."""
    start = time.process_time_ns()
    units = work(number)
    return (time.process_time_ns() - start) / 1000 / units


def seconds(work: Callable[[], object]) -> float:
    """Processor time of this process."""
    start = time.process_time()
    work()
    return time.process_time() - start


def exponent(sizes: Sequence[int], costs: Sequence[float]) -> float:
    """That of a power law from the first size to the last."""
    return log(costs[-1] / costs[0]) / log(sizes[-1] / sizes[0])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """In Markdown; figures stand to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
