"""Reads and matches pages behind articles, and keeps that apart from matching again what is stored (`Rematcher`)."""

from collections.abc import Callable, Coroutine
from threading import Lock
from typing import Any

from monitor.jobs import Jobs


class PageRounds:
    """`alone` is held while topics match again what is stored: pages are matched before that or after it, for a match
    of the old wording that is stored meanwhile would never be looked at again.
    """

    def __init__(self) -> None:
        self.alone = Lock()

    def run(
        self, jobs: Jobs, is_current: Callable[[], bool], run: Callable[[Coroutine[Any, Any, int]], int | None]
    ) -> None:
        """Match what was read before, ask for pages and match what came, unless the jobs are not `is_current`: their
        topics have not matched what is stored, or there are newer ones.
        """
        self._match(jobs, is_current)
        if is_current():
            run(jobs.page_reader.run(lambda: not is_current()))
            self._match(jobs, is_current)

    def _match(self, jobs: Jobs, is_current: Callable[[], bool]) -> None:
        """If topics match again now, the next tick will do."""
        if self.alone.acquire(blocking=False):
            try:
                if is_current():
                    jobs.page_matcher.run(lambda: not is_current())
            finally:
                self.alone.release()
