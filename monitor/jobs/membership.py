"""A process among those that share its database: what it says of itself, and what it hears of the others."""

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from monitor.errors import AlreadyRunning, StoreError
from monitor.jobs.leases import Leases
from monitor.log import logger
from monitor.model.worker import Duty, Pulse, WorkerId
from monitor.policy.workers import BEAT_EVERY

log = logger(__name__)


def topics_hash(fingerprints: Mapping[str, str]) -> str:
    """By what articles are matched, in a few letters."""
    named = "\n".join(f"{name}\t{mark}" for name, mark in sorted(fingerprints.items()))
    return sha256(named.encode()).hexdigest()[:16]


@dataclass(kw_only=True, eq=False)
class Membership:
    """One process among others; the one that is alone has no leases, and nothing of this does anything."""

    topics: str = ""
    """By what this process matches (`topics_hash`)."""
    duties: frozenset[Duty] = frozenset()
    """What it does; others leave that to it."""
    leases: Leases | None = None
    pulse: Pulse = field(default_factory=lambda: Pulse(is_ours=True, topics="", others=frozenset()))
    """What it heard last of the others."""
    _is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def number(self) -> WorkerId:
        """Of this worker; 0 of the one that is alone."""
        return WorkerId(0) if self.leases is None else self.leases.worker

    @property
    def may_poll(self) -> bool:
        """Whether its topics are those by which all match now."""
        return self.topics == self.pulse.topics

    def lead(self, topics: str) -> None:
        """Lead from now on. If the topics are others than before, nobody else stores articles until `publish`."""
        if self.leases is not None:
            self.topics = topics
            self.leases.store.workers.lead(self.leases.worker, topics)

    def take_up(self, duties: Collection[Duty]) -> None:
        """Do this from now on. Raises StoreError, AlreadyRunning."""
        self.duties = frozenset(duties)
        self.beat()

    def publish(self) -> None:
        """All that is stored is matched by the topics of this process: whoever has them, too, may poll."""
        if self.leases is not None and self.pulse.topics != self.topics:
            self.leases.store.workers.publish_topics(self.leases.worker, self.topics)
            self.pulse = replace(self.pulse, topics=self.topics)

    def others(self, duty: Duty) -> bool:
        """Whether another process does that."""
        return duty in self.pulse.others

    def beat(self) -> None:
        """Raises StoreError, and AlreadyRunning if this process has been declared dead."""
        if self.leases is None:
            return
        workers, worker = self.leases.store.workers, self.leases.worker
        self.pulse = workers.beat(worker, self.topics, self.duties)
        if not self.pulse.is_ours:
            raise AlreadyRunning(f"Worker {worker} was not heard of for too long; others do its work.")
        self.leases.note_word()
        for name in workers.bury():
            log.warning("a worker is dead, what it had is free", worker=name)

    def end(self) -> None:
        """Say no more."""
        self._is_over.set()

    def run(self, gone: Callable[[AlreadyRunning], object]) -> None:
        """Say again and again that this process lives, until it is over. `gone` ends the process."""
        while not self._is_over.wait(BEAT_EVERY.total_seconds()):
            try:
                self.beat()
            except AlreadyRunning as error:
                gone(error)
                return
            except StoreError as error:
                log.warning("not heard of by the database", reason=str(error))
            except Exception:
                log.exception("not heard of by the database")


ALONE = Membership()
"""Of a process that shares its database with none."""
