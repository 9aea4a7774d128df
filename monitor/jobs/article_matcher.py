"""match, for the articles of one poll: in slices, so that the event loop and the watchdog see progress.

It decides nothing: `match` decides what matches, and `reconcile` which edits are worth storing.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from monitor.boilerplate import RECENT_ARTICLES, document_of, learned
from monitor.cluster import words_of
from monitor.jobs.work_units import WorkUnits
from monitor.log import logger
from monitor.match import TopicIndex
from monitor.model.boilerplate import Boilerplate, Specimen
from monitor.model.clock import Clock
from monitor.model.feed_update import FeedUpdate, NewArticle
from monitor.model.match import Document, Match
from monitor.model.story import WordCounts
from monitor.progress import Progress, Unit
from monitor.reconcile import admitted
from monitor.store import Store
from monitor.url import shown_url

log = logger(__name__)

SLOW_SLICE_SECONDS = 0.005
"""Ten to fifty times what a usual article takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleMatcher:
    """Finds matches, words and boilerplate in the texts of a poll. It reads the store and writes nothing."""

    clock: Clock
    progress: Progress
    store: Store
    index: TopicIndex
    units: WorkUnits

    async def matches(
        self, unit: Unit, update: FeedUpdate, shared: Sequence[Boilerplate] = ()
    ) -> dict[str, tuple[Match, ...]]:
        """Matches by article key. A slice is one article, whose text is bounded: thousands of articles must not keep
        other feeds waiting or look like a hang. `shared`: the feed's known boilerplate; an edit is
        judged by what was known when its article came.
        """
        stored = [*update.changed, *update.excess, *update.reread]
        leaves_out = any(each.left_out_since for each in shared)
        came_at = self.store.articles.came_at([edit.id for edit in stored]) if leaves_out and stored else {}
        documents: Iterable[tuple[str, Document]] = chain(
            ((new.key, document_of(new, shared, new.first_seen_at)) for new in update.new),
            ((edit.key, document_of(edit, shared, came_at.get(edit.id))) for edit in stored),
        )
        found = {}
        for key, document in documents:
            began = self.clock.monotonic()
            found[key] = self.units.run(unit, self.index.matches, document)
            await self._let_others_work(began)
        return {key: matches for key, matches in found.items() if matches}

    def with_matching_edits(self, update: FeedUpdate, matches: dict[str, tuple[Match, ...]]) -> FeedUpdate:
        """The update with those edits beyond an article's limit that are worth storing; matches of the others are
        removed.
        """
        if not update.excess:
            return update
        found = {edit.id: [match.topic for match in matches.get(edit.key, ())] for edit in update.excess}
        kept = admitted(update, found, self.store.matches.topics_of([edit.id for edit in update.excess]))
        for edit in update.excess:
            if edit not in kept.changed:
                matches.pop(edit.key, None)
        return kept

    async def words(self, unit: Unit, articles: Sequence[NewArticle]) -> WordCounts:
        """How many of the new articles have each word: grouping weighs words by these counts."""
        words: Counter[str] = Counter()
        for article in articles:
            began = self.clock.monotonic()
            words.update(self.units.run(unit, words_of, [article]))
            await self._let_others_work(began)
        return WordCounts(articles=len(articles), words=words)

    async def _let_others_work(self, began: float) -> None:
        """After a slow slice of work, which began then: rest as long as it took, so that one document has half of the
        time at most, and the polls of other feeds, which need many short turns, have the rest.

        With a single turn between two slices, a document of 250 long texts delayed all other feeds by 73 s (measured).
        """
        self.progress.sign_of_life()
        seconds = self.clock.monotonic() - began
        await asyncio.sleep(seconds if seconds > SLOW_SLICE_SECONDS else 0)

    def boilerplate(self, update: FeedUpdate) -> tuple[Boilerplate, ...]:
        """The known boilerplate of the feed; not read if there is nothing to judge."""
        has_articles = update.new or update.changed or update.excess or update.reread
        return self.store.boilerplate.of_feed(update.state.id) if has_articles else ()

    async def learned_boilerplate(
        self, unit: Unit, update: FeedUpdate, shared: Sequence[Boilerplate]
    ) -> tuple[Boilerplate, ...] | None:
        """The boilerplate of the feed after its new articles; None if they change nothing."""
        if not update.new:
            return None
        new = [Specimen(title=each.title, text=each.text, seen_at=each.first_seen_at) for each in update.new]
        recent = self.store.articles.latest(update.state.id, RECENT_ARTICLES)
        found = await asyncio.to_thread(self.units.run, unit, learned, shared, new, recent, self.clock.now())
        before = {each.words for each in shared if each.left_out_since}
        for each in found:
            if each.left_out_since and each.words not in before:
                log.info("boilerplate is left out of matching", feed=shown_url(update.state.url), words=each.sample)
        return None if set(found) == set(shared) else found
