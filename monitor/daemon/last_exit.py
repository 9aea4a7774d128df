"""At a start: what follows from the way the last process ended."""

import faulthandler
import signal
from datetime import datetime

from monitor.daemon.crash_marker import CrashMarker
from monitor.log import logger
from monitor.model.clock import Clock
from monitor.store import Store
from monitor.url import shown_url

log = logger(__name__)


def review_last_exit(store: Store, clock: Clock, marker: CrashMarker, owned_since: datetime) -> None:
    """Store how the last process ended, if its work was to blame, and start a new marker.

    Open requests to the last process are refused. `owned_since` is when this process took the lock: requests made
    after that, while it opened its database, are requests to this process.
    """
    requests, now = store.requests, clock.now()
    requests.refuse_open("The daemon was restarted before it ran this request.", now, asked_before=owned_since)
    review_work(store, clock, marker)


def review_work(store: Store, clock: Clock, marker: CrashMarker) -> None:
    """Store which work was to blame for the end of the last process, if any was, and start a new marker."""
    ended = marker.ended
    if ended.because:
        for unit in ended.units:
            setback = store.setbacks.add(unit, ended.because, clock.now())
            of = shown_url(unit.key)
            log.error("work ended the service", work=unit.kind, of=of, because=ended.because, times=setback.times)
    if ended.trace:
        log.error("stack of the last process when it was ended", trace=ended.trace)
    marker.begin()
    if marker.trace is not None:
        faulthandler.enable(marker.trace)
        faulthandler.register(signal.SIGPROF, marker.trace, chain=True)
