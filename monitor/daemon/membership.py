"""Enters this process among those that share its database, and has it say that it lives. On a database that is not
shared there is none of it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version

from monitor.config import Settings
from monitor.daemon.leaving import leave_to_another
from monitor.daemon.makers import fingerprints_of
from monitor.errors import StoreError
from monitor.jobs.leases import Leases
from monitor.jobs.membership import ALONE, Membership, topics_hash
from monitor.log import logger
from monitor.model.clock import Clock
from monitor.model.worker import Duty
from monitor.policy.workers import BEAT_EVERY
from monitor.store import Store

log = logger(__name__)


@contextmanager
def member(store: Store, clock: Clock, topics: str) -> Iterator[Membership]:
    """Be one of the processes of this database while the block runs. It has no duty yet."""
    workers = store.workers
    worker = workers.enter(store.database.session_name, version("news-monitor"), topics)
    found = Membership(topics=topics, leases=Leases(clock=clock, store=store, worker=worker))
    store.database.fence(worker)
    found.beat()
    leave = partial(leave_to_another, is_shared=True)
    beating = threading.Thread(target=found.run, args=[leave], name="beat", daemon=True)
    beating.start()
    try:
        yield found
    finally:
        found.end()
        beating.join(timeout=BEAT_EVERY.total_seconds())
        try:
            workers.leave(worker)
        except StoreError as error:
            log.warning("not signed off", reason=str(error))


@contextmanager
def leading(store: Store, settings: Settings, clock: Clock) -> Iterator[Membership]:
    """Be the one that leads while the block runs; the only one, on a database that is not shared."""
    if not store.database.is_shared:
        yield ALONE
        return
    topics = topics_hash(fingerprints_of(settings))
    with member(store, clock, topics) as membership:
        membership.lead(topics)
        membership.take_up([Duty.LEAD])
        yield membership
