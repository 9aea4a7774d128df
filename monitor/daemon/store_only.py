"""The store for a command that needs nothing else: no fetcher, no templates, no compiled topics."""

from collections.abc import Iterator
from contextlib import contextmanager

from monitor.model.clock import Clock
from monitor.model.settings import StorageSettings
from monitor.store import Store, open_store
from monitor.store.place import place_of
from monitor.store.revision import revisions


@contextmanager
def opened_store(storage: StorageSettings, clock: Clock) -> Iterator[Store]:
    """The store while the block runs; a missing or old schema is upgraded first.

    Raises DamagedStore, NewerStore, and AlreadyRunning if another process owns a database whose schema is old.
    """
    place = place_of(storage)
    place.check_whole()
    if not place.is_there():  # nobody makes an empty one beside a daemon that has lost its own
        _upgraded(storage, clock).close()
    store = open_store(storage.database_url, now=clock.now)
    try:
        found, needed = revisions(store.database)
        if found != needed:
            store.close()
            store = _upgraded(storage, clock)
        yield store
    finally:
        store.close()


def _upgraded(storage: StorageSettings, clock: Clock) -> Store:
    from monitor.daemon.upgrade import whole_store

    with place_of(storage).ownership():
        return whole_store(storage, clock)
