"""What a start makes of how the last process ended."""

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
    """Store how the last process ended, as far as work of ours is to blame, and begin a mark of our own.

    What was asked of the last process is refused. `owned_since` is when this process took the lock: what was asked
    since then, while it opened its database, was asked of this one.
    """
    requests, now = store.requests, clock.now()
    requests.refuse_open("The daemon was restarted before it got to this.", now, asked_before=owned_since)
    ended = marker.ended
    if ended.because:
        for unit in ended.units:
            setback = store.setbacks.add(unit, ended.because, clock.now())
            of = shown_url(unit.key)
            log.error("work ended the service", work=unit.kind, of=of, because=ended.because, times=setback.times)
    if ended.trace:
        log.error("where the last process was when it was ended", trace=ended.trace)
    marker.begin()
    if marker.trace is not None:
        faulthandler.enable(marker.trace)
        faulthandler.register(signal.SIGPROF, marker.trace, chain=True)
