"""The daemon: the composition root, and the service that ticks.

build     from settings to stages; here the clock and chance enter
wishes    what commands ask for
drill     a rehearsal of a restore
service   jobs, signals, reload, stop
"""

from monitor.daemon.build import SystemClock, looked_at, opened, whole_store
from monitor.daemon.drill import Drill, drill
from monitor.daemon.service import run
from monitor.daemon.wishes import Wish, cancel_wish, poll_wish, resend_wish, retry_wish, send_wish

__all__ = [
    "Drill",
    "SystemClock",
    "Wish",
    "cancel_wish",
    "drill",
    "looked_at",
    "opened",
    "poll_wish",
    "resend_wish",
    "retry_wish",
    "run",
    "send_wish",
    "whole_store",
]
