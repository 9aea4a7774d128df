"""The units of work that may be set aside: what they are made of, and whether they are set aside now."""

from collections.abc import Callable
from hashlib import sha256
from typing import ParamSpec, TypeVar

from monitor.jobs.stages import Stages
from monitor.model.feed_update import FeedState
from monitor.model.setback import Setback
from monitor.model.settings import DigestSettings
from monitor.progress import Unit

Params = ParamSpec("Params")
Result = TypeVar("Result")

POLL, EDITION, REMATCH = "poll", "edition", "rematch"


def poll_of(stages: Stages, state: FeedState, body: str) -> Unit:
    """What a feed brought, from its document to its rows; `body` is the document's hash."""
    return Unit(kind=POLL, key=state.url, given=_fingerprint(stages, body, repr(stages.feeds[state.url])))


def edition_of(stages: Stages, digest: DigestSettings) -> Unit:
    """The edition of what is in the store; a match that comes later makes another one of it."""
    last = stages.store.editions.high_water().matches
    return Unit(kind=EDITION, key=digest.name, given=_fingerprint(stages, repr(digest), str(last)))


def rematch_of(stages: Stages, article: int) -> Unit:
    return Unit(kind=REMATCH, key=str(article), given=_fingerprint(stages))


def aside(stages: Stages, unit: Unit) -> Setback | None:
    """Why the unit is left alone now; None if it is not."""
    setback = stages.store.setbacks.of(unit)
    return setback if setback and setback.is_aside(unit.given, stages.clock.now()) else None


def done(
    stages: Stages, unit: Unit, work: Callable[Params, Result], *args: Params.args, **kwargs: Params.kwargs
) -> Result:
    """What `work` gives, a part of the unit that waits for nothing and nobody."""
    with stages.progress.at_work(unit):
        return work(*args, **kwargs)


def _fingerprint(stages: Stages, *parts: str) -> str:
    topics = sorted(stages.fingerprints.items())
    return sha256(repr((parts, topics)).encode()).hexdigest()[:32]
