"""Removes texts of which the licence has ended: from editions, messages, pages, the index and the store.

Headlines, links and evidence stay.

When a licence ends is what the config says of the feed, by the time at which an article was first seen. New articles of
feeds that may not be quoted never get here: their texts are not stored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.errors import DamagedStore, StoreError
from monitor.jobs.redactor import Redactor
from monitor.log import logger
from monitor.model.clock import Clock
from monitor.model.ids import ArticleId
from monitor.render.redaction import Redaction
from monitor.store import Store
from monitor.store.licences import Ended

log = logger(__name__)

BATCH_ARTICLES = 200
MOST_ARTICLES = 4_000
"""The most texts that one run removes, which must be short because polls wait for it; the next run continues."""
MOST_BATCHES = 1_000
"""And the most batches, of which many may have no text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRemover:
    """Removes texts, but not with a clock that is doubtful (`Keeper`)."""

    clock: Clock
    store: Store
    redactor: Redactor

    def run(self) -> int:
        """Remove the texts whose licences have ended, as many as one run may. Returns of how many articles.

        Editions come first: after a crash in between the texts are still there, and the next run removes the rest.
        """
        removed = self._quoted_removed()
        for number, ended in enumerate(self._ended(), 1):
            self._redact(ended.ids)
            self.store.licences.remove_texts(ended, self.clock.now())
            self._drop(ended.ids)
            removed += len(ended.ids)
            if removed >= MOST_ARTICLES or number == MOST_BATCHES:
                break
        if removed:
            self.redactor.sweep()
            log.info("texts removed for the licences of their feeds", articles=removed)
        return removed

    def _quoted_removed(self) -> int:
        """The same of those that editions show, before all others."""
        ids = self.store.licences.quoted(self.clock.now(), MOST_ARTICLES)
        for start in range(0, len(ids), BATCH_ARTICLES):
            self._remove(ids[start : start + BATCH_ARTICLES])
        return len(ids)

    def _remove(self, ids: Sequence[ArticleId]) -> None:
        """Editions come first: after a crash in between the texts are still there."""
        self._redact(ids)
        self.store.licences.empty(ids, self.clock.now())
        self._drop(ids)

    def before_dropped(self, ids: Sequence[ArticleId]) -> frozenset[ArticleId]:
        """Remove the texts of articles that retention is about to drop, where their licence ends some day: what an
        edition quotes of an article that is gone, nobody finds any more. Returns those that must stay until that has
        been done, because it failed. Raises DamagedStore.
        """
        ending = self.store.licences.ending(ids)
        if not ending:
            return frozenset()
        try:
            self._remove(ending)
            self.redactor.sweep()
        except DamagedStore:
            raise
        except Exception:
            log.exception("texts not removed for their licences, so articles stay", articles=len(ending))
            return frozenset(ending)
        return frozenset()

    def _ended(self) -> Iterator[Ended]:
        """A batch after the other, each when those before are done; one of each feed in turn, so that no feed waits
        until another has none left.
        """
        waiting = list(self.store.licences.limited())
        while waiting:
            for feed_id in tuple(waiting):
                ended = self.store.licences.ended(feed_id, self.clock.now(), BATCH_ARTICLES)
                if ended:
                    yield ended
                else:
                    waiting.remove(feed_id)

    def _redact(self, ids: Sequence[ArticleId]) -> None:
        shown_in = self.store.removal.shown_in(ids) if ids else ()
        if shown_in:
            redaction = Redaction(self.store.removal.words(ids), keeps_headlines=True)
            self.redactor.redact(ids, redaction, shown_in)

    def _drop(self, ids: Sequence[ArticleId]) -> None:
        """Out of the index, which reads them again without their texts: triggers have noted them."""
        try:
            self.store.searching.drop(ids)
        except StoreError as error:
            log.warning("removed texts are still in the index of searches", reason=str(error))
