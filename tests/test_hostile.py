"""Bombs over the wire and hostile documents in the parser's own process: refused in bounded time and memory (S3–S6).

Time is bounded by deadlines of the program's own, scaled down: what is refused for what it is, and not because a
deadline passed, took less than that.
"""

import asyncio
import gzip
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from bombs import zeros
from fetch_rig import SHORT, ask, expect_failed, expect_fetched, fetcher, one_round, settings
from house import Story, rss
from origin import Origin, Pause, Script, dribble, endless, head, raw, reply

from monitor.model.feed import ParsedFeed, ParseFailed, ParseOutcome
from monitor.model.fetch import FetchProblem
from monitor.parse import parse_feed
from monitor.workers import ParserPool

pytestmark = pytest.mark.whole

FEED = rss(Story(id="ferry", title="Ferry late"))
TWO_SECONDS, FIVE_SECONDS = timedelta(seconds=2), 5.0
THIRTY_MEGABYTES, TWO_HUNDRED_MEGABYTES = 30_000_000, 200_000_000

# What the two compressors make of zeros, by hand: nothing here can pack them, and nothing must unpack them.
# brotli: a header of the largest window, then meta-blocks that copy from a distance of one.
BROTLI_BOMB = bytes.fromhex("5bffff63a0d08b2b") + bytes.fromhex("ffff63a0d08b2b") * 60
# zstd: a frame whose blocks are runs (RFC 8878 §3.1.1.2): three bytes of header, one of content, 128 KiB each.
ZSTD_BOMB = bytes.fromhex("28b52ffd0058") + bytes.fromhex("02001000") * 2_000

BOMBS: dict[str, tuple[Script, FetchProblem]] = {
    "gzip, a thousand to one": (reply(zeros(60, "gzip"), headers=[("Content-Encoding", "gzip")]), FetchProblem.TOO_BIG),
    "gzip in gzip": (
        reply(gzip.compress(zeros(60, "gzip")), headers=[("Content-Encoding", "gzip, gzip")]),
        FetchProblem.TOO_BIG,
    ),
    "many gzip members": (
        reply(gzip.compress(bytes(100_000)) * 200, headers=[("Content-Encoding", "gzip")]),
        FetchProblem.TOO_BIG,
    ),
    "brotli": (reply(BROTLI_BOMB, headers=[("Content-Encoding", "br")]), FetchProblem.ENCODING),
    "zstd": (reply(ZSTD_BOMB, headers=[("Content-Encoding", "zstd")]), FetchProblem.ENCODING),
    "deflate": (reply(b"x" * 400, headers=[("Content-Encoding", "deflate")]), FetchProblem.ENCODING),
    "endless, in chunks": (
        endless(head(200, [("Transfer-Encoding", "chunked")]), b"10000\r\n" + b"x" * 65_536 + b"\r\n"),
        FetchProblem.TOO_BIG,
    ),
    "endless, without a length": (endless(head(200), b"x" * 65_536), FetchProblem.TOO_BIG),
    "endless headers": (endless(b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"x" * 8_000 + b"\r\n"), FetchProblem.PROTOCOL),
    "said to be longer than it is": (reply(FEED[:-1], length=len(FEED) + 9), FetchProblem.PROTOCOL),
    "said to be longer than allowed": (endless(head(200, [("Content-Length", "99999999999")]), b"x" * 65_536),
                                       FetchProblem.TOO_BIG),
}  # fmt: skip

