"""The one thing that knows what time it is, and what counts as late. The clock is real in the
daemon, and simulated in tests and the demo.
"""

from datetime import datetime, timedelta
from typing import Protocol

LATE = timedelta(minutes=15)
"""An edition that is made this much after it was due is late, and says so."""


class Clock(Protocol):
    """Passed to whoever must know the time or wait. I/O deadlines stay on real time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that is never set, from any beginning."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        ...
