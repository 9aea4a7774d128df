"""Heads of answers as servers write them, and in the form that HTTP means (rule P16)."""

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch.answer_head import repaired

OK = b"HTTP/1.1 200 OK\r\n"


def read(lines: bytes) -> dict[bytes, bytes]:
    """What h11 reads of the repaired head; it raises for what is not proper HTTP."""
    head = repaired(OK + lines + b"\r\n")
    assert head is not None
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "a.example")]))
    connection.receive_data(head.raw)
    response = connection.next_event()
    assert isinstance(response, h11.Response)
    return dict(response.headers)


@pytest.mark.parametrize(
    "line",
    [
        b'"X-XSS-Protection: 0"\r\n',
        b"X-Frame-Options DENY\r\n",
        b"nothing at all\r\n",
        b": no name\r\n",
        b"Two Words: x\r\n",
        b"get-cache/forum.php: not supported\r\n",
        b"X-Nul: a\0b\r\n",
        b"X-Return: a\rb\r\n",
        b"X-Feed: a\x0cb\r\n",
        b"no colon\r\n  and more of it: here\r\n\tand here\r\n",
        b"X-\xc3\xa9t\xc3\xa9: hot\r\n",
        b"{}: x\n",
    ],
)
@pytest.mark.parametrize("place", ["first", "last"])
def test_a_line_that_is_no_header_is_left_out_alone(line: bytes, place: str) -> None:
    good = b'ETag: "v1"\r\nContent-Type: text/xml\r\n'
    assert read(line + good if place == "first" else good + line) == {b"etag": b'"v1"', b"content-type": b"text/xml"}


def test_a_fold_with_nothing_above_it_is_left_out() -> None:
    assert read(b"  folded: nowhere\r\nX: y\r\n") == {b"x": b"y"}


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (b'ETag : "v"\r\n', b'"v"'),
        (b'ETag\t:"v"  \r\n', b'"v"'),
        (b'ETag: "v"\n', b'"v"'),
        (b"ETag: one\r\n two\r\n\tthree\r\n", b"one two three"),
        (b"ETag:\r\n", b""),
        (b"ETag: \x01\x80\xff\r\n", b"\x01\x80\xff"),
    ],
)
def test_a_header_is_read_however_it_is_spaced(lines: bytes, value: bytes) -> None:
    assert read(lines) == {b"etag": value}


@pytest.mark.parametrize(
    ("lines", "length", "is_chunked"),
    [
        (b"Content-Length: 12\r\n", 12, False),
        (b"Content-Length: 12\r\nContent-Length: 12\r\n", 12, False),
        (b"Content-Length: 12, 12\r\n", 12, False),
        (b"Content-Length : 12\r\n", 12, False),
        (b"Content-Length: 12\r\nContent-Length: 13\r\n", None, False),
        (b"Content-Length: 12, 13\r\n", None, False),
        (b"Content-Length: many\r\n", None, False),
        (b"Content-Length: -1\r\n", None, False),
        (b"Content-Length: +12\r\n", None, False),
        (b"Content-Length: 0x1f\r\n", None, False),
        (b"Content-Length: 1\xb2\r\n", None, False),
        (b"Content-Length:\r\n", None, False),
        (b"Content-Length: " + b"9" * 40 + b"\r\n", None, False),
        (b"Content-Length: 1\r\n 2\r\n", None, False),
        (b"Transfer-Encoding: chunked\r\n", None, True),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", None, True),
        (b"Transfer-Encoding: Chunked , chunked\r\n", None, True),
        (b"Transfer-Encoding: identity, chunked\r\n", None, True),
        (b"Transfer-Encoding: gzip, chunked\r\n", None, True),
        (b"transfer-encoding : chunked\r\n", None, True),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 12\r\n", None, True),
        (b"Content-Length: 12\r\nTransfer-Encoding: identity\r\n", 12, False),
        (b"Transfer-Encoding: identity\r\n", None, False),
        (b"Transfer-Encoding:\r\n", None, False),
        (b"Transfer-Encoding: gzip\r\nContent-Length: 12\r\n", None, False),
        (b"Transfer-Encoding: xchunked\r\nContent-Length: 12\r\n", None, False),
        (b"", None, False),
    ],
)
def test_one_header_or_none_says_where_the_body_ends(lines: bytes, length: int | None, *, is_chunked: bool) -> None:
    head = repaired(OK + lines + b"\r\n")
    assert head is not None
    assert head.length == length
    framing = {b"transfer-encoding": b"chunked"} if is_chunked else {}
    assert read(lines) == (framing if length is None else {b"content-length": b"%d" % length})


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"HTTP/1.1 200 OK", 200),
        (b"HTTP/1.0 404 Not Found", 404),
        (b"HTTP/1.1 200", 200),
        (b"HTTP/1.1  200  Very\tgood", 200),
        (b"http/1.1 200 ok", 200),
        (b"HTTP/2 200", 200),
        (b"HTTP 200 OK", 200),
        (b"HTTP/1.1 200 D\xe9j\xe0 vu \0", 200),
        (b"\r\n\r\nHTTP/1.1 200 OK", 200),
        (b"HTTP/1.1 103 Early Hints", 103),
    ],
)
def test_the_first_line_is_read_for_its_status(line: bytes, status: int) -> None:
    head = repaired(line + b"\r\nX: y\r\n\r\n")
    assert head is not None
    assert (head.status, head.is_interim) == (status, status < 200)
    assert head.raw == b"HTTP/1.1 %d \r\nX: y\r\n\r\n" % status


@pytest.mark.parametrize(
    "line", [b"220 mail.example ESMTP", b"HTTP/1.1 20 OK", b"HTTP/1.1 2000", b"HTTP/1.1", b"<rss>", b""]
)
def test_what_has_no_status_is_no_answer(line: bytes) -> None:
    assert repaired(line + b"\r\n\r\n") is None


def test_a_change_of_protocol_is_an_answer() -> None:
    head = repaired(b"HTTP/1.1 101 Switching\r\n\r\n")
    assert head is not None
    assert not head.is_interim


@given(st.binary())
def test_any_head_becomes_proper_http_or_none(noise: bytes) -> None:
    read(noise.replace(b"\n\r\n", b"").replace(b"\n\n", b"") + b"\r\n")


def test_a_head_of_many_lines_is_read_in_linear_time_and_whole() -> None:
    folded = b"X: a\r\n" + b" b\r\n" * 20_000
    assert len(read(folded + b"Y:" + b" " * 50_000 + b"z\r\n")[b"x"]) == 40_001