DRIBBLES = {
    "in the headers": dribble(head(200, [("Content-Length", "5000")]), 0.05),
    "in the body": dribble(head(200) + FEED, 0.02),
    "silent after the headers": raw(head(200), Pause(seconds=20)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_for_what_it_is_within_two_seconds_and_thirty_megabytes(name: str) -> None:
    script, problem = BOMBS[name]
    with Origin() as origin:
        origin.serve("/bomb", script)
        asker = fetcher(settings(origin, total_timeout=TWO_SECONDS))
        before = resident("VmRSS")
        forget_peak()
        outcome = expect_failed(one_round(asker, [ask(origin.url("/bomb"))])[0])
        growth = resident("VmHWM") - before
    assert outcome.problem is problem
    assert growth < THIRTY_MEGABYTES


@pytest.mark.parametrize("name", DRIBBLES)
def test_a_dribble_ends_at_its_deadline_and_keeps_nobody_waiting(name: str) -> None:
    with Origin("127.0.0.1", "127.0.0.2") as origin:
        origin.serve("/slow", DRIBBLES[name])
        origin.serve("/feed", reply(FEED))
        asker = fetcher(settings(origin, total_timeout=SHORT))
        slow, fast = one_round(asker, [ask(origin.url("/slow")), ask(origin.url("/feed", "127.0.0.2"))])
    assert expect_failed(slow).problem is FetchProblem.TIMEOUT
    expect_fetched(fast)


def resident(field: str) -> int:
    """Bytes of this process in memory: VmRSS now, VmHWM at its peak."""
    found = re.search(rf"^{field}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) * 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def watched_parse(body: bytes, *, url: str, headers: Mapping[str, str], max_items: int) -> ParseOutcome:
    """`parse_feed` in the child, which then says what it opened, and how much memory it took."""
    events: list[str] = []
    parse_feed(FEED, url=url, headers=headers, max_items=max_items)  # what is imported late is imported now
    before = resident("VmRSS")
    forget_peak()
    is_watching = [True]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if is_watching[0] and event.startswith(("open", "socket.", "subprocess.", "os.", "shutil.", "urllib.")):
            events.append(f"{event} {arguments[:1]}")

    sys.addaudithook(hook)
    outcome = parse_feed(body, url=url, headers=headers, max_items=max_items)
    is_watching[0] = False
    growth = resident("VmHWM") - before
    words = json.dumps({"opened": events, "growth": growth, "has passwd": "root:" in str(outcome)})
    if isinstance(outcome, ParsedFeed):
        return replace(outcome, title=words, items=outcome.items[:1])
    return replace(outcome, detail=words)


@pytest.fixture(scope="module")
def pool() -> Iterator[ParserPool]:
    with ParserPool(size=1, timeout_seconds=FIVE_SECONDS, work=watched_parse) as pool:
        yield pool


def document(inside: str, before: str = "", item: str = "") -> bytes:
    items = f"<item><title>a {item}</title></item>"
    return f"{before}<rss version='2.0'><channel><title>Post</title>{inside}{items}</channel></rss>".encode()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCUMENTS: dict[str, bytes] = {
    "a path": b"/etc/hostname",
    "a device": b"/dev/zero",
    "a file URL": b"file:///etc/passwd",
    "a web address": b"http://127.0.0.1:9/",
    "billion laughs": document("", f"<!DOCTYPE rss [<!ENTITY l0 'lol'>{LAUGHS}]>", "&l9;"),
    "quadratic blow-up": document("", f"<!DOCTYPE rss [<!ENTITY a '{'x' * 60_000}'>]>", "&a;" * 60_000),
    "an entity of itself": document("", "<!DOCTYPE rss [<!ENTITY a '&b;'><!ENTITY b '&a;'>]>", "&a;"),
    "an external entity": document("", "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>", "&x;"),
    "an external parameter": document("", "<!DOCTYPE rss [<!ENTITY % x SYSTEM 'http://127.0.0.1:9/x.dtd'> %x;]>"),
    "an external DTD": document("", "<!DOCTYPE rss SYSTEM 'http://127.0.0.1:9/x.dtd'>"),
    "an inclusion": document("<x:include xmlns:x='http://www.w3.org/2001/XInclude' href='file:///etc/passwd'/>"),
    "deep nesting": document("<a>" * 10_000 + "</a>" * 10_000),
    "deep nesting in an item": document("<item><description>" + "<b>" * 10_000 + "</description></item>"),
    "many attributes": document("<a " + " ".join(f"a{n}=''" for n in range(2_000)) + "/>"),
    "a huge attribute": document(f"<a b='{'x' * 3_000_000}'/>"),
    "a huge name": document(f"<{'a' * 2_000_000}/>"),
    "huge text": document(f"<item><description><![CDATA[{'x ' * 4_500_000}]]></description></item>"),
    "a huge comment": document(f"<!--{'x' * 2_000_000}-->"),
    "many namespaces": document("".join(f"<a{n}:b xmlns:a{n}='urn:{n}'/>" for n in range(2_000))),
    "open quotes of markup": document(f"<item><description>{'&lt;a href=&quot;' * 50_000}</description></item>"),
    "deep JSON": b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 1_000_000,
    "a huge JSON number": b'{"version": "https://jsonfeed.org/version/1.1", "x": ' + b"9" * 5_000_000 + b"}",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_document_opens_nothing_and_costs_neither_time_nor_memory_nor_the_next_feed(
    name: str, pool: ParserPool
) -> None:
    outcome = read(pool, DOCUMENTS[name])
    assert not isinstance(outcome, ParseFailed) or outcome.detail.startswith("{"), outcome.detail  # else it was killed
    said = json.loads(outcome.title if isinstance(outcome, ParsedFeed) else outcome.detail)
    assert (said["opened"], said["has passwd"]) == ([], False)
    assert said["growth"] < TWO_HUNDRED_MEGABYTES
    after = read(pool, FEED)
    assert isinstance(after, ParsedFeed)
    assert [item.title for item in after.items] == ["Ferry late"]


def read(pool: ParserPool, body: bytes) -> ParseOutcome:
    return asyncio.run(pool.parse(body, url="https://harbour.example/feed", headers={}, max_items=5_000))
