"""Stored articles and topics that changed: the window is matched again, and what newly matches is backfill."""

from collections.abc import Callable, Collection, Mapping, Sequence

import structlog

from monitor.boilerplate import document_of
from monitor.jobs.stages import Stages
from monitor.jobs.work_units import REMATCH, aside, done, rematch_of
from monitor.model.article import Article
from monitor.model.boilerplate import Boilerplate
from monitor.model.match import Match
from monitor.progress import Unit

log = structlog.get_logger(__name__)


def rematch(stages: Stages, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Match the stored window again for topics whose wording changed; what newly matches is backfill.

    Runs where polls do, never beside one: an article that is being stored is matched by one wording or the
    other, and then found by neither. Can be repeated: the new wordings are remembered when all is done.
    """
    since = stages.clock.now() - stages.backfill
    changed = stages.store.topics.changed(stages.fingerprints)
    if changed:
        count, shared = 0, stages.store.boilerplate.of_all()
        for article, decided in stages.store.history.decided_since(since):
            if is_stopping():
                return
            stages.progress.sign_of_life()
            unit = rematch_of(stages, article.id)
            if (setback := aside(stages, unit)) is not None:
                log.warning("article not matched again", article=article.id, reason=setback.sentence)
                continue
            count += _matched_again(stages, unit, article, decided, changed, shared)
        if count:
            log.info("topics changed", topics=sorted(changed), articles=count)
    stages.store.topics.settle(stages.fingerprints, since)
    take_up(stages, is_stopping)


def take_up(stages: Stages, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Match the articles again that `rematch` set aside, once their rest is over; those beyond the window are let be.

    The wordings are settled by now: what an article is owed are the topics by whose wording no match of it was found.
    """
    since = stages.clock.now() - stages.backfill
    waiting = stages.store.setbacks.of_kind(REMATCH)
    shared = stages.store.boilerplate.of_all() if waiting else {}
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
        _matched_again(stages, unit, article, decided, stages.fingerprints.keys() - current, shared)
        stages.progress.sign_of_life()


def _matched_again(
    stages: Stages,
    unit: Unit,
    article: Article,
    decided: Sequence[Match],
    changed: Collection[str],
    shared: Mapping[int, Sequence[Boilerplate]],
) -> bool:
    """Match it by the wordings of today and what was known of its feed when it came; whether that changed anything for
    one of these topics.
    """
    document = document_of(article, shared.get(article.feed_id, ()), article.first_seen_at)
    matches = done(stages, unit, stages.index.matches, document)
    found = [match for match in matches if match.topic in changed]
    gone = {match.topic for match in decided if match.topic in changed} - {match.topic for match in found}
    known = {(match.topic, match.fingerprint) for match in decided}
    is_news = bool(gone) or any((match.topic, match.fingerprint) not in known for match in found)
    if is_news:
        stages.store.topics.rematch(article, found, gone, stages.clock.now())
    stages.store.setbacks.over(unit)
    return is_news
