"""Waiting to lead: on a database that several processes share, one that is not needed yet takes over when the one that
leads is gone.
"""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from monitor.daemon.membership import member
from monitor.daemon.service_manager import ServiceManager
from monitor.daemon.signals import Signals
from monitor.errors import AlreadyRunning, StoreError
from monitor.log import logger
from monitor.model.clock import Clock
from monitor.model.settings import StorageSettings
from monitor.store import open_store
from monitor.store.place import place_of
from monitor.store.postgres import is_postgres
from monitor.store.revision import revisions

log = logger(__name__)

TRY_AGAIN_SECONDS = 2


@contextmanager
def ownership(storage: StorageSettings, signals: Signals, clock: Clock) -> Iterator[bool]:
    """Own polling and delivery while the block runs. On a database of PostgreSQL, wait until it is free: False if a
    signal ended the wait. Raises AlreadyRunning for one that is not shared, StoreError.
    """
    with ExitStack() as owned:
        try:
            owned.enter_context(place_of(storage).ownership())
        except AlreadyRunning as error:
            if not is_postgres(storage.database_url):
                raise
            log.info("another process leads, this one waits", reason=str(error))
            if not _waited(storage, signals, clock, owned):
                yield False
                return
            log.info("leads from now on")
        yield True


def _waited(storage: StorageSettings, signals: Signals, clock: Clock, owned: ExitStack) -> bool:
    """Whether it was waited for long enough; the ownership is in `owned` then."""
    manager = ServiceManager()
    manager.ready("waits to lead")
    with ExitStack() as shown:
        is_shown = False
        while True:
            received = signals.wait(TRY_AGAIN_SECONDS)
            if received not in (None, signal.SIGHUP):
                return False
            manager.well("waits to lead")
            with suppress(StoreError):
                is_shown = is_shown or _is_shown(storage, clock, shown)
            with suppress(AlreadyRunning, StoreError):
                owned.enter_context(place_of(storage).ownership())
                return True


def _is_shown(storage: StorageSettings, clock: Clock, shown: ExitStack) -> bool:
    """Be one of the processes of the database, without a duty: so the status shows it, and it ends a dead leader."""
    store = open_store(storage.database_url, now=clock.now)
    shown.callback(store.close)
    found, needed = revisions(store.database)
    if found != needed:
        return True  # the one that leads will bring it to the newest schema, or this one will
    shown.enter_context(member(store, clock, ""))
    return True
