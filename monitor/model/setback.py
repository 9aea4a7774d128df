"""Work that ended the process, and how often in a row. What follows from that is decided in `policy.setting_aside`."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """A unit of work that ended the process."""

    kind: str
    """The kind of the unit."""
    key: str
    """The name of the unit among its kind."""
    given: str
    """A fingerprint of what it was made of when it last ended the process."""
    because: str
    """"hang" or "memory"."""
    times: int
    """How many times in a row."""
    at: datetime
    """The last time (UTC)."""

    @property
    def sentence(self) -> str:
        """For people: what happened, and when it is tried again."""
        cause = "it hung" if self.because == "hang" else "the memory limit was reached"
        return (
            f"set aside: {cause} {self.times} times in a row, last at {self.at:%Y-%m-%d %H:%M} UTC, and that ended the "
            "service each time. It is tried again when its input changes, after a day, or by hand"
        )
