"""Asynchronous work in a thread of a job, which ends with the process."""

import asyncio
from collections.abc import Coroutine
from threading import Event
from typing import Any, TypeVar

STOP_CHECK_SECONDS = 0.2

Result = TypeVar("Result")


def until_stopped(work: Coroutine[Any, Any, Result], stopping: Event) -> Result | None:
    """The result of asynchronous work, or None if the process stops before the work is done."""

    async def watched() -> Result | None:
        task = asyncio.ensure_future(work)
        while not task.done() and not stopping.is_set():
            await asyncio.wait([task], timeout=STOP_CHECK_SECONDS)
        if not task.done():
            task.cancel()
            await asyncio.wait([task])
        return None if task.cancelled() else task.result()

    return asyncio.run(watched())
