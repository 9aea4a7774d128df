"""The body of an answer, read to its end, wherever that really is (rule P16).

A length that lies, a last chunk that is missing and a connection that breaks behind the last byte are the server's
faults; a feed whose document is closed has arrived all the same. One that is not closed is what it was before: broken
off.
"""

import asyncio
from collections.abc import AsyncIterable
from http import HTTPStatus
from typing import cast

import httpx

from monitor.fetch.faults import Fault
from monitor.fetch.network import AnswerStream
from monitor.fetch.sniff import is_unfinished, is_whole
from monitor.fetch.wire import decoded, wire_bytes
from monitor.model.fetch import FetchProblem
from monitor.model.settings import PollingSettings

WITH_DOCUMENT = frozenset({HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION})
"""Proxies that change an answer make 203 of 200 (RFC 9110 §15.3.4)."""

MAYBE_WITH_DOCUMENT = frozenset(
    {HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.IM_USED}
    | {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
)
"""Some sites send a good feed with these (FreshRSS#2910), and caches the whole of one as a part; browsers show it."""

PATIENCE_AFTER_ERROR = 5.0
"""Seconds for such a document. One that drips must neither hide its status nor keep the turn of its host."""


async def body_of(response: httpx.Response, polling: PollingSettings) -> bytes:
    """The document of this answer, b"" if its status has none. Raises `Fault` or `httpx.TransportError`."""
    if response.status_code in WITH_DOCUMENT:
        return await _document(response, polling)
    if response.status_code in MAYBE_WITH_DOCUMENT:
        try:
            async with asyncio.timeout(PATIENCE_AFTER_ERROR):
                return await _document(response, polling)
        except (Fault, httpx.TransportError, TimeoutError):
            return b""  # the status says enough
    return b""


async def _document(response: httpx.Response, polling: PollingSettings) -> bytes:
    # not `aiter_raw`, which a scripted response may refuse
    wire, flaw = await wire_bytes(cast("AsyncIterable[bytes]", response.stream), polling.max_wire_bytes)
    encoding = response.headers.get("content-encoding", "")
    try:
        body = decoded(wire, encoding, polling.max_body_bytes)
        is_short = is_unfinished(body)
    except Fault as fault:
        if flaw is not None:
            raise flaw from fault
        is_short = fault.problem in {FetchProblem.PROTOCOL, FetchProblem.EMPTY}
        if not is_short:
            raise
    if flaw is not None and not is_whole(body):
        raise flaw
    if not is_short:
        return body
    more = await _beyond(response, polling.max_wire_bytes - len(wire))
    return decoded(wire + more, encoding, polling.max_body_bytes)


async def _beyond(response: httpx.Response, room: int) -> bytes:
    stream = response.extensions.get("network_stream")
    more = await stream.beyond(room) if isinstance(stream, AnswerStream) else b""
    if len(more) > room:
        raise Fault(FetchProblem.TOO_BIG, "the answer is longer than max_wire_bytes")
    return more
