"""An HTTP service on loopback to which channels hand over: it keeps each request, and answers as it is told.

    with Receiver() as service:
        service.answers = [answer(429, retry_after="7"), answer(200)]
        ... service.url("/hook") ...
        service.requests[0].body

The last answer serves all further requests.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

HOST = "127.0.0.1"
PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request, as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the service does with a request. `raw`, if there is any, is written instead of an answer of HTTP."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b"ok"
    wait: float = 0.0
    hangs_up: bool = False
    raw: bytes = b""


def answer(status: int = 200, body: bytes = b"ok", **headers: str) -> Answer:
    """An answer with headers whose names are written with underscores."""
    return Answer(
        status=status, body=body, headers=tuple((name.replace("_", "-"), text) for name, text in headers.items())
    )


class Receiver:
    """See the module."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Received] = []
        self.answers: list[Answer] = [Answer()]
        self.decide: Callable[[Received], Answer] | None = None
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer((HOST, 0), self._handler())
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.scheme = "http" if tls is None else "https"
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE_SECONDS)

    def url(self, path: str = "/", host: str = HOST) -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def _answer(self, request: Received) -> Answer:
        with self._lock:
            self.requests.append(request)
            if self.decide is not None:
                return self.decide(request)
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            timeout = PATIENCE_SECONDS

            def do_POST(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(size)
                headers = {name.lower(): value for name, value in self.headers.items()}
                said = receiver._answer(Received(method=self.command, path=self.path, headers=headers, body=body))
                self.close_connection = True
                receiver._closing.wait(said.wait)
                if said.hangs_up:
                    self.connection.shutdown(socket.SHUT_RDWR)
                elif said.raw:
                    self.wfile.write(said.raw)
                else:
                    self.send_response(said.status)
                    for name, value in said.headers:
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(said.body)))
                    self.end_headers()
                    self.wfile.write(said.body)

            do_PUT = do_POST  # noqa: N815 (http.server's name)
            do_GET = do_POST  # noqa: N815 (http.server's name)

            def handle(self) -> None:
                with suppress(OSError):  # the other side has hung up
                    super().handle()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's name)
                """Nothing: stderr is for the tests."""

        return Handler
