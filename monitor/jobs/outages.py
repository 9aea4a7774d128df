"""Outages of our own network: no feed is blamed, and one feed is polled now and then until a server answers (P12)."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.log import logger
from monitor.model.clock import Clock
from monitor.model.feed_update import FeedState, FeedUpdate
from monitor.policy.outage import OUTAGE_ATTEMPTS, OUTAGE_HOSTS, is_outage, is_probe_due, may_well_answer, probed_first
from monitor.store import Store

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outages:
    """Decides which feeds may be polled during an outage, and what a poll shows about the network."""

    clock: Clock
    store: Store

    def feeds_to_ask(self, due: Sequence[FeedState]) -> Sequence[FeedState]:
        """All that are `due`; during an outage only one every five minutes, the one that has waited longest; or at once
        one that may well answer, in case it is none.
        """
        now = self.clock.now()
        outage = self.store.outages.current()
        if outage is None or not due:
            return due
        likely = may_well_answer(due, outage)
        if not is_probe_due(outage, now, is_in_doubt=bool(likely)):
            return ()
        self.store.outages.probe(now)
        return (probed_first(likely or due),)

    def note_attempt(self, update: FeedUpdate) -> None:
        """Begin, prolong or end an outage by what this poll shows. A poll that reached its server, as nearly all do,
        costs one query of one row; one that did not reads no more than the decision needs.
        """
        outages, now = self.store.outages, self.clock.now()
        if update.reached is None:
            return
        is_out = outages.current() is not None
        if not is_out and not update.reached and self._is_beginning():
            attempts = outages.attempts(outages.last_reached())
            log.warning("no server can be reached, probably an outage of our own network", attempts=len(attempts))
            outages.begin(attempts, now)
        elif is_out and update.reached:
            log.info("outage over, a server has answered")
            outages.end(now)
        elif is_out:
            outages.forgive(update.state.id, now)

    def note_reached(self) -> None:
        """End an outage: some server has answered."""
        if self.store.outages.current() is not None:
            log.info("outage over, a server has answered")
            self.store.outages.end(self.clock.now())

    def _is_beginning(self) -> bool:
        reached = self.store.outages.last_reached()
        attempts = self.store.outages.attempts(reached, OUTAGE_ATTEMPTS)
        hosts = self.store.feeds.some_hosts(OUTAGE_ATTEMPTS, OUTAGE_HOSTS, reached.at if reached else None)
        return is_outage(attempts, hosts)
