"""Stored articles and topics that changed: they are matched again, and what newly matches is backfill."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from monitor.boilerplate import document_of
from monitor.jobs.archive_contents import INDEX_DAYS
from monitor.jobs.stages import Stages
from monitor.jobs.work_units import REMATCH, aside, done, rematch_of
from monitor.model.article import Arrival, Article
from monitor.model.boilerplate import Boilerplate
from monitor.model.edition_input import Origin
from monitor.model.match import Match
from monitor.model.topic import ChangedTopics
from monitor.progress import Unit

log = structlog.get_logger(__name__)

TREND_WINDOW = timedelta(days=INDEX_DAYS + 1)
"""As far back as any trend shows days, those of the archive being the longest; and one more, for a day that is longer
than 24 hours and an edition that speaks from the moment it was due.
"""


def rematch(stages: Stages, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Match the stored window again for topics whose wording changed; what newly matches is backfill.

    Where only the meaning changed, by an upgrade, what trends count of the time before the window is matched again as
    well, and none of that is listed. Runs where polls do, never beside one: an article that is being stored is matched
    by one wording or the other, and then found by neither. Can be repeated: the new wordings are remembered when all is
    done.
    """
    now = stages.clock.now()
    since = now - stages.backfill
    changed = stages.store.topics.changed(stages.fingerprints, stages.written)
    if changed.all:
        count, again = 0, _Rematcher(stages=stages, since=since, shared=stages.store.boilerplate.of_all())
        earliest = min(since, now - TREND_WINDOW) if changed.reinterpreted else since
        for article, decided in stages.store.history.decided_since(earliest):
            if is_stopping():
                return
            stages.progress.sign_of_life()
            owed = again.owed(article, changed)
            unit = rematch_of(stages, article.id)
            if owed and (setback := aside(stages, unit)) is not None:
                log.warning("article not matched again", article=article.id, reason=setback.sentence)
            elif owed:
                count += again.match(unit, article, decided, owed)
        if count:
            log.info("topics changed", topics=sorted(changed.all), articles=count)
    stages.store.topics.settle(stages.fingerprints, stages.written, since)
    take_up(stages, is_stopping)


def take_up(stages: Stages, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Match the articles again that `rematch` set aside, once their rest is over; those beyond the window are let be.

    The wordings are settled by now: what an article is owed are the topics by whose wording no match of it was found.
    """
    since = stages.clock.now() - stages.backfill
    waiting = stages.store.setbacks.of_kind(REMATCH)
    shared = stages.store.boilerplate.of_all() if waiting else {}
    again = _Rematcher(stages=stages, since=since, shared=shared)
    for setback in waiting:
        unit = rematch_of(stages, int(setback.key))
        if is_stopping() or aside(stages, unit) is not None:
            continue
        found = stages.store.history.decided(int(setback.key))
        if found is None or found[0].first_seen_at < since:
            stages.store.setbacks.over(unit)
            continue
        article, decided = found
        current = {match.topic for match in decided if match.fingerprint == stages.fingerprints.get(match.topic)}
        again.match(unit, article, decided, stages.fingerprints.keys() - current)
        stages.progress.sign_of_life()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rematcher:
    """Matches articles again. What came before `since` is counted and not listed; `shared`: what is known of feeds."""

    stages: Stages
    since: datetime
    shared: Mapping[int, Sequence[Boilerplate]]

    def owed(self, article: Article, changed: ChangedTopics) -> frozenset[str]:
        """The topics by which it has to be matched again."""
        if self._is_listed(article):
            return changed.all
        is_counted = article.is_mailable and article.arrival is not Arrival.LATE
        return changed.reinterpreted if is_counted else frozenset()

    def match(self, unit: Unit, article: Article, decided: Sequence[Match], changed: Collection[str]) -> bool:
        """Match it by the wordings of today and what was known of its feed when it came; whether that changed anything
        for one of these topics.
        """
        stages = self.stages
        document = document_of(article, self.shared.get(article.feed_id, ()), article.first_seen_at)
        matches = done(stages, unit, stages.index.matches, document)
        found = [match for match in matches if match.topic in changed]
        gone = {match.topic for match in decided if match.topic in changed} - {match.topic for match in found}
        known = {(match.topic, match.fingerprint) for match in decided}
        is_news = bool(gone) or any((match.topic, match.fingerprint) not in known for match in found)
        if is_news:
            is_mailed = article.is_mailable and self._is_listed(article)
            origin = Origin.BACKFILL if is_mailed else Origin.BASELINE
            stages.store.topics.rematch(article, found, gone, origin, stages.clock.now())
        stages.store.setbacks.over(unit)
        return is_news

    def _is_listed(self, article: Article) -> bool:
        return article.first_seen_at >= self.since
