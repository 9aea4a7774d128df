"""Our own outage: no feed is blamed for it, and one is asked now and then until a server answers (rule P12)."""

import structlog

from monitor.jobs.stages import Stages
from monitor.model.feed_update import FeedState, FeedUpdate
from monitor.polling import OUTAGE_ATTEMPTS, OUTAGE_HOSTS, OUTAGE_PROBE, is_outage, is_welcome

log = structlog.get_logger(__name__)


def due_now(stages: Stages) -> tuple[FeedState, ...]:
    """The feeds that are due; during an outage one of them every five minutes, the one that waits longest."""
    now = stages.clock.now()
    due = tuple(state for state in stages.store.feeds.due(now) if is_welcome(state.hints, now))
    outage = stages.store.outages.current()
    if outage is None or not due:
        return due
    if outage.probed_at is not None and abs(now - outage.probed_at) < OUTAGE_PROBE:
        return ()
    stages.store.outages.probe(now)
    return (min(due, key=lambda state: (state.polled_at is not None, state.polled_at, state.id)),)


def note_attempt(stages: Stages, update: FeedUpdate) -> None:
    """Begin, prolong or end an outage by what this poll shows. A poll that reached its server, as nearly all do, costs
    one query of one row; one that did not reads no more than the decision needs, however many feeds there are.
    """
    outages, now = stages.store.outages, stages.clock.now()
    if update.reached is None:
        return
    is_out = outages.current() is not None
    if not is_out and not update.reached and _is_beginning(stages):
        attempts = outages.attempts()
        log.warning("no server can be reached: taken for an outage of our own", attempts=len(attempts))
        outages.begin(attempts, now)
    elif is_out and update.reached:
        log.info("a server has answered again")
        outages.end(now)
    elif is_out:
        outages.forgive(update.state.id, now)


def _is_beginning(stages: Stages) -> bool:
    attempts = stages.store.outages.attempts(OUTAGE_ATTEMPTS)
    return is_outage(attempts, stages.store.feeds.some_hosts(OUTAGE_ATTEMPTS, OUTAGE_HOSTS))
