"""Pages for machines: /healthz (200, or 503 with the problems) and /metrics, at the configured address.

They answer GET and HEAD, in a separate thread. If the database does not answer, the result is also a 503.
"""

import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from monitor.errors import StoreError
from monitor.health.metrics import CONTENT_TYPE, metrics
from monitor.health.status import Status, problems
from monitor.log import logger

log = logger(__name__)

REQUEST_SECONDS = 10
PLAIN = "text/plain; charset=utf-8"


class Endpoint(ThreadingHTTPServer):
    """Serves what `look` returns, until it is closed. Raises OSError if the address is in use."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], look: Callable[[], Status]) -> None:
        super().__init__(address, _Handler)
        self.look = look
        Thread(target=self.serve_forever, name="health", daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 (the signature that is called)
        """A client that disconnects early is not logged; everything else is logged as an error."""
        if not isinstance(sys.exception(), ConnectionError):
            log.exception("health page failed", client=client_address[0])  # noqa: LOG004 (it is called by one)

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint
    server_version = "news-monitor"
    sys_version = ""
    timeout = REQUEST_SECONDS

    def do_GET(self) -> None:
        pages = {"/healthz": _healthz, "/metrics": _metrics}
        page = pages.get(self.path.partition("?")[0])
        if page is None:
            self._answer(HTTPStatus.NOT_FOUND, PLAIN, b"/healthz and /metrics\n")
            return
        try:
            status = self.server.look()
        except StoreError as error:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, PLAIN, f"{error}\n".encode())
        else:
            self._answer(*page(status))

    do_HEAD = do_GET  # noqa: N815 (the name that is called)

    def _answer(self, code: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the signature that is called)
        """Log nothing: one line per request would hide what matters."""


def _healthz(status: Status) -> tuple[HTTPStatus, str, bytes]:
    wrong = problems(status)
    code = HTTPStatus.SERVICE_UNAVAILABLE if wrong else HTTPStatus.OK
    return code, PLAIN, "".join(f"{line}\n" for line in wrong or ("ok",)).encode()


def _metrics(status: Status) -> tuple[HTTPStatus, str, bytes]:
    return HTTPStatus.OK, CONTENT_TYPE, metrics(status)
