"""What every request and every answer must be, whatever the route: the one place of the page's security.

A name in `Host` that is not ours is refused (DNS rebinding), and so is what is too long, of another method, or asks for
a change from elsewhere. Every answer says what a browser may do with it: nothing but show it with our style.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any

from monitor.daemon.endpoint import is_our_name
from monitor.web.origin import is_same_origin, values_of

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

MAX_TARGET_BYTES = 4_096
"""Of path and query. The longest honest one is a search of 1,000 characters, escaped."""

MAX_BODY_BYTES = 65_536
"""Of a form. The longest honest one is a draft of an edition."""

MAX_TOPIC_BYTES, TOPICS = 262_144, ("/workbench", "/workbench/figures")
"""Of the form of a topic, which has its terms twice, each letter of many scripts as six or nine bytes."""

BODY_SECONDS = 10.0
"""For a whole body to come."""

OWN = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
POLICY = f"{OWN}form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
"""Nothing inline and nothing of others: text that got through the escaping would still do nothing."""

HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-store",
    b"connection": b"close",  # a connection is one request, so that its time can be bounded
}

SIGNED = "/leave/"
"""Addresses with a signature, which is proof enough: mail programs send their one click from nowhere (RFC 8058)."""

FORM = "application/x-www-form-urlencoded"


class TooLong(Exception):
    """A body that is longer than any form of ours, or that does not come to its end in time."""


class Guard:
    """Stands before the app, which sees only requests that are fit."""

    def __init__(self, app: App, hosts: Callable[[], Collection[str]]) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return  # neither sockets nor a life span
        answered = _with_headers(send)
        refusal = _refusal(scope, self._hosts())
        if refusal is not None:
            await _say(answered, *refusal)
            return
        try:
            fit = await _read(receive, MAX_TOPIC_BYTES if scope["path"] in TOPICS else MAX_BODY_BYTES)
        except TooLong:
            await _say(answered, 413, "This is more than a form of this page, or it came too slowly.")
            return
        await self._app(scope, fit, answered)


def _refusal(scope: MutableMapping[str, Any], names: Collection[str]) -> tuple[int, str] | None:
    """Status and sentence for a request that is not answered; None if it is fit."""
    headers, method = scope["headers"], scope["method"]
    hosts = values_of(headers, b"host")
    if len(hosts) != 1 or not is_our_name(hosts[0], names):
        return 421, "This name is not mine; if it is, add it to hosts in [web]."
    if len(scope.get("raw_path") or scope["path"].encode()) + len(scope["query_string"]) > MAX_TARGET_BYTES:
        return 414, "This address is too long."
    if method in {"GET", "HEAD"}:
        return None
    if method != "POST":
        return 405, "Pages are read with GET and changed with POST."
    if scope["path"].startswith(SIGNED):
        return None
    if not is_same_origin(headers):
        return 403, "Only a page of this program may change something, and this request comes from elsewhere."
    if [kind.partition(";")[0].strip().lower() for kind in values_of(headers, b"content-type")] != [FORM]:
        return 415, f"A change is a form: {FORM}."
    return None


async def _read(receive: Receive, most: int) -> Receive:
    """The whole body first, bounded in bytes and time, so that no page waits for a client. Raises TooLong."""
    body, has_more = b"", True
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while has_more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return _given(message, receive)
                body += message.get("body", b"")
                has_more = message.get("more_body", False)
                if len(body) > most:
                    raise TooLong
    except TimeoutError:
        raise TooLong from None
    return _given({"type": "http.request", "body": body, "more_body": False}, receive)


def _given(first: Message, then: Receive) -> Receive:
    """A `receive` that gives this message, and then waits for the client to go: an answer in parts ends with it."""
    left = [first]

    async def receive() -> Message:
        return left.pop() if left else await then()

    return receive


def _with_headers(send: Send) -> Send:
    """A `send` that adds our headers, but for those that the answer has itself."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {key.lower() for key, _ in message.get("headers", ())}
            added = [(key, value) for key, value in HEADERS.items() if key not in own]
            message = {**message, "headers": [*message.get("headers", ()), *added]}
        await send(message)

    return sent


async def _say(send: Send, status: int, sentence: str) -> None:
    body = f"{sentence}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
