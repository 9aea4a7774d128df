"""nearly → what is remembered of past days, kept ready in the background, so that an edition need not calculate it.

Nothing depends on it: an edition calculates what is missing. A run ends after a number of articles; the next one
continues, after a restart as well, because each day is stored when it is done.
"""

from collections.abc import Callable
from dataclasses import dataclass

from monitor.jobs.likeness import Likeness
from monitor.log import logger
from monitor.model.clock import Clock
from monitor.store import Store

log = logger(__name__)

ARTICLES_A_RUN = 5_000
"""Some seconds of work (docs/performance.md), in a thread beside polls and editions. At least one day is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """Remembers how much anything resembled a topic on past days."""

    clock: Clock
    store: Store
    likeness: Likeness

    def run(self, is_stopping: Callable[[], bool] = lambda: False) -> None:
        """Calculate a portion of what is missing."""
        days = self._learn(lambda articles: articles >= ARTICLES_A_RUN or is_stopping())
        if days:
            log.info("learned what resembles topics", days=days)

    def again(self, is_stopping: Callable[[], bool] = lambda: False) -> int:
        """Forget everything and calculate it again. Returns for how many days; fewer if it was stopped."""
        self.store.likeness.forget()
        return self._learn(lambda _: is_stopping())

    def _learn(self, is_over: Callable[[int], bool]) -> int:
        return self.likeness.learn(self.clock.now(), is_over)
