"""The clock on the wall: the only place where the time comes from."""

import asyncio
from datetime import UTC, datetime


class SystemClock:
    """The clock on the wall."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
