"""Starts a worker: its folder, its place in the database, its jobs."""

import random
import signal
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from monitor.config import Settings
from monitor.daemon.allocator import share_arenas
from monitor.daemon.build import build, pools_of
from monitor.daemon.crash_marker import CrashMarker
from monitor.daemon.last_exit import review_work
from monitor.daemon.makers import fingerprints_of
from monitor.daemon.membership import member
from monitor.daemon.service_manager import ServiceManager
from monitor.daemon.signals import Signals, block_signals
from monitor.daemon.worker import Worker
from monitor.errors import AlreadyRunning, StoreError, UsageError
from monitor.jobs.membership import topics_hash
from monitor.jobs.outbox import Outbox
from monitor.jobs.poller import Poller
from monitor.log import logger
from monitor.model.clock import Clock
from monitor.model.settings import StorageSettings
from monitor.model.worker import Duty
from monitor.progress import Progress
from monitor.store import Store, open_store
from monitor.store.lock import folder_lock
from monitor.store.revision import revisions

log = logger(__name__)

TRY_AGAIN_SECONDS = 2
MOST_WORKERS = 64
"""Of one storage folder."""


def run(
    settings: Settings,
    read_config: Callable[[], Settings],
    clock: Clock,
    duties: Collection[Duty],
    folder: Path | None = None,
) -> None:
    """Poll, deliver or both until SIGTERM or SIGINT. `read_config` reads the config again at SIGHUP, and when the
    leader has other topics. `folder` is its own; None: one in the storage folder that no other worker has. Raises
    UsageError, StoreError, AlreadyRunning.
    """
    share_arenas()
    block_signals()
    signals = Signals()
    with ExitStack() as stack:
        store, of_polls = (_opened(settings.storage, clock, stack) for _ in range(2))
        if not store.database.is_shared:
            raise UsageError('A worker needs [storage] database = "postgresql://…". On SQLite, run does everything.')
        if not _is_ready(store, signals):
            return
        own = stack.enter_context(_own_folder(settings.storage, folder))
        marker = CrashMarker(own)
        progress = Progress(witness=marker.write)
        topics = topics_hash(fingerprints_of(settings))
        membership = stack.enter_context(member(store, clock, topics))
        of_polls.database.fence(membership.number, lambda: membership.topics)
        pools = pools_of(stack)

        def make_jobs(settings: Settings) -> tuple[Poller, Outbox]:
            polling, sending = (
                build(settings, each, pools, clock, random.random, progress, membership) for each in (of_polls, store)
            )
            return polling.poller, sending.outbox

        worker = Worker(settings, read_config, make_jobs, membership, duties, store, progress, clock, marker, own)
        for each in (store, of_polls):
            each.all_made()
        review_work(store, clock, marker)
        membership.take_up(duties)
        worker.run(signals)


def _opened(storage: StorageSettings, clock: Clock, stack: ExitStack) -> Store:
    store = open_store(storage.database_url, now=clock.now)
    stack.callback(store.close)
    return store


def _is_ready(store: Store, signals: Signals) -> bool:
    """Whether the database has the schema that this program needs, after a wait for the process that leads to bring it
    there; False if a signal ended the wait.
    """
    is_told, manager = False, ServiceManager()
    while True:
        with suppress(StoreError):
            found, needed = revisions(store.database)
            if found == needed:
                return True
        if not is_told:
            log.info("waits for the process that leads to make the database ready")
            manager.ready("waits for the process that leads")
        is_told = True
        manager.well("waits for the process that leads")
        if signals.wait(TRY_AGAIN_SECONDS) not in (None, signal.SIGHUP):
            return False


@contextmanager
def _own_folder(storage: StorageSettings, given: Path | None) -> Iterator[Path]:
    """A folder that no other worker has: for what it leaves to the next one if its work ends it."""
    if given is not None:
        with folder_lock(given):
            yield given
        return
    for number in range(1, MOST_WORKERS + 1):
        folder = storage.folder / f"worker-{number}"
        with ExitStack() as stack:
            try:
                stack.enter_context(folder_lock(folder))
            except AlreadyRunning:
                continue
            yield folder
            return
    raise AlreadyRunning(f"{MOST_WORKERS} workers already run on {storage.folder}.")
