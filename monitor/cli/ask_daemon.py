"""Run what only the owner of polling and delivery may do: take ownership, or ask the running daemon."""

import time
from collections.abc import Callable

from rich.console import Console

from monitor.config import Settings
from monitor.daemon.build import opened
from monitor.daemon.clock import SystemClock
from monitor.daemon.requests import Context, done
from monitor.errors import AlreadyRunning, DamagedStore, NewsMonitorError, OwnerSilent, UsageError
from monitor.jobs import Jobs
from monitor.model.clock import Clock
from monitor.model.requests import AnyRequest, Outcome
from monitor.model.settings import StorageSettings
from monitor.store import open_store
from monitor.store.place import place_of

WAIT_SECONDS = 900
LOOK_SECONDS = 0.2
LONGEST_IN_SECONDS = 120
"""From here on a time is said in minutes."""


def _done_here(jobs: Jobs, request: AnyRequest) -> Outcome:
    return done(Context(jobs=jobs), request)


def done_by_owner(
    settings: Settings,
    request: AnyRequest,
    here: Callable[[Jobs, AnyRequest], Outcome] = _done_here,
    wait_seconds: int = WAIT_SECONDS,
) -> Outcome:
    """The outcome of a request, carried out `here` if nobody owns polling and delivery, else by the running daemon."""
    clock = SystemClock()
    try:
        with place_of(settings.storage).ownership(), opened(settings, clock) as jobs:
            return here(jobs, request)
    except AlreadyRunning:
        return asked_of_daemon(settings.storage, request, clock, wait_seconds)


def asked_of_daemon(
    storage: StorageSettings, request: AnyRequest, clock: Clock, wait_seconds: int = WAIT_SECONDS
) -> Outcome:
    """The answer of the running daemon. Raises OwnerSilent if there is none after so many seconds."""
    place = place_of(storage)
    if not place.is_there():
        raise DamagedStore(f"The database {place.name} is gone, and the daemon still runs.")
    place.check_whole()
    store = open_store(storage.database_url)
    request_id = store.requests.ask(request, clock.now())
    try:
        with Console(stderr=True).status("Waiting for the daemon …"):
            outcome = _awaited(storage, lambda: store.requests.outcome(request_id), wait_seconds)
    except BaseException:
        store.requests.withdraw(request_id)  # nobody is waiting for it any more
        raise
    finally:
        store.close()
    if "error" in outcome:
        # the same exit code as without the daemon
        problem = UsageError if outcome.get("is_usage") else NewsMonitorError
        raise problem(f"The daemon answered: {outcome['error']}")
    return outcome


def _awaited(storage: StorageSettings, look: Callable[[], Outcome | None], wait_seconds: int) -> Outcome:
    deadline = time.monotonic() + wait_seconds
    while time.monotonic() < deadline:
        outcome = look()
        if outcome is not None:
            return outcome
        if not place_of(storage).is_owned() and look() is None:
            raise OwnerSilent("The daemon stopped before it ran this request; run the command again.")
        time.sleep(LOOK_SECONDS)
    waited = f"{wait_seconds // 60} minutes" if wait_seconds > LONGEST_IN_SECONDS else f"{wait_seconds} s"
    raise OwnerSilent(f"The daemon has not answered for {waited}; check its log.")
