"""The page for people, beside the daemon: a child process (decision 78) that is started again whenever it ends.

A process of its own, because threads of one Python share its lock: a page that is hammered would delay polls and mails.
The child reads what commands read and asks what commands ask. It ends when its standard input does, so that none is
left behind by a daemon that was killed.
"""

import subprocess
import sys
from threading import Event, Thread
from time import monotonic

from monitor.config import Settings
from monitor.log import logger

log = logger(__name__)

FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0
"""Seconds before a page that ended is started again: doubled each time, because the cause may stay. A page that was up
longer than the longest wait is a new case."""

STOP_SECONDS = 5.0
"""How long the child may take to end."""


class PageProcess:
    """Keeps the page up between `start` and `stop`. Without `[web] listen` it does nothing."""

    def __init__(self, settings: Settings) -> None:
        self._command = [sys.executable, "-m", "monitor", "--config", str(settings.path), "web", "--beside-daemon"]
        self._listen = settings.web.listen
        self._stopping = Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._keeper: Thread | None = None

    def start(self) -> None:
        if self._listen:
            self._keeper = Thread(target=self._keep_up, name="page", daemon=True)
            self._keeper.start()

    def stop(self) -> None:
        """End the child: it is asked first, and killed if it does not listen."""
        self._stopping.set()
        child = self._child
        if child is not None and child.stdin is not None:
            child.stdin.close()
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
        if self._keeper is not None:
            self._keeper.join(STOP_SECONDS)

    def _keep_up(self) -> None:
        wait = FIRST_WAIT
        while not self._stopping.is_set():
            began = monotonic()
            try:
                self._child = subprocess.Popen(self._command, stdin=subprocess.PIPE)  # noqa: S603 (this program)
                code: object = self._child.wait()
            except OSError as error:
                code = error
            if monotonic() - began > LONGEST_WAIT:
                wait = FIRST_WAIT
            if self._stopping.wait(wait):
                return
            log.warning("page ended, it is started again", code=str(code), address=self._listen)
            wait = min(wait * 2, LONGEST_WAIT)
