"""The system clock: the only source of the current time."""

import asyncio
from datetime import UTC, datetime


class SystemClock:
    """The system clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
