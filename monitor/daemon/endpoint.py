"""Pages for machines: /healthz (does the service live), /readyz (should a person look) and /metrics.

They answer GET and HEAD, in a separate thread: 200, or 503 with what is wrong, also if the database does not answer.
What a restart cannot fix is no matter of /healthz. A name in `Host` that is not ours is refused: a page of a stranger
in somebody's browser could read these by making its own name lead here (DNS rebinding).
"""

import socket
import sys
from collections.abc import Callable, Collection, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from threading import Thread
from typing import Any

from monitor.errors import StoreError
from monitor.health.metrics import CONTENT_TYPE, metrics
from monitor.health.status import Status, problems
from monitor.log import logger
from monitor.model.settings import HealthSettings

log = logger(__name__)

REQUEST_SECONDS = 10
PLAIN = "text/plain; charset=utf-8"
WRONG_HOST = b"This name is not mine; if it is, add it to hosts in [health].\n"

Answer = tuple[HTTPStatus, str, bytes]
"""Code, kind and body of a page."""


class Endpoint(ThreadingHTTPServer):
    """Serves what `look` returns, until it is closed. Raises OSError if the address is in use."""

    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        look: Callable[[], Status],
        hanging: Callable[[], Sequence[str]] = tuple,
        hosts: Collection[str] = (),
    ) -> None:
        super().__init__(address, _Handler)
        self.look, self.hanging = look, hanging
        self.names = frozenset[str]()
        self.allow(hosts)
        Thread(target=self.serve_forever, name="health", daemon=True).start()

    def allow(self, hosts: Collection[str]) -> None:
        """Answer to these names as well, from now on."""
        self.names = frozenset(name.lower().rstrip(".") for name in (*hosts, socket.gethostname()))

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 (the signature that is called)
        """A client that disconnects early is not logged; everything else is logged as an error."""
        if not isinstance(sys.exception(), ConnectionError):
            log.exception("health page failed", client=client_address[0])  # noqa: LOG004 (it is called by one)

    def close(self) -> None:
        self.shutdown()
        self.server_close()


def opened_endpoint(
    health: HealthSettings, look: Callable[[], Status], hanging: Callable[[], Sequence[str]]
) -> Endpoint | None:
    """The page for machines, None if there is none. If it cannot be opened, mail is still sent."""
    try:
        return Endpoint(health.address, look, hanging, health.hosts) if health.listen else None
    except OSError as error:
        log.error("health page not available", address=health.listen, reason=error.strerror)  # noqa: TRY400 (a person's mistake)
        return None


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint
    server_version = "news-monitor"
    sys_version = ""
    timeout = REQUEST_SECONDS

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        pages = {"/healthz": self._healthz, "/readyz": self._readyz, "/metrics": self._metrics}
        if not all(is_our_name(host, self.server.names) for host in self.headers.get_all("Host", ())):
            self._answer(HTTPStatus.MISDIRECTED_REQUEST, PLAIN, WRONG_HOST)
            return
        if path not in pages:
            self._answer(HTTPStatus.NOT_FOUND, PLAIN, b"/healthz, /readyz and /metrics\n")
            return
        try:
            answer = pages[path]()
        except StoreError as error:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, PLAIN, f"{error}\n".encode())
        except ConnectionError:
            raise  # of the client: nobody is there to answer
        except OSError as error:  # the database is gone, or its disk
            what = f"{error.filename or 'A file of the service'} cannot be looked at: {error.strerror or error}."
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, PLAIN, f"{what}\n".encode())
        else:
            self._answer(*answer)

    def _healthz(self) -> Answer:
        found = (*self.server.hanging(), *self.server.look().hanging)  # looking shows that the database answers
        return _page(tuple(dict.fromkeys(found)))

    def _readyz(self) -> Answer:
        return _page(problems(self.server.look()))

    def _metrics(self) -> Answer:
        return HTTPStatus.OK, CONTENT_TYPE, metrics(self.server.look())

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


def is_our_name(host: str, names: Collection[str]) -> bool:
    """Whether a `Host` header may be meant for this page: an address, `localhost`, a name without a dot (which no
    stranger can own), or one of `names`.
    """
    name = host.strip().lower()
    name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
    name = name.rstrip(".")
    try:
        return bool(ip_address(name))
    except ValueError:
        return "." not in name or name.endswith(".localhost") or name in names


def _page(wrong: Sequence[str]) -> Answer:
    code = HTTPStatus.SERVICE_UNAVAILABLE if wrong else HTTPStatus.OK
    return code, PLAIN, "".join(f"{line}\n" for line in wrong or ("ok",)).encode()
