"""What a start makes of how the last process ended."""

import faulthandler
import signal

import structlog

from monitor.daemon.marker import Marker
from monitor.pipeline import Stages
from monitor.url import shown_url

log = structlog.get_logger(__name__)


def take_stock(stages: Stages, marker: Marker) -> None:
    """Store how the last process ended, as far as work of ours is to blame, and begin a mark of our own."""
    ended = marker.ended
    if ended.because:
        for unit in ended.units:
            setback = stages.store.setbacks.add(unit, ended.because, stages.clock.now())
            of = shown_url(unit.key)
            log.error("work ended the service", work=unit.kind, of=of, because=ended.because, times=setback.times)
    if ended.trace:
        log.error("where the last process was when it was ended", trace=ended.trace)
    marker.begin()
    if marker.trace is not None:
        faulthandler.enable(marker.trace)
        faulthandler.register(signal.SIGPROF, marker.trace, chain=True)
