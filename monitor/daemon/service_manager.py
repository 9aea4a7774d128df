"""Messages to the service manager: systemd's protocol of one datagram per message (sd_notify(3)).

Without systemd nothing is sent. If the manager does not listen, the service runs on.
"""

import os
import socket
import time
from collections.abc import Mapping
from datetime import timedelta

from monitor.log import logger

log = logger(__name__)


class ServiceManager:
    """The service manager that started this process, according to the environment."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        is_ours = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        microseconds = environ.get("WATCHDOG_USEC", "") if is_ours else ""
        self.watchdog = timedelta(microseconds=int(microseconds)) if microseconds.isdigit() else None
        """How long the manager waits for a sign of life before it kills the process; None if it does not."""

    def ready(self, status: str) -> None:
        self._tell("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        """Report a reload. Without the timestamp systemd would wait for minutes and report a
        failed reload (rule D21).
        """
        self._tell("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self) -> None:
        self._tell("STOPPING=1", "STATUS=stopping")

    def well(self, status: str) -> None:
        self._tell("WATCHDOG=1", f"STATUS={status}")

    def unwell(self, status: str) -> None:
        """Report what is wrong, without a sign of life."""
        self._tell(f"STATUS={status}")

    def _tell(self, *lines: str) -> None:
        if not self._address:
            return
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
                sock.setblocking(False)  # noqa: FBT003 (a manager that hangs must not hang us)
                sock.connect(address)
                sock.sendall("\n".join(lines).encode())
        except OSError as error:
            log.warning("the service manager does not listen", reason=str(error))
