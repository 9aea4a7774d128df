"""Stored articles and topics that changed: the window is matched again, and what newly matches is backfill."""

from collections.abc import Callable

import structlog

from monitor.pipeline.refresh import document_of
from monitor.pipeline.stages import Stages
from monitor.pipeline.units import aside, done, rematch_of

log = structlog.get_logger(__name__)


def rematch(stages: Stages, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Match the stored window again for topics whose wording changed; what newly matches is backfill.

    Runs where polls do, never beside one: an article that is being stored is matched by one wording or the
    other, and then found by neither. Can be repeated: the new wordings are remembered when all is done.
    """
    now = stages.clock.now()
    since = now - stages.backfill
    changed = stages.store.topics.changed(stages.fingerprints)
    if changed:
        count = 0
        for article, decided in stages.store.history.decided_since(since):
            if is_stopping():
                return
            stages.progress.sign_of_life()
            unit = rematch_of(stages, article.id)
            if (setback := aside(stages, unit)) is not None:
                log.warning("article not matched again", article=article.id, reason=setback.sentence)
                continue
            matches = done(stages, unit, stages.index.matches, document_of(article))
            stages.store.setbacks.over(unit)
            found = [match for match in matches if match.topic in changed]
            gone = {match.topic for match in decided} & changed - {match.topic for match in found}
            known = {(match.topic, match.fingerprint) for match in decided}
            if gone or any((match.topic, match.fingerprint) not in known for match in found):
                stages.store.topics.rematch(article, found, gone, now)
                count += 1
        if count:
            log.info("topics changed", topics=sorted(changed), articles=count)
    stages.store.topics.settle(stages.fingerprints, since)
