"""The loopback newsroom: every outlet of the week behind one HTTP server on 127.0.0.1.

`reply` decides what a request gets, from the moment alone; `Newsroom` is the server around it.
It reads no real clock and writes no log. An outlet that hangs up does so after it has accepted the
connection: with one port for all, a single feed cannot refuse it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self

from monitor.demo.front_page import FrontPage, front_page
from monitor.demo.week import OutageKind, Outlet, Week
from monitor.model.clock import Clock

SHUTDOWN_CHECK_SECONDS = 0.05

MAINTENANCE_PAGE = b"""<!DOCTYPE html>
<html lang="en"><head><title>Back soon</title></head>
<body><h1>Back soon</h1><p>We are moving some furniture. Please look in again in an hour or two.</p></body></html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One HTTP answer; a 304 has no body."""

    status: HTTPStatus
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def reply(week: Week, path: str, conditions: Mapping[str, str], moment: datetime) -> Reply | None:
    """What a GET of `path` brings at `moment`; None: the connection ends without an answer.

    `conditions` are the request's headers with lower-case names, of which `if-none-match` and
    `if-modified-since` count.
    """
    outlet = next((outlet for outlet in week.outlets if path == _feed_path(outlet)), None)
    if outlet is None:
        return Reply(status=HTTPStatus.NOT_FOUND)
    outage = outlet.outage_at(moment)
    if outage is not None:
        return _OUTAGE_REPLIES[outage]
    page = front_page(week, outlet, moment)
    validators = _validators(outlet, page)
    if _is_unchanged(validators, conditions):
        return Reply(status=HTTPStatus.NOT_MODIFIED, headers=validators)
    return Reply(status=HTTPStatus.OK, headers={"Content-Type": page.content_type, **validators}, body=page.body)


_OUTAGE_REPLIES: Mapping[OutageKind, Reply | None] = {
    OutageKind.GONE: Reply(status=HTTPStatus.GONE),
    OutageKind.MISSING: Reply(status=HTTPStatus.NOT_FOUND),
    OutageKind.MAINTENANCE: Reply(
        status=HTTPStatus.OK, headers={"Content-Type": "text/html; charset=utf-8"}, body=MAINTENANCE_PAGE
    ),
    OutageKind.HANG_UP: None,
}


def _feed_path(outlet: Outlet) -> str:
    return f"/{outlet.id}/feed.xml"


def _validators(outlet: Outlet, page: FrontPage) -> dict[str, str]:
    """ETag and Last-Modified, as far as the outlet sends them."""
    validators = {}
    if outlet.etag != "none":
        prefix = "W/" if outlet.etag == "weak" else ""
        validators["ETag"] = f'{prefix}"{sha256(page.body).hexdigest()[:16]}"'
    if outlet.last_modified:
        validators["Last-Modified"] = format_datetime(page.changed_at, usegmt=True)
    return validators


def _is_unchanged(validators: Mapping[str, str], conditions: Mapping[str, str]) -> bool:
    """RFC 9110 §13.2.2: If-None-Match decides when it is there. Both are compared with exactly what
    was sent, as strict servers do, so a client that rewrites them is found out.
    """
    etag = conditions.get("if-none-match")
    if etag is not None:
        return etag == validators.get("ETag")
    since = conditions.get("if-modified-since")
    return since is not None and since == validators.get("Last-Modified")


class Newsroom:
    """Serves the week as of `clock.now()`. Listens from construction on, answers within `with`."""

    def __init__(self, week: Week, clock: Clock) -> None:
        self._week = week
        self._clock = clock
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Desk, self._reply))
        self._thread = Thread(target=self._server.serve_forever, args=(SHUTDOWN_CHECK_SECONDS,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def feed_urls(self) -> dict[str, str]:
        """Outlet id → the URL of its feed."""
        home = f"http://127.0.0.1:{self._server.server_port}"
        return {outlet.id: f"{home}{_feed_path(outlet)}" for outlet in self._week.outlets}

    def _reply(self, path: str, conditions: Mapping[str, str]) -> tuple[datetime, Reply | None]:
        moment = self._clock.now()
        return moment, reply(self._week, path, conditions, moment)


class _Desk(BaseHTTPRequestHandler):
    """Answers one request; the base class is how the standard library takes such a thing."""

    wbufsize = -1  # head and body in one packet: two would wait for each other's acknowledgement

    def __init__(
        self, answer: Callable[[str, Mapping[str, str]], tuple[datetime, Reply | None]], *request: Any
    ) -> None:
        self._answer = answer
        super().__init__(*request)

    def do_GET(self) -> None:
        moment, answer = self._answer(self.path, {name.lower(): value for name, value in self.headers.items()})
        if answer is None:
            return
        self.send_response_only(answer.status)
        self.send_header("Date", format_datetime(moment, usegmt=True))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it
        """Say nothing: the demo's output belongs to the program it shows."""
