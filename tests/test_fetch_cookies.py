"""Cookies live for one request and its redirects, and go nowhere that the rules of cookies do not allow."""

from collections.abc import Iterator

import httpx
import pytest
from fetch_rig import expect_failed, expect_fetched, fetch, fetcher, settings
from origin import Asked, Origin, Script, Step, head, redirect, reply, status

from monitor.fetch.chain_cookies import ChainCookies

FEED = b"<rss/>"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1", "127.0.0.2") as origin:
        yield origin


def wants_cookie(answer: bytes) -> Script:
    """A server that gives the feed to who sends its cookie back, and else this answer, which sets it."""

    def script(request: Asked) -> Iterator[Step]:
        known = request.header("cookie") or b""
        yield from reply(FEED)(request) if b"seen=1" in known else iter([answer])

    return script


TO_ITSELF = head(302, [("Location", "/feed"), ("Set-Cookie", "seen=1; Path=/"), ("Content-Length", "0")])
PAGE = head(200, [("Set-Cookie", "seen=1")]) + b"<html><meta http-equiv=refresh content='0; url=/feed'>"
TWICE = head(302, [("Location", "/feed"), ("Set-Cookie", "other=2"), ("Set-Cookie", "seen=1; HttpOnly; Max-Age=60")])
DATED = head(303, [("Location", "feed"), ("Set-Cookie", "seen=1; Expires=Wed, 01 Jan 2098 00:00:00 GMT; SameSite=Lax")])


@pytest.mark.parametrize("answer", [TO_ITSELF, PAGE, TWICE, DATED])
def test_a_cookie_comes_back_within_the_chain_and_is_forgotten_after_it(origin: Origin, answer: bytes) -> None:
    origin.serve("/feed", wants_cookie(answer))
    asker = fetcher(settings(origin))
    for _ in range(2):
        assert expect_fetched(fetch(asker, origin.url("/feed"))).body == FEED
    cookies = [bool(request.header("cookie")) for request in origin.requests]
    assert cookies == [False, True, False, True]


def test_a_server_that_wants_ever_more_cookies_is_left(origin: Origin) -> None:
    origin.serve("/feed", redirect("/feed"))
    assert "redirects" in expect_failed(fetch(fetcher(settings(origin)), origin.url("/feed"))).detail
    assert len(origin.requests) == 6


def test_a_cookie_goes_to_no_other_host(origin: Origin) -> None:
    elsewhere = ("Location", origin.url("/new", "127.0.0.2"))
    origin.serve("/feed", status(302, [elsewhere, ("Set-Cookie", "seen=1")]))
    origin.serve("/new", reply(FEED))
    expect_fetched(fetch(fetcher(settings(origin)), origin.url("/feed")))
    assert [request.header("cookie") for request in origin.requests] == [None, None]


@pytest.mark.parametrize(
    ("cookie", "url", "sent"),
    [
        ("a=1", "https://news.harbour.example/next", b"a=1"),
        ("a=1", "https://www.harbour.example/", b""),
        ("a=1", "https://other.example/", b""),
        ("a=1; Domain=harbour.example", "https://www.harbour.example/", b"a=1"),
        ("a=1; Domain=.harbour.example", "https://www.harbour.example/", b"a=1"),
        ("a=1; Domain=harbour.example", "https://notharbour.example/", b""),
        ("a=1; Domain=other.example", "https://other.example/", b""),
        ("a=1; Domain=example", "https://other.example/", b""),
        ("a=1; Domain=.example", "https://other.example/", b""),
        ("a=1; Path=/feeds", "https://news.harbour.example/feeds/a", b"a=1"),
        ("a=1; Path=/feeds", "https://news.harbour.example/other", b""),
        ("a=1; Secure", "https://news.harbour.example/", b"a=1"),
        ("a=1; Secure", "http://news.harbour.example/", b""),
        ("a=1; Max-Age=0", "https://news.harbour.example/", b""),
        ("a=" + "x" * 5_000, "https://news.harbour.example/", b""),
        ("", "https://news.harbour.example/", b""),
    ],
)
def test_which_cookie_goes_where(cookie: str, url: str, sent: bytes) -> None:
    jar = ChainCookies()
    jar.take(httpx.URL("https://news.harbour.example/rss"), httpx.Headers([("Set-Cookie", cookie)]))
    assert jar.header(httpx.URL(url)) == sent


def test_a_public_suffix_gets_no_cookie() -> None:
    jar = ChainCookies()
    jar.take(httpx.URL("https://a.co.uk/"), httpx.Headers([("Set-Cookie", "a=1; Domain=co.uk"), ("Set-Cookie", "b=2")]))
    assert jar.header(httpx.URL("https://b.co.uk/")) == b""
    assert jar.header(httpx.URL("https://a.co.uk/")) == b"b=2"


@pytest.mark.parametrize(
    ("setter", "cookie", "other"),
    [
        ("https://harbour.example/", "a=1", "https://evil.harbour.example/"),
        ("https://github.io/", "a=1", "https://evil.github.io/"),
        ("https://github.io/", "a=1; Domain=github.io", "https://evil.github.io/"),
        ("http://10.0.0.1/", "a=1; Domain=0.0.1", "http://99.0.0.1/"),
        ("http://10.0.0.1/", "a=1; Domain=.0.0.1", "http://10.1.0.0.1/"),
        ("http://[2606:4700::1]/", "a=1; Domain=4700::1", "http://[2607:4700::1]/"),
    ],
)
def test_a_cookie_goes_to_no_host_below_nor_to_another_address(setter: str, cookie: str, other: str) -> None:
    jar = ChainCookies()
    jar.take(httpx.URL(setter), httpx.Headers([("Set-Cookie", cookie), ("Set-Cookie", "own=2")]))
    assert jar.header(httpx.URL(other)) == b""
    assert b"own=2" in jar.header(httpx.URL(setter))


def test_cookies_beyond_a_limit_are_not_sent() -> None:
    jar = ChainCookies()
    jar.take(httpx.URL("https://a.example/"), httpx.Headers([("Set-Cookie", f"c{n}=1") for n in range(60)]))
    assert jar.header(httpx.URL("https://a.example/")) == b""
