"""A scripted HTTP origin on loopback: it answers exactly the bytes it is told to, and records every request.

    with Origin() as origin:
        origin.serve("/feed", reply(b"<rss/>", headers=[("ETag", 'W/"1"')]), status(304))
        ... origin.url("/feed") ...
        assert origin.requests[1].header("if-none-match") == b'W/"1"'

A script is given the request and yields what happens next, step by step: bytes to send, a `Pause`,
or a `Reset` of the connection. Of several scripts for a path each answers one request, the last all further
ones. Every connection carries one request and is then closed. One thread per connection: many
clients, also in other processes, may ask at once.
"""

import gzip
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Self

PATIENCE_SECONDS = 30.0
"""No connection of a test lives longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Nothing for a while; ended early when the origin is closed."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """The connection breaks (TCP RST) instead of ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came in. `address` is the one that was dialled, `at` is monotonic seconds."""

    address: str
    method: str
    target: str
    headers: list[tuple[bytes, bytes]]
    at: float = field(default_factory=time.monotonic)

    def header(self, name: str) -> bytes | None:
        """The value as raw bytes; None if the header was not sent."""
        return next((value for key, value in self.headers if key.lower() == name.lower().encode()), None)


Step = bytes | Pause | Reset
Script = Callable[[Asked], Iterator[Step]]
Header = tuple[str, str | bytes]


def reply(body: bytes = b"", *, status: int = 200, headers: Sequence[Header] = (), length: int | None = None) -> Script:
    """An ordinary answer; `length` is what Content-Length claims, if that is not the truth."""
    fields = [*headers, ("Content-Length", str(len(body) if length is None else length))]

    def script(_request: Asked) -> Iterator[Step]:
        yield head(status, fields) + body

    return script


def status(code: int, headers: Sequence[Header] = ()) -> Script:
    """An answer without a body."""
    return raw(head(code, headers))


def redirect(location: str, code: int = 302) -> Script:
    return status(code, [("Location", location), ("Content-Length", "0")])


def gzipped(body: bytes, headers: Sequence[Header] = ()) -> Script:
    return reply(gzip.compress(body, mtime=0), headers=[("Content-Encoding", "gzip"), *headers])


def conditional(body: bytes, etag: bytes) -> Script:
    """A well-behaved server: 304 for whoever sends this ETag back, else 200 with it."""

    def script(request: Asked) -> Iterator[Step]:
        known = request.header("if-none-match") == etag
        yield from (status(304) if known else reply(body, headers=[("ETag", etag)]))(request)

    return script


def raw(*steps: Step) -> Script:
    """Exactly these steps, whatever is asked."""

    def script(_request: Asked) -> Iterator[Step]:
        yield from steps

    return script


def dribble(data: bytes, seconds: float) -> Script:
    """One byte at a time, that many seconds apart: a slow loris, from its first header on."""

    def script(_request: Asked) -> Iterator[Step]:
        for byte in data:
            yield bytes([byte])
            yield Pause(seconds=seconds)

    return script


def endless(start: bytes, again: bytes) -> Script:
    """`start` once, then `again` for ever."""

    def script(_request: Asked) -> Iterator[Step]:
        yield start
        while True:
            yield again

    return script


def head(code: int, headers: Sequence[Header] = ()) -> bytes:
    """Status line and headers; values given as bytes are sent as they are."""
    lines = [f"HTTP/1.1 {code} Scripted".encode()]
    lines += [name.encode() + b": " + (value.encode() if isinstance(value, str) else value) for name, value in headers]
    return b"\r\n".join([*lines, b"", b""])


class Origin:
    """Listens on the given loopback addresses, all on one free port; `tls` makes it speak https."""

    def __init__(self, *addresses: str, tls: ssl.SSLContext | None = None) -> None:
        self.addresses = addresses or ("127.0.0.1",)
        self.requests: list[Asked] = []
        self.connections = 0
        self.peak = 0
        """The most requests that waited for their first byte at one time."""
        self._tls = tls
        self._scripts: dict[str, list[Script]] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._waiting = 0
        self._listeners = _listeners(self.addresses)
        self.port: int = self._listeners[0].getsockname()[1]

    def __enter__(self) -> Self:
        for listener in self._listeners:
            threading.Thread(target=self._accept, args=[listener], daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._closing.set()
        for listener in self._listeners:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def url(self, path: str = "/", host: str | None = None) -> str:
        """Where `path` is to be had; `host` may be a name that a test's resolver sends here."""
        return f"{'https' if self._tls else 'http'}://{host or self.addresses[0]}:{self.port}{path}"

    def serve(self, path: str, *scripts: Script, host: str = "") -> None:
        """Answer `path` (query included) with these scripts; with `host`, only when the Host header names it."""
        with self._lock:
            self._scripts[f"{host}{path}"] = list(scripts)

    def asked(self, path: str) -> list[Asked]:
        """The requests for `path` so far, oldest first."""
        return [request for request in self.requests if request.target == path]

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):  # closed
            while True:
                connection, _ = listener.accept()
                with self._lock:
                    self.connections += 1
                threading.Thread(target=self._converse, args=[connection], daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE_SECONDS)
        with suppress(OSError), connection, self._secured(connection) as stream:
            request = _request(stream)
            if request:
                self._answer(stream, request)

    def _secured(self, connection: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(connection, server_side=True) if self._tls else connection

    def _answer(self, stream: socket.socket, request: Asked) -> None:
        for step in self._counted(self._script(request)(request)):
            if self._closing.is_set() or not self._perform(stream, step):
                return

    def _counted(self, steps: Iterator[Step]) -> Iterator[Step]:
        """The steps; until the first that is no pause, their request counts as waiting."""
        is_waiting = True
        for step in steps:
            if is_waiting and not isinstance(step, Pause):
                is_waiting = False
                with self._lock:
                    self._waiting -= 1
            yield step

    def _script(self, request: Asked) -> Script:
        host = (request.header("host") or b"").decode("ascii", "replace").rpartition(":")[0]
        with self._lock:
            self.requests.append(request)
            self._waiting += 1
            self.peak = max(self.peak, self._waiting)
            scripts = self._scripts.get(f"{host}{request.target}") or self._scripts.get(request.target)
            if not scripts:
                return reply(b"nothing is served here", status=404)
            return scripts.pop(0) if len(scripts) > 1 else scripts[0]

    def _perform(self, stream: socket.socket, step: Step) -> bool:
        """Do one step; False if there can be no next."""
        match step:
            case Pause():
                return not self._closing.wait(step.seconds)
            case Reset():
                stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                stream.close()
                return False
            case _:
                stream.sendall(step)
                return True


def _listeners(addresses: Sequence[str]) -> list[socket.socket]:
    """One listening socket per address, all with one port. One that is free at the first may be taken at the next."""
    for _ in range(50):
        with ExitStack() as opened, suppress(OSError):
            first = opened.enter_context(socket.create_server((addresses[0], 0), backlog=256))
            places = [(address, first.getsockname()[1]) for address in addresses[1:]]
            others = [opened.enter_context(socket.create_server(place, backlog=256)) for place in places]
            opened.pop_all()
            return [first, *others]
    raise OSError("no port is free at all of these addresses")


def _request(stream: socket.socket) -> Asked | None:
    """The head of one request; None if the client left before it was complete, or speaks something else (TLS)."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = stream.recv(65_536)
        if not more:
            return None
        data += more
        if not data[:1].isalpha():
            stream.sendall(head(400))
            return None
    first, *lines = data.partition(b"\r\n\r\n")[0].split(b"\r\n")
    method, target, _version = first.decode("ascii").split(" ")
    headers = [(name, value.strip()) for name, _, value in (line.partition(b":") for line in lines)]
    return Asked(address=stream.getsockname()[0], method=method, target=target, headers=headers)
