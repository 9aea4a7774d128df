"""Work that ended the process: how often in a row, and what follows from that."""

from dataclasses import dataclass
from datetime import datetime, timedelta

ENOUGH = 2
"""The first end may have had any cause. Of the same work twice in a row, it is the work."""

REST = timedelta(days=1)
"""Tried again even if nothing has changed: the program may have."""

RESTS_OF_OTHER_INPUT = (timedelta(), timedelta(hours=1), timedelta(hours=6), REST)
"""Other input is other work, and is tried at once; what ends the process whatever it is given, ever less often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """`kind` and `key` name the unit of work, `given` is what it was made of when it ended the process last, at `at`.
    `because`: "hang" or "memory". `times`: in a row.
    """

    kind: str
    key: str
    given: str
    because: str
    times: int
    at: datetime

    @property
    def is_enough(self) -> bool:
        """Whether the unit is set aside."""
        return self.times >= ENOUGH

    def is_aside(self, given: str, now: datetime) -> bool:
        """Whether to leave the unit alone, made of what it is now. A setback in the future was of a wrong clock."""
        if not self.is_enough:
            return False
        rest = RESTS_OF_OTHER_INPUT[min(self.times - ENOUGH, len(RESTS_OF_OTHER_INPUT) - 1)]
        return timedelta() <= now - self.at < (REST if given == self.given else rest)

    @property
    def sentence(self) -> str:
        """For people: what happened, and when it is tried again."""
        cause = "it hung" if self.because == "hang" else "the memory limit was reached"
        return (
            f"set aside: {cause} {self.times} times in a row, last at {self.at:%Y-%m-%d %H:%M} UTC, and that ended the "
            "service each time. It is tried again when its input changes, after a day, or by hand"
        )
