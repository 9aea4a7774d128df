"""The one thing that knows what time it is; real in the daemon, simulated in tests and the demo."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Passed to whoever must know the time or wait. I/O deadlines stay on real time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        ...
