"""Stored articles and topics that changed: the window is matched again, and what newly matches is backfill."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from monitor.boilerplate import document_of
from monitor.jobs.work_units import REMATCH, WorkUnits
from monitor.match import TopicIndex
from monitor.model.article import Article
from monitor.model.boilerplate import Boilerplate
from monitor.model.clock import Clock
from monitor.model.match import Match
from monitor.progress import Progress, Unit
from monitor.store import Store

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rematcher:
    """Matches stored articles again where topics changed."""

    clock: Clock
    progress: Progress
    store: Store
    index: TopicIndex
    units: WorkUnits
    backfill: timedelta
    """How far back stored articles are matched again."""

    def run(self, is_stopping: Callable[[], bool] = lambda: False) -> None:
        """Match the stored window again for topics whose wording changed; what newly matches is backfill.

        Runs where polls do, never beside one: an article that is being stored is matched by one wording or the
        other, and then found by neither. Can be repeated: the new wordings are remembered when all is done.
        """
        since = self.clock.now() - self.backfill
        changed = self.store.topics.changed(self.units.fingerprints)
        if changed:
            count, shared = 0, self.store.boilerplate.of_all()
            for article, decided in self.store.history.decided_since(since):
                if is_stopping():
                    return
                self.progress.sign_of_life()
                unit = self.units.rematch(article.id)
                if (setback := self.units.setback(unit)) is not None:
                    log.warning("article not matched again", article=article.id, reason=setback.sentence)
                    continue
                count += self._matched_again(unit, article, decided, changed, shared)
            if count:
                log.info("topics changed", topics=sorted(changed), articles=count)
        self.store.topics.settle(self.units.fingerprints, since)
        self.retry_set_aside(is_stopping)

    def retry_set_aside(self, is_stopping: Callable[[], bool] = lambda: False) -> None:
        """Match the articles again that `run` set aside, once their rest is over; those beyond the window stay as they
        are.

        The wordings are settled by now: an article is owed the topics by whose wording no match of it was found.
        """
        since = self.clock.now() - self.backfill
        waiting = self.store.setbacks.of_kind(REMATCH)
        shared = self.store.boilerplate.of_all() if waiting else {}
        for setback in waiting:
            unit = self.units.rematch(int(setback.key))
            if is_stopping() or self.units.setback(unit) is not None:
                continue
            found = self.store.history.decided(int(setback.key))
            if found is None or found[0].first_seen_at < since:
                self.units.succeeded(unit)
                continue
            article, decided = found
            current = {
                match.topic for match in decided if match.fingerprint == self.units.fingerprints.get(match.topic)
            }
            self._matched_again(unit, article, decided, self.units.fingerprints.keys() - current, shared)
            self.progress.sign_of_life()

    def _matched_again(
        self,
        unit: Unit,
        article: Article,
        decided: Sequence[Match],
        changed: Collection[str],
        shared: Mapping[int, Sequence[Boilerplate]],
    ) -> bool:
        """Match it by the wordings of today and what was known of its feed when it came; whether that changed anything
        for one of these topics.
        """
        document = document_of(article, shared.get(article.feed_id, ()), article.first_seen_at)
        matches = self.units.run(unit, self.index.matches, document)
        found = [match for match in matches if match.topic in changed]
        gone = {match.topic for match in decided if match.topic in changed} - {match.topic for match in found}
        known = {(match.topic, match.fingerprint) for match in decided}
        is_news = bool(gone) or any((match.topic, match.fingerprint) not in known for match in found)
        if is_news:
            self.store.topics.rematch(article, found, gone, self.clock.now())
        self.units.succeeded(unit)
        return is_news
