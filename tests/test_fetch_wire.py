"""Bodies, bounded: how many bytes come, and how many they unpack to."""

import gzip
import tracemalloc
import zlib

import pytest
from bombs import zeros

from monitor.fetch.faults import Fault
from monitor.fetch.wire import MAX_GZIP_MEMBERS, decoded
from monitor.model.fetch import FetchProblem

BODY = b"<rss>" + bytes(range(256)) * 40 + b"</rss>"
LIMIT = len(BODY)
PACKED = gzip.compress(BODY, mtime=0)
BARE = zlib.compress(BODY, wbits=-15)
NAMED = b"\x1f\x8b\x08\x1e" + bytes(6) + b"\x03\x00abcfeed.xml\0a comment\0\xab\xcd" + BARE + PACKED[-8:]
"""A gzip member with all that its head may have: extra bytes, a name, a comment and a checksum."""
OPEN = b"<rss>" + bytes(range(256)) * 40


@pytest.mark.parametrize(
    ("wire", "encoding"),
    [
        (BODY, ""),
        (BODY, "identity"),
        (gzip.compress(BODY, mtime=0), "gzip"),
        (gzip.compress(BODY, mtime=0), " X-GZIP "),
        (gzip.compress(BODY[:100], mtime=0) + gzip.compress(b"", mtime=0) + gzip.compress(BODY[100:], mtime=0), "gzip"),
        (gzip.compress(BODY, mtime=0) + b"\0" * 512, "gzip"),
        (gzip.compress(BODY, mtime=0) + b"and then something else", "gzip"),
        *((BODY, token) for token in ("none", "utf-8", "UTF-8, identity", "identity, identity", "8bit", ",", "gzip")),
        *((PACKED, token) for token in ("", "identity, gzip", "gzip, identity", "none", "gzip, gzip", "deflate", "br")),
        (gzip.compress(PACKED, mtime=0), "gzip, gzip"),
        (gzip.compress(PACKED, mtime=0), "gzip"),
        *((PACKED[:-cut], "gzip") for cut in (1, 4, 8)),
        (PACKED[:-8] + b"\0" * 8, "gzip"),
        (NAMED, "gzip"),
        (zlib.compress(BODY), "gzip"),
        (zlib.compress(BODY), "deflate"),
        (zlib.compress(BODY)[:-4], "deflate"),
        (BARE, "gzip"),
        (BARE, "x-gzip, identity"),
        (BARE, "deflate"),
    ],
)
def test_a_body_up_to_the_limit_is_read_whole(wire: bytes, encoding: str) -> None:
    assert decoded(wire, encoding, LIMIT) == BODY


@pytest.mark.parametrize(
    ("wire", "encoding", "problem"),
    [
        (BODY + b"!", "", FetchProblem.TOO_BIG),
        (gzip.compress(BODY + b"!", mtime=0), "gzip", FetchProblem.TOO_BIG),
        (gzip.compress(BODY, mtime=0) + gzip.compress(b"!", mtime=0), "gzip", FetchProblem.TOO_BIG),
        (gzip.compress(b"", mtime=0) * (MAX_GZIP_MEMBERS + 1), "gzip", FetchProblem.ENCODING),
        (zlib.compress(BODY + b"!"), "deflate", FetchProblem.TOO_BIG),
        (b"\xff\xfe\xfd", "gzip", FetchProblem.ENCODING),
        (gzip.compress(OPEN, mtime=0)[:-9], "gzip", FetchProblem.PROTOCOL),
        (gzip.compress(OPEN, mtime=0)[:7], "gzip", FetchProblem.PROTOCOL),
        (NAMED[:14], "gzip", FetchProblem.PROTOCOL),
        (NAMED[:25], "gzip", FetchProblem.PROTOCOL),
        (b"\x1f\x8b\x08\0" + bytes(6) + b"\xff" * 9, "gzip", FetchProblem.ENCODING),
        (gzip.compress(b"a", mtime=0) + gzip.compress(b"b", mtime=0)[:12], "gzip", FetchProblem.PROTOCOL),
        (zlib.compress(OPEN)[:-9], "deflate", FetchProblem.ENCODING),
        (b"\x1b\x03", "br", FetchProblem.ENCODING),
        (b"(\xb5/\xfd", "zstd", FetchProblem.ENCODING),
        (b"\xff\xfe", "gzip, br", FetchProblem.ENCODING),
        (zeros(60, "gzip"), "", FetchProblem.TOO_BIG),
        (gzip.compress(zeros(60, "gzip")), "gzip, gzip", FetchProblem.TOO_BIG),
        (zeros(60, "bare"), "gzip", FetchProblem.TOO_BIG),
        (b"", "", FetchProblem.EMPTY),
        (b"", "gzip", FetchProblem.EMPTY),
        (b" \r\n\t", "", FetchProblem.EMPTY),
        (gzip.compress(b"\n", mtime=0), "gzip", FetchProblem.EMPTY),
    ],
)
def test_a_body_that_cannot_be_used_is_a_fault_with_a_name(wire: bytes, encoding: str, problem: FetchProblem) -> None:
    with pytest.raises(Fault) as caught:
        decoded(wire, encoding, LIMIT)
    assert caught.value.problem is problem


@pytest.mark.parametrize(("encoding", "wbits"), [("gzip", 31), ("deflate", 15), ("bare", -15)])
def test_the_bombs_of_these_tests_are_whole_streams(encoding: str, wbits: int) -> None:
    packed = zeros(3, encoding)
    assert zlib.decompress(packed, wbits) == bytes(3_000_000)
    assert len(packed) < 4_000


def test_an_encoding_named_by_a_stranger_is_quoted_harmlessly() -> None:
    with pytest.raises(Fault) as caught:
        decoded(b"x", "br, \x1b[2J\n" + "y" * 5_000, LIMIT)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_a_gzip_bomb_is_refused_before_it_unfolds() -> None:
    packed = zeros(100, "gzip")
    tracemalloc.start()
    with pytest.raises(Fault, match="10,000,000 bytes"):
        decoded(packed, "gzip", 10_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30_000_000


@pytest.mark.parametrize("token", ["gzip", "x-gzip", "deflate"])
@pytest.mark.parametrize(
    "text", [b'{\n "version": "1", "items": []}', b"{\n}", b"[\n 1]", b"<rss>\n", b"\xef\xbb\xbf{\n}"]
)
def test_plain_text_that_is_called_packed_stays_text(text: bytes, token: str) -> None:
    assert decoded(text, token, LIMIT) == text
