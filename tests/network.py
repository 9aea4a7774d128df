"""A network between a process and the PostgreSQL of the tests that can be cut: what is sent then arrives nowhere."""

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

NAME = ".s.PGSQL.5432"


class Network:
    """Listens in a folder as the server does in its own, and passes on what comes until it is cut."""

    def __init__(self, folder: Path, server: Path) -> None:
        self.folder, self._server = folder, server / NAME
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / NAME))
        self._listener.listen(64)
        self._open = threading.Event()
        self._open.set()
        self._ends: list[socket.socket] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.close()
        self.heal()

    def cut(self) -> None:
        """From now on nothing arrives, and nobody is told."""
        self._open.clear()

    def heal(self) -> None:
        """What was connected is reset, and new connections work."""
        ends, self._ends = self._ends, []
        for end in ends:
            _end(end)
        self._open.set()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                try:
                    server.connect(str(self._server))
                except OSError:  # the server is down
                    client.close()
                    server.close()
                    continue
                self._ends += [client, server]
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=[source, target], daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._open.wait()
                target.sendall(data)
        for end in (source, target):
            _end(end)


def _end(connection: socket.socket) -> None:
    """Whoever reads of it or writes to it hears that it is over."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
