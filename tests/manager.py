"""A service manager for tests: the socket of systemd's protocol, and what was said on it."""

import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

END = b"end"


@dataclass
class FakeManager:
    """Hears what a service says. `environment` is what the service is started with."""

    environment: dict[str, str]
    said: list[dict[str, str]] = field(default_factory=list)

    def listen(self, sock: socket.socket) -> None:
        while (message := sock.recv(4096)) != END:
            self.said.append(dict(line.split("=", 1) for line in message.decode().splitlines()))

    def count(self, key: str) -> int:
        return sum(key in message for message in self.said)


@contextmanager
def fake_manager(watchdog_usec: int = 0) -> Iterator[FakeManager]:
    """In a folder of its own: a socket's path is short, and those of pytest are not."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        path = str(Path(folder) / "notify")
        sock.bind(path)
        environment = {**os.environ, "NOTIFY_SOCKET": path}  # noqa: TID251 (of the process that is started)
        if watchdog_usec:
            environment["WATCHDOG_USEC"] = str(watchdog_usec)
        manager = FakeManager(environment)
        thread = threading.Thread(target=manager.listen, args=[sock])
        thread.start()
        try:
            yield manager
        finally:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
                last.sendto(END, path)
            thread.join()
