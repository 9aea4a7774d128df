"""Feeds by way of SOCKS proxies, and of proxies that look up names (decision 51)."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

import pytest
import trustme
from fetch_rig import SHORT, expect_failed, expect_fetched, fetcher, one_round, settings
from origin import Origin, redirect, reply

from monitor.fetch import Fetcher
from monitor.model.fetch import FetchOutcome, FetchProblem, FetchRequest
from monitor.model.ids import FeedId
from monitor.model.settings import FeedSettings

FEED = b"<rss/>"
ACCEPTED = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x04\xd2"


@dataclass
class Socks:
    """A SOCKS 5 proxy that connects everything to `origin`, and notes for whom. `says` stands in for each of its
    messages: the choice of a method, the verdict on the login, the answer to the connection.
    """

    origin: Origin
    login: tuple[bytes, bytes] | None = None
    says: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def url(self, login: str = "") -> str:
        return f"socks5://{login}127.0.0.1:{self.listener.getsockname()[1]}"

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                client.settimeout(10)
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError, EOFError), client, client.makefile("rwb", buffering=0) as stream:

            def exactly(size: int) -> bytes:
                data = b""
                while len(data) < size:
                    data += stream.read(size - len(data)) or b""
                return data

            methods = exactly(exactly(2)[1])
            method = 2 if self.login else 0
            stream.write(self.says.get("method", bytes([5, method if method in methods else 255])))
            if self.login:
                name, word = (exactly(exactly(size)[-1]) for size in (2, 1))
                stream.write(self.says.get("login", bytes([1, (name, word) != self.login])))
            kind = exactly(4)[3]
            size = exactly(1)[0] if kind == 3 else {1: 4, 4: 16}[kind]
            raw, port = exactly(size), int.from_bytes(exactly(2))
            self.asked.append((raw.decode() if kind == 3 else str(ipaddress.ip_address(raw)), port))
            for byte in self.says.get("answer", ACCEPTED):
                stream.write(bytes([byte]))  # the client must not take one read for one message
            with socket.create_connection(("127.0.0.1", self.origin.port)) as server:
                threading.Thread(target=_copy, args=[client, server], daemon=True).start()
                _copy(server, client)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as origin:
        origin.serve("/feed", reply(FEED))
        yield origin


def asker(origin: Origin, resolve: Callable[[str, int], list[str]] | None = None) -> Fetcher:
    polling = settings(origin, allow_private=(), allow_ports=(80, 443), read_timeout=SHORT, total_timeout=SHORT * 5)
    return fetcher(polling, resolve=resolve or (lambda _host, _port: ["93.184.216.34"]))


def asked(feed: FeedSettings, by: Fetcher) -> FetchOutcome:
    return one_round(by, [FetchRequest(feed_id=FeedId(1), url=feed.url, feed=feed)])[0]


def nobody(_host: str, _port: int) -> list[str]:
    pytest.fail("a name was looked up here")


def test_a_socks_proxy_connects_to_the_address_that_was_checked(origin: Origin) -> None:
    with Socks(origin) as proxy:
        feed = FeedSettings(url="http://post.example/feed", proxy=proxy.url())
        assert expect_fetched(asked(feed, asker(origin))).body == FEED
    assert proxy.asked == [("93.184.216.34", 80)]
    assert origin.requests[0].header("host") == b"post.example"


def test_a_socks_proxy_gets_addresses_of_either_kind_in_turn(origin: Origin) -> None:
    with Socks(origin, says={"answer": b"\x05\x04\x00\x01\0\0\0\0\0\0"}) as proxy:
        feed = FeedSettings(url="http://post.example/feed", proxy=proxy.url())
        names = lambda _host, _port: ["2606:2800:220:1::1", "93.184.216.34"]  # noqa: E731
        failed = expect_failed(asked(feed, asker(origin, names)))
    assert proxy.asked == [("2606:2800:220:1::1", 80), ("93.184.216.34", 80)]
    assert (failed.problem, failed.reached) == (FetchProblem.CONNECT, False)
    assert "by way of the proxy: the proxy does not connect: the host cannot be reached" in failed.detail


@pytest.mark.parametrize("answer", [b"\x05\0\0\x03\x03abc\0\0", b"\x05\0\0\x04" + bytes(18)])
def test_a_socks_proxy_may_name_itself_as_it_likes(origin: Origin, answer: bytes) -> None:
    with Socks(origin, says={"answer": answer}) as proxy:
        feed = FeedSettings(url="http://post.example/feed", proxy=proxy.url())
        expect_fetched(asked(feed, asker(origin)))


def test_a_socks_proxy_may_want_a_login(origin: Origin) -> None:
    with Socks(origin, login=(b"me", "pä:ss".encode())) as proxy:
        good = FeedSettings(url="http://post.example/feed", proxy=proxy.url("me:p%C3%A4%3Ass@"))
        expect_fetched(asked(good, asker(origin)))
        wrong = FeedSettings(url="http://post.example/feed", proxy=proxy.url("me:wrong@"))
        assert "does not accept the name and password" in expect_failed(asked(wrong, asker(origin))).detail
        without = FeedSettings(url="http://post.example/feed", proxy=proxy.url())
        assert "wants a login" in expect_failed(asked(without, asker(origin))).detail


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ({"method": b"HTTP/1.1 400 Bad\r\n\r\n"}, "does not speak SOCKS 5"),
        ({"method": b"\x05\x01"}, "wants a login"),
        ({"method": b"\x05\xff"}, "wants a login"),
        ({"answer": b"\x05\x01\0\x01\0\0\0\0\0\0"}, "it failed"),
        ({"answer": b"\x05\x02\0\x01\0\0\0\0\0\0"}, "rules"),
        ({"answer": b"\x05\x63\0\x01\0\0\0\0\0\0"}, "does not say why"),
        ({"answer": b"\x04\0\0\x01\0\0\0\0\0\0"}, "does not say why"),
        ({"answer": b"\x05\0"}, "connect_timeout"),
    ],
)
def test_a_socks_proxy_that_fails_is_a_failure_with_a_reason(
    origin: Origin, says: dict[str, bytes], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Socks(origin, says=says) as proxy:
        feed = FeedSettings(url="http://post.example/feed", proxy=proxy.url())
        failed = expect_failed(asked(feed, asker(origin)))
    assert failed.problem in {FetchProblem.CONNECT, FetchProblem.TIMEOUT}
    assert words in failed.detail or "total_timeout" in failed.detail
    assert not failed.reached


def test_the_certificate_behind_a_socks_proxy_is_that_of_the_name() -> None:
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("post.example").configure_cert(tls)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with Origin(tls=tls) as origin, Socks(origin) as proxy:
        origin.serve("/feed", reply(FEED))
        by = fetcher(settings(origin, allow_ports=(443,)), resolve=lambda _h, _p: ["93.184.216.34"], tls=trusting)
        expect_fetched(asked(FeedSettings(url="https://post.example/feed", proxy=proxy.url()), by))
        other = expect_failed(asked(FeedSettings(url="https://other.example/feed", proxy=proxy.url()), by))
    assert other.problem is FetchProblem.TLS


@pytest.mark.parametrize("resolved", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "fd00::1"])
def test_a_socks_proxy_opens_no_private_address(origin: Origin, resolved: str) -> None:
    with Socks(origin) as proxy:
        host = f"[{resolved}]" if ":" in resolved else resolved
        for url in ("http://post.example/feed", f"http://{host}/feed"):
            feed = FeedSettings(url=url, proxy=proxy.url())
            outcome = expect_failed(asked(feed, asker(origin, lambda _host, _port: [resolved])))
            assert outcome.problem is FetchProblem.ADDRESS
    assert proxy.asked == []


def test_a_proxy_that_looks_up_names_gets_them_and_nobody_looks_here(origin: Origin) -> None:
    with Socks(origin) as socks, Origin() as http:
        http.serve("http://post.example/feed", reply(FEED))
        for proxy in (socks.url(), http.url()):
            feed = FeedSettings(url="http://post.example/feed", proxy=proxy, proxy_dns=True)
            expect_fetched(asked(feed, asker(origin, nobody)))
    assert socks.asked == [("post.example", 80)]
    assert http.requests[0].header("host") == b"post.example"


PRIVATE = ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "0", "10.9.8.7", "[::1]", "[::ffff:10.0.0.1]", "localhost"]


@pytest.mark.parametrize("host", [*PRIVATE, "x.localhost", "localhost.", "169.254.169.254", "1.2.3.4.5", "a.0x7f"])
@pytest.mark.parametrize("is_redirect", [False, True])
def test_a_proxy_that_looks_up_names_gets_no_private_address(origin: Origin, host: str, *, is_redirect: bool) -> None:
    with Socks(origin) as proxy:
        origin.serve("/feed", redirect(f"http://{host}/secret"))
        url = "http://post.example/feed" if is_redirect else f"http://{host}/secret"
        feed = FeedSettings(url=url, proxy=proxy.url(), proxy_dns=True)
        outcome = expect_failed(asked(feed, asker(origin, nobody)))
    assert outcome.problem is FetchProblem.ADDRESS
    assert proxy.asked == ([("post.example", 80)] if is_redirect else [])


def test_a_public_address_and_an_allowed_one_go_to_that_proxy(origin: Origin) -> None:
    with Socks(origin) as proxy:
        for url in ("http://93.184.216.34/feed", "http://10.1.2.3/feed"):
            by = fetcher(settings(origin, allow_private=("10.0.0.0/8",), allow_ports=(80,)), resolve=nobody)
            expect_fetched(asked(FeedSettings(url=url, proxy=proxy.url(), proxy_dns=True), by))
    assert [host for host, _ in proxy.asked] == ["93.184.216.34", "10.1.2.3"]
