"""Answers that break the rules of HTTP, and which every browser reads all the same (rule P16)."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fetch_rig import SHORT, expect_failed, expect_fetched, fetch, fetcher, settings
from origin import Origin, Pause, Reset, Script, endless, head, raw, redirect, reply

from monitor.fetch import body as fetch_body
from monitor.fetch import network
from monitor.model.fetch import FetchProblem, NotModified, Validators
from monitor.model.settings import PollingSettings

FEED = (
    b'<?xml version="1.0"?><rss><channel><title>The Ferry Post</title><item><title>A</title></item></channel></rss>\n'
)
ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>The Quay</title><entry><title>B</title></entry></feed>'
JSON = b'{"version": "https://jsonfeed.org/version/1.1", "title": "The Pier", "items": [{"id": "1"}]}'
RDF = b"<r:RDF xmlns:r='x'><channel></channel><item/></r:RDF> <!-- </r:RDF> made <b> -->"
UTF16 = FEED.decode().encode("utf-16")
FEEDS = [FEED, ATOM, JSON, RDF, UTF16]
END = b"\n\0"
CHUNKED = ("Transfer-Encoding", "chunked")


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as origin:
        yield origin


def chunks(body: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"%x\r\n%s\r\n%x\r\n%s\r\n" % (20, body[:20], len(body) - 20, body[20:]) + end


@pytest.mark.parametrize(
    "script",
    [
        raw(b'HTTP/1.1 200 OK\r\n"X-XSS-Protection: 0"\r\n\r\n' + FEED),
        raw(b"HTTP/1.1 200 OK\r\nno header\r\nTwo Words: x\r\n: none\r\n\r\n" + FEED),
        raw(b"HTTP/1.1 103 Early\r\nbad\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nbad\r\n\r\n" + FEED),
        raw(b"HTTP/1.1 200 OK\n", Pause(seconds=0.05), b"no header\n", Pause(seconds=0.05), b"\n" + FEED),
        raw(b"\r\nHTTP/1.1 200 OK\r\n\r\n" + FEED),
        raw(head(200, [CHUNKED, CHUNKED]) + chunks(FEED)),
        raw(head(200, [("Transfer-Encoding", "chunked, chunked"), ("Content-Length", "7")]) + chunks(FEED)),
        raw(head(200, [("Transfer-Encoding", "identity"), ("Content-Length", str(len(FEED)))]) + FEED),
        raw(head(200, [("Transfer-Encoding", "identity")]) + FEED),
        raw(head(200, [("Content-Length", "7"), ("Content-Length", "9")]) + FEED),
        raw(head(200, [("Content-Length", "plenty")]) + FEED),
        reply(FEED, headers=[("Content-Encoding", "none")]),
        reply(gzip.compress(FEED), headers=[("Content-Encoding", "identity"), ("Content-Encoding", "gzip")]),
        reply(gzip.compress(FEED)),
        reply(zlib.compress(FEED, wbits=-15), headers=[("Content-Encoding", "gzip")]),
        reply(gzip.compress(FEED)[:-8], headers=[("Content-Encoding", "gzip")]),
        reply(FEED, status=203),
    ],
)  # fmt: skip
def test_an_answer_that_browsers_read_is_read(origin: Origin, script: Script) -> None:
    origin.serve("/feed", script)
    assert expect_fetched(fetch(fetcher(settings(origin)), origin.url("/feed"))).body == FEED


@pytest.mark.parametrize("body", FEEDS)
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("lie", [1, 5_000])
def test_a_length_that_is_too_long_loses_nothing(origin: Origin, body: bytes, *, packed: bool, lie: int) -> None:
    wire = gzip.compress(body) if packed else body
    origin.serve("/feed", reply(wire, length=len(wire) + lie, headers=[("Content-Encoding", "gzip")] if packed else []))
    assert expect_fetched(fetch(fetcher(settings(origin)), origin.url("/feed"))).body == body


def test_silence_after_a_whole_document_is_its_end(origin: Origin) -> None:
    origin.serve("/feed", raw(head(200, [("Content-Length", "5000")]) + FEED, Pause(seconds=20)))
    asker = fetcher(settings(origin, read_timeout=SHORT * 5))
    assert expect_fetched(fetch(asker, origin.url("/feed"))).body == FEED


@pytest.mark.parametrize("body", FEEDS)
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("length", [40, -1])
def test_a_length_that_is_too_short_loses_nothing(origin: Origin, body: bytes, *, packed: bool, length: int) -> None:
    wire = gzip.compress(body) if packed else body
    size = length % len(wire)
    headers = [("Content-Length", str(size)), *([("Content-Encoding", "gzip")] if packed else [])]
    origin.serve("/feed", raw(head(200, headers) + wire[: size + 3], Pause(seconds=0.05), wire[size + 3 :]))
    assert expect_fetched(fetch(fetcher(settings(origin)), origin.url("/feed"))).body.rstrip(END) == body.rstrip(END)


@pytest.mark.parametrize("body", FEEDS)
@pytest.mark.parametrize("packed", [False, True])
def test_a_length_of_nothing_before_a_document_loses_nothing(origin: Origin, body: bytes, *, packed: bool) -> None:
    wire, headers = (gzip.compress(body), [("Content-Encoding", "gzip")]) if packed else (body, [])
    origin.serve("/feed", raw(head(200, [("Content-Length", "0"), *headers]) + wire))
    assert expect_fetched(fetch(fetcher(settings(origin)), origin.url("/feed"))).body == body


@pytest.mark.parametrize("fields", [[], [("Content-Length", "9000")], [CHUNKED]])
def test_a_connection_that_breaks_behind_a_whole_document_loses_nothing(
    origin: Origin, fields: list[tuple[str, str]]
) -> None:
    for path, body in (("/whole", FEED), ("/part", FEED[:-8])):
        wire = chunks(body, b"") if CHUNKED in fields else body
        origin.serve(path, raw(head(200, fields) + wire, Pause(seconds=0.1), Reset()))
    assert expect_fetched(fetch(fetcher(settings(origin)), origin.url("/whole"))).body == FEED
    assert expect_failed(fetch(fetcher(settings(origin)), origin.url("/part"))).problem is FetchProblem.CONNECT


def test_what_follows_a_whole_document_is_not_read(origin: Origin) -> None:
    second = head(200, [("ETag", '"forged"')]) + b"<rss><channel>forged</channel></rss>"
    origin.serve("/feed", raw(head(200, [("Content-Length", str(len(FEED)))]) + FEED + second, Pause(seconds=20)))
    fetched = expect_fetched(fetch(fetcher(settings(origin)), origin.url("/feed")))
    assert (fetched.body, fetched.validators) == (FEED, Validators())
    assert len(origin.requests) == 1


def test_a_server_that_stops_in_the_middle_and_stays_is_left(origin: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "BEYOND_SECONDS", 0.05)
    cut = FEED[:60]
    origin.serve("/feed", raw(head(200, [("Content-Length", "60")]) + cut, Pause(seconds=20)))
    assert expect_fetched(fetch(fetcher(settings(origin)), origin.url("/feed"))).body == cut


@pytest.mark.parametrize("body", FEEDS)
@pytest.mark.parametrize("end", [b"", b"0\r\n", b"0\r\nX-Trailer", b"3\r\n \n", b"no chunk\r\n", b"\r\n"])
def test_a_last_chunk_that_is_missing_or_broken_loses_nothing(origin: Origin, body: bytes, end: bytes) -> None:
    origin.serve("/feed", raw(head(200, [CHUNKED]) + chunks(body, end)))
    found = expect_fetched(fetch(fetcher(settings(origin)), origin.url("/feed"))).body
    assert found in {body, body + b" \n"}


@pytest.mark.parametrize(
    "body",
    [
        FEED[:-8],
        FEED.replace(b"<title>A</title></item></channel></rss>", b"<![CDATA[see </rss>]]></item>"),
        RDF.replace(b"<item/></r:RDF> <!-- </r:RDF> made <b> -->", b""),
        JSON[:-1],
        JSON[:-3] + b"}",
        b"<html><body>Sign in</body></html>",
        b"{}",
        b"plain words",
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_document_that_is_not_closed_is_broken_off_as_before(origin: Origin, body: bytes, *, packed: bool) -> None:
    wire = gzip.compress(body)[:-8] if packed else body
    headers = [("Content-Encoding", "gzip")] if packed else []
    origin.serve("/long", reply(wire, length=len(wire) + 9, headers=headers))
    origin.serve("/chunk", raw(head(200, [CHUNKED, *headers]) + chunks(wire, b"")))
    for path in ("/long", "/chunk"):
        outcome = expect_failed(fetch(fetcher(settings(origin)), origin.url(path)))
        assert outcome.problem is FetchProblem.PROTOCOL


@pytest.mark.parametrize(
    "script",
    [
        endless(head(200, [("Content-Length", "60")]) + FEED[:60], b" " * 65_536),
        endless(head(200, [("Content-Length", "5"), ("Content-Length", "6")]), b" " * 65_536),
        endless(b"", head(103)),
        endless(b"HTTP/1.1 200 OK\r\n", b"no header\r\n" * 9_000),
        endless(b"", b"\r\n" * 30_000),
    ],
)  # fmt: skip
def test_an_answer_without_end_is_left_at_a_limit(origin: Origin, script: Script) -> None:
    origin.serve("/feed", script)
    polling = settings(origin, max_wire_bytes=300_000, total_timeout=SHORT * 5)
    problem = expect_failed(fetch(fetcher(polling), origin.url("/feed"))).problem
    assert problem in {FetchProblem.TOO_BIG, FetchProblem.PROTOCOL, FetchProblem.TIMEOUT}


@pytest.mark.parametrize(
    ("code", "phrase"),
    [
        (404, "Not Found"),
        (410, "Gone"),
        (201, "Created"),
        (202, "Accepted"),
        (206, "Partial Content"),
        (226, "IM Used"),
    ],
)
@pytest.mark.parametrize("body", FEEDS)
def test_a_good_feed_in_an_error_is_read_and_said(origin: Origin, code: int, phrase: str, body: bytes) -> None:
    origin.serve("/feed", reply(body, status=code))
    fetched = expect_fetched(fetch(fetcher(settings(origin)), origin.url("/feed")))
    assert (fetched.status, fetched.body) == (code, body)
    assert fetched.note == f"HTTP {code} ({phrase}), although it sends a feed"


def test_a_part_of_a_feed_is_none(origin: Origin) -> None:
    origin.serve("/feed", reply(FEED[:-8], status=206, headers=[("Content-Range", "bytes 0-101/900")]))
    assert expect_failed(fetch(fetcher(settings(origin)), origin.url("/feed"))).status == 206


@pytest.mark.parametrize("code", [404, 410, 403, 500, 202, 206])
@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel><title>Nothing here</title></channel></rss>",
        b'{"version": "https://jsonfeed.org/version/1", "items": []}',
        b"<!doctype html><html><body>Gone: <item></body></html><rss><item>",
        b"<html><head><meta http-equiv=refresh content='0; url=/other'></head>",
        b"",
        b"\x1f\x8bnot gzip",
    ],
)
def test_an_error_without_a_good_feed_stays_one(origin: Origin, code: int, body: bytes) -> None:
    origin.serve("/feed", reply(body, status=code))
    failed = expect_failed(fetch(fetcher(settings(origin)), origin.url("/feed")))
    assert (failed.problem, failed.status) == (FetchProblem.STATUS, code)


@pytest.mark.parametrize("code", [403, 500])
def test_other_errors_are_not_read_even_with_a_feed(origin: Origin, code: int) -> None:
    origin.serve("/feed", reply(FEED, status=code))
    assert expect_failed(fetch(fetcher(settings(origin)), origin.url("/feed"))).status == code


def test_a_304_has_no_body_whatever_length_it_states(origin: Origin) -> None:
    origin.serve("/feed", raw(head(304, [("Content-Length", "500")]) + FEED, Pause(seconds=20)))
    outcome = fetch(fetcher(settings(origin)), origin.url("/feed"), Validators(etag=b'"v1"'))
    assert isinstance(outcome, NotModified)


def test_a_page_that_sends_on_is_followed_like_a_passing_redirect(origin: Origin) -> None:
    origin.serve("/old", redirect("/feed", 301))
    origin.serve("/feed", reply(b"<html><META content='5;URL=new.xml?a=1&amp;token=x' HTTP-EQUIV=Refresh></html>"))
    origin.serve("/new.xml?a=1&token=x", reply(FEED))
    fetched = expect_fetched(fetch(fetcher(settings(origin)), origin.url("/old")))
    assert (fetched.body, fetched.moved_to) == (FEED, None)
    assert fetched.note.startswith("the address has an HTML page that sends on (refresh) to http://127.0.0.1:")
    assert "token=x" not in fetched.note


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("http://10.9.8.7/feed.xml", FetchProblem.ADDRESS),
        ("http://[::ffff:10.9.8.7]/feed.xml", FetchProblem.ADDRESS),
        ("http://127.0.0.1:1/feed", FetchProblem.ADDRESS),
        ("file:///etc/passwd", FetchProblem.ADDRESS),
        ("javascript:alert(1)", FetchProblem.ADDRESS),
        ("/on", FetchProblem.REDIRECT),
    ],
)
def test_a_page_that_sends_astray_is_not_followed(origin: Origin, target: str, problem: FetchProblem) -> None:
    page = f"<html><meta http-equiv=refresh content='0; url={target}'>".encode()
    origin.serve("/feed", reply(page))
    origin.serve("/on", reply(page.replace(b"/on", b"/feed")))
    allowed = settings(origin, allow_private=("127.0.0.1",))
    assert expect_failed(fetch(fetcher(allowed), origin.url("/feed"))).problem is problem
    assert len(origin.requests) <= 6


def test_a_page_that_renews_itself_is_an_answer(origin: Origin) -> None:
    page = b"<html><meta http-equiv=refresh content='0; url=/feed#now'>"
    origin.serve("/feed", reply(page))
    assert expect_fetched(fetch(fetcher(settings(origin)), origin.url("/feed"))).body == page
    assert len(origin.requests) == 1


class Dripping(httpx.AsyncByteStream):
    """A body that begins and never ends."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"<html>"
        await asyncio.Event().wait()


@pytest.mark.parametrize("status", [404, 410])
def test_a_body_that_drips_does_not_hide_the_status(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch_body, "PATIENCE_AFTER_ERROR", 0.01)
    response = httpx.Response(status, stream=Dripping())
    assert asyncio.run(fetch_body.body_of(response, PollingSettings())) == b""
