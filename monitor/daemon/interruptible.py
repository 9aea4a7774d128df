"""Asynchronous work in a thread of its own, which ends early when the daemon stops."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

STOP_CHECK_SECONDS = 0.2

Result = TypeVar("Result")


def until_set(stopping: threading.Event, work: Coroutine[Any, Any, Result]) -> Result | None:
    """The result of the work, or None if `stopping` is set before it is done; then it is cancelled."""

    async def watched() -> Result | None:
        task = asyncio.ensure_future(work)
        while not task.done() and not stopping.is_set():
            await asyncio.wait([task], timeout=STOP_CHECK_SECONDS)
        if not task.done():
            task.cancel()
            await asyncio.wait([task])
        return None if task.cancelled() else task.result()

    return asyncio.run(watched())
