"""Which items a document held, kept small, to tell whether the next one still has one of them.

Two documents in a row without a common item leave a gap: what was published and fell out again between the
two polls was never seen.
"""

from collections.abc import Iterable
from hashlib import blake2b

KEY_BYTES = 6
"""5,000 items are 30 kB, and two different ones are taken for the same once in ten million documents."""


def window_of(keys: Iterable[str]) -> bytes:
    """The articles of a document by their keys, in no order."""
    return b"".join(sorted(map(key_hash, keys)))


def joined(before: bytes, window: bytes, most: int) -> bytes:
    """Both, if that is no more than `most` items; else the later one alone."""
    both = key_hashes(before) | key_hashes(window)
    return b"".join(sorted(both)) if len(both) <= most else window


def share_an_item(window: bytes, other: bytes) -> bool:
    return not key_hashes(window).isdisjoint(key_hashes(other))


def key_hash(key: str) -> bytes:
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()


def key_hashes(window: bytes) -> set[bytes]:
    return {window[start : start + KEY_BYTES] for start in range(0, len(window), KEY_BYTES)}
