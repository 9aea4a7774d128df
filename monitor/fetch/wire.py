"""The bytes of a body, bounded twice: as they come, and as they unpack (rule S3).

Only gzip is asked for and only gzip is unpacked, because it can be unpacked up to a limit;
counting after a library has decoded is too late (8 kB of brotli made 268 MB, measured).
"""

import zlib
from collections.abc import AsyncIterable

from monitor.fetch.faults import Fault, quoted
from monitor.model.fetch import FetchProblem

GZIP_ONLY = 31
"""zlib's window bits for "gzip and nothing else"."""

GZIP_MAGIC = b"\x1f\x8b"

MAX_GZIP_MEMBERS = 1_000
"""Each member copies the rest of the body: a body of empty ones would take hours."""


async def wire_bytes(stream: AsyncIterable[bytes], limit: int) -> bytes:
    """All of a body as sent. Raises `Fault` as soon as it is longer than `limit`."""
    wire = bytearray()
    async for chunk in stream:
        wire += chunk
        if len(wire) > limit:
            raise Fault(FetchProblem.TOO_BIG, f"the answer is longer than {limit:,} bytes (max_wire_bytes)")
    return bytes(wire)


def decoded(wire: bytes, content_encoding: str, limit: int) -> bytes:
    """The body itself, at most `limit` bytes, never empty. Raises `Fault`."""
    encoding = content_encoding.strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise Fault(FetchProblem.ENCODING, f"compressed as {quoted(encoding)!r}, although only gzip was requested")
    body = gunzipped(wire, limit) if wire and "gzip" in encoding else wire
    if len(body) > limit:
        raise _too_big(limit)
    if not body.strip():
        raise Fault(FetchProblem.EMPTY, "the server sent an empty document")
    return body


def gunzipped(wire: bytes, limit: int) -> bytes:
    """All members of a gzip file; what follows the last one is ignored, as gzip itself does. Raises `Fault`."""
    parts: list[bytes] = []
    room = limit
    for _ in range(MAX_GZIP_MEMBERS):
        part, wire = _member(wire, room)
        parts.append(part)
        room -= len(part)
        if room < 0:
            raise _too_big(limit)
        if not wire.startswith(GZIP_MAGIC):
            return b"".join(parts)
    raise Fault(FetchProblem.ENCODING, f"a gzip file of more than {MAX_GZIP_MEMBERS:,} parts")


def _member(wire: bytes, room: int) -> tuple[bytes, bytes]:
    """The first member, up to one byte more than there is room for, and what follows it."""
    member = zlib.decompressobj(GZIP_ONLY)
    try:
        part = member.decompress(wire, room + 1)
    except zlib.error as error:
        raise Fault(FetchProblem.ENCODING, "declared as gzip, but is not gzip") from error
    if len(part) <= room and not member.eof:
        raise Fault(FetchProblem.PROTOCOL, "the gzip data ends before its end mark")
    return part, member.unused_data


def _too_big(limit: int) -> Fault:
    return Fault(FetchProblem.TOO_BIG, f"the document is longer than {limit:,} bytes (max_body_bytes)")
