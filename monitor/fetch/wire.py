"""The bytes of a body, bounded twice: as they come, and as they unpack (rule S3).

Only gzip is asked for; gzip and deflate are unpacked, because they can be unpacked up to a limit:
counting after a library has decoded is too late (8 kB of brotli made 268 MB, measured). What is packed is seen by its
first bytes and not by what the head says of it, and an end that is missing is missed only if the document needs it.
"""

import re
import zlib
from collections.abc import AsyncIterable

import httpx

from monitor.fetch.faults import Fault, quoted
from monitor.fetch.sniff import is_whole
from monitor.model.fetch import FetchProblem

GZIP_MAGIC = b"\x1f\x8b"

MAX_GZIP_MEMBERS = 1_000
"""Each member copies the rest of the body: a body of empty ones would take hours."""

MAX_LAYERS = 2
"""A packed file that a server packs once more for the way."""

UNREADABLE = frozenset({"br", "zstd", "compress", "x-compress", "dcb", "dcz"})
"""Compressions that cannot be bounded here. Any other word (none, utf-8, identity) names no compression."""

DEFLATED = frozenset({"gzip", "x-gzip", "deflate"})

GZIP_TRAILER_BYTES = 8
_GZIP_HEAD = re.compile(rb"\x1f\x8b\x08(.).{6}", re.DOTALL)  # RFC 1952 §2.3
_EXTRA, _NAME, _COMMENT, _HEAD_CRC = 4, 8, 16, 2
_TEXT = re.compile(rb"(?:\xef\xbb\xbf)?\s*[<{\[]")


async def wire_bytes(stream: AsyncIterable[bytes], limit: int) -> tuple[bytes, httpx.TransportError | None]:
    """All of a body as sent, and what kept the end of it from coming, if anything did.

    Raises `Fault` as soon as it is longer than `limit`.
    """
    wire = bytearray()
    try:
        async for chunk in stream:
            wire += chunk
            if len(wire) > limit:
                raise Fault(FetchProblem.TOO_BIG, f"the answer is longer than {limit:,} bytes (max_wire_bytes)")
    except (httpx.RemoteProtocolError, httpx.ReadTimeout, httpx.ReadError) as error:
        return bytes(wire), error
    return bytes(wire), None


def decoded(wire: bytes, content_encoding: str, limit: int) -> bytes:
    """The body itself, at most `limit` bytes, never empty. Raises `Fault`."""
    tokens = {token.strip() for token in content_encoding.lower().split(",")}
    body = wire
    for _ in range(MAX_LAYERS):
        if body.startswith(GZIP_MAGIC):
            body = gunzipped(body, limit)
    if body is wire and wire and tokens & DEFLATED and not tokens & UNREADABLE:
        body = _inflated(wire, limit)
    elif body is wire and tokens & UNREADABLE:
        named = quoted(content_encoding.strip())
        raise Fault(FetchProblem.ENCODING, f"compressed as {named!r}, although only gzip was requested")
    if len(body) > limit:
        raise _too_big(limit)
    if not body.strip():
        raise Fault(FetchProblem.EMPTY, "the server sent an empty document")
    return body


def gunzipped(wire: bytes, limit: int) -> bytes:
    """All members of a gzip file; what follows the last one is ignored, as gzip itself does. Raises `Fault`.

    Checksums are ignored: browsers do not look at them, and some servers leave them out.
    """
    parts: list[bytes] = []
    room = limit
    for _ in range(MAX_GZIP_MEMBERS):
        part, wire, is_cut = _member(wire, room)
        parts.append(part)
        room -= len(part)
        if room < 0:
            raise _too_big(limit)
        if is_cut and not is_whole(b"".join(parts)):
            raise Fault(FetchProblem.PROTOCOL, "the gzip data ends before its end mark")
        if not wire.startswith(GZIP_MAGIC):
            return b"".join(parts)
    raise Fault(FetchProblem.ENCODING, f"a gzip file of more than {MAX_GZIP_MEMBERS:,} parts")


def _member(wire: bytes, room: int) -> tuple[bytes, bytes, bool]:
    """The first member, up to one byte more than there is room for; what follows it; and whether it is cut off."""
    member = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        part = member.decompress(wire[_gzip_head(wire) :], room + 1)
    except zlib.error as error:
        raise Fault(FetchProblem.ENCODING, "begins like gzip, but is not gzip") from error
    return part, member.unused_data[GZIP_TRAILER_BYTES:], len(part) <= room and not member.eof


def _gzip_head(wire: bytes) -> int:
    """How long the head of a gzip member is; the length of `wire` if it is cut off in its head."""
    found = _GZIP_HEAD.match(wire)
    if found is None:
        return len(wire)
    flags, end = found[1][0], found.end()
    if flags & _EXTRA:
        end += 2 + int.from_bytes(wire[end : end + 2], "little")
    for _ in range(bool(flags & _NAME) + bool(flags & _COMMENT)):
        end = wire.find(b"\0", end) + 1 or len(wire)
    return end + (2 if flags & _HEAD_CRC else 0)


def _inflated(wire: bytes, limit: int) -> bytes:
    """What is deflated, with zlib's head or bare, although it is called gzip; or was not packed at all."""
    is_text = _TEXT.match(wire) is not None  # `{` and a new line begin a bare stream, too
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        inflating = zlib.decompressobj(bits)
        try:
            body = inflating.decompress(wire, limit + 1)
        except zlib.error:
            continue
        if body and (is_whole(body) or (not is_text and (inflating.eof or len(body) > limit))):
            return body
    if is_text:
        return wire
    raise Fault(FetchProblem.ENCODING, "declared as gzip, but is not gzip")


def _too_big(limit: int) -> Fault:
    return Fault(FetchProblem.TOO_BIG, f"the document is longer than {limit:,} bytes (max_body_bytes)")
