"""store, render, deliver, archive → articles that their owner removes: from editions, messages, pages, index and store.

It asks nobody: `articles forget` has. It runs beside no poll, which may be about to write to the same article, and
beside no edition, which may be about to list it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.content_words import content_words
from monitor.deliver import Channel
from monitor.errors import StoreError
from monitor.jobs.archive_writer import ArchiveWriter
from monitor.jobs.outgoing_writer import OutgoingWriter
from monitor.jobs.redactor import Redactor
from monitor.log import logger
from monitor.model.clock import Clock
from monitor.model.ids import ArticleId, EditionId
from monitor.progress import Progress
from monitor.reconcile import address_traces, tombstones
from monitor.render.redaction import Redaction
from monitor.store import Store
from monitor.store.removal import Going, Traces
from monitor.url import canonical_url

log = logger(__name__)

BATCH_ARTICLES = 200
BATCH_LIMIT = timedelta(hours=1)
"""A batch reads the editions of a month, each of which takes milliseconds; thousands of messages take minutes."""

MOST_PAGES = 1_000_000
"""More than there are: editions of a thousand years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What was removed."""

    removed: int = 0
    """Articles."""
    editions: int = 0
    """Editions that said something of them."""
    messages: int = 0
    """Stored messages that did."""
    unwritten: int = 0
    """Archive pages that could not be written again; the next maintenance tries to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remover:
    """Removes articles."""

    clock: Clock
    progress: Progress
    store: Store
    channel: Channel
    archive_writer: ArchiveWriter
    outgoing: OutgoingWriter

    def run(self, ids: Sequence[ArticleId], is_stopping: Callable[[], bool] = lambda: False) -> Removal:
        """Remove these articles, those that are stored. If the process is stopped, the rest stays."""
        removed, editions, messages = 0, set[EditionId](), 0
        for start in range(0, len(ids), BATCH_ARTICLES):
            if is_stopping():
                break
            with self.progress.step("removal of articles", BATCH_LIMIT):
                going = self.store.removal.going(ids[start : start + BATCH_ARTICLES])
                if not going:
                    continue
                changed = self._redact(going)
                editions |= changed.keys()
                messages += sum(changed.values())
                self._forget(going)
                removed += len(going)
        with self.progress.step("archive pages", BATCH_LIMIT):
            unwritten = self._write_pages() if editions else 0
            if removed:
                self.outgoing.run()
            self._redactor.sweep()
        log.info("articles removed", articles=removed, editions=len(editions), messages=messages)
        return Removal(removed=removed, editions=len(editions), messages=messages, unwritten=unwritten)

    def _redact(self, going: Sequence[Going]) -> dict[EditionId, int]:
        """The editions that said something of them, each with the number of messages that did."""
        removal, ids = self.store.removal, [each.known.id for each in going]
        whole = Redaction(removal.words(ids))
        moments = [each.first_seen_at for each in going]
        return self._redactor.redact(ids, whole, removal.showing(ids, min(moments), max(moments)))

    @property
    def _redactor(self) -> Redactor:
        return Redactor(progress=self.progress, store=self.store, channel=self.channel)

    def _forget(self, going: Sequence[Going]) -> None:
        gone = {each.known.id: (each, _traces(each)) for each in going}
        counts: Counter[str] = Counter()
        for words in self.store.removal.words(gone):
            counts.update({*content_words(words.title), *content_words(words.text)})
        self.store.removal.forget(gone, counts, self.clock.now())
        try:
            self.store.searching.drop(list(gone))
        except StoreError as error:  # it is locked: the next batch takes them out, as triggers have noted them
            log.warning("removed articles are still in the index of searches", reason=str(error))

    def _write_pages(self) -> int:
        """How many pages of the archive could not be written. A run of the writer is short, so there are several."""
        waiting = len(self.store.editions.unarchived(MOST_PAGES))
        while waiting:
            self.archive_writer.run()
            left = len(self.store.editions.unarchived(MOST_PAGES))
            if left == waiting:
                return left
            waiting = left
        return 0


def _traces(article: Going) -> Traces:
    link = canonical_url(article.known.link)
    return Traces(tombstones=tombstones(article.known), addresses=address_traces([link]), link=link)
