"""Work that ended the process, and how often in a row. What follows from that is decided in `policy.setting_aside`."""

from dataclasses import dataclass
from datetime import datetime


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
    def sentence(self) -> str:
        """For people: what happened, and when it is tried again."""
        cause = "it hung" if self.because == "hang" else "the memory limit was reached"
        return (
            f"set aside: {cause} {self.times} times in a row, last at {self.at:%Y-%m-%d %H:%M} UTC, and that ended the "
            "service each time. It is tried again when its input changes, after a day, or by hand"
        )
