"""Bodies that unfold a thousandfold, made in an instant: packed by the usual way, sixty megabytes take a quarter of a
second, and each process that collects the tests would pay for a dozen of them.
"""

import struct
import zlib
from collections.abc import Callable
from functools import cache

MEGABYTE = bytes(1_000_000)


@cache
def zeros(megabytes: int, encoding: str) -> bytes:
    """So many million zeros as one stream: "gzip", "deflate" (with its zlib head and checksum) or "bare" deflate."""
    packer = zlib.compressobj(wbits=-15)
    part = packer.compress(MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)  # such parts do not know of each other
    bare = part * megabytes + packer.flush()
    if encoding == "bare":
        return bare
    if encoding == "deflate":
        return b"\x78\x9c" + bare + struct.pack(">L", _checksum(zlib.adler32, megabytes, 1))
    size = megabytes * len(MEGABYTE)
    return b"\x1f\x8b\x08" + bytes(6) + b"\x03" + bare + struct.pack("<LL", _checksum(zlib.crc32, megabytes, 0), size)


def _checksum(of: Callable[[bytes, int], int], megabytes: int, value: int) -> int:
    for _ in range(megabytes):
        value = of(MEGABYTE, value)
    return value
