"""store → the index of searches, in small batches beside polls and editions. It holds up neither: the index is a file
of its own, and only words are read from the database.

Nothing depends on it but searches. A run ends after some batches; the next one continues, after a restart as well.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from monitor.errors import StoreError
from monitor.log import logger
from monitor.progress import Progress
from monitor.search.columns import Memory
from monitor.store import Store

log = logger(__name__)

BATCHES_A_RUN = 5
"""A thousand articles: half a second to two seconds of work between two ticks, so that the rest of the process has as
much of the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexer:
    """Keeps the index of searches up to date."""

    progress: Progress
    store: Store
    memory: Memory = field(default_factory=dict)

    def run(self, is_stopping: Callable[[], bool] = lambda: False, batches: int = BATCHES_A_RUN) -> bool:
        """Index what is missing, a number of batches at most. Returns whether nothing is missing any more."""
        for _ in range(batches):
            if is_stopping():
                return False
            if not self.store.searching.advance(self.memory):
                return True
            self.progress.sign_of_life()
        return False

    def tidy(self) -> None:
        """Join what batches have left apart, a little of it; a search through many parts is slower."""
        self.store.searching.tidy()

    def again(self) -> None:
        """Forget the index; runs build it again."""
        self.store.searching.reset()
        log.info("the index of searches is built again")

    def check(self) -> None:
        """Compare the index with the stored articles, and put right what differs."""
        try:
            wrong = self.store.searching.check(self.progress.sign_of_life)
        except StoreError as error:
            log.warning("the index of searches is damaged and is built again", reason=str(error))
            self.store.searching.reset()
        else:
            if wrong:
                log.warning("the index of searches had other articles than the database", articles=wrong)
