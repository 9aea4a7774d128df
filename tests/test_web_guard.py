"""The page's guard on a real socket: who may ask, for what, how much and how slowly."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from daemons import eventually
from pages import Site, answered, site

from monitor.config import load
from monitor.errors import ConfigError, UnusablePlace
from monitor.model.web import WebSettings, open_listening
from monitor.web import server
from monitor.web.app import MOST_FIELDS
from monitor.web.guard import MAX_BODY_BYTES, MAX_TARGET_BYTES
from monitor.web.origin import is_same_origin
from monitor.web.server import listening


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("page")) as found:
        yield found


def test_the_first_page_and_its_style_are_there_and_nothing_else_may_be_loaded(page: Site) -> None:
    answer = page.ask("/status")
    assert answer.status == 200
    assert "<h1>Status</h1>" in answer.body
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    style = page.ask("/static/page.css")
    assert style.headers["content-type"].startswith("text/css")
    assert len(answer.body) + len(style.body) < 50_000


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8222", "[::1]:8222", "news"])
def test_names_that_no_stranger_can_own_are_answered(page: Site, host: str) -> None:
    assert page.ask("/status", headers={"Host": host}).status == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8222", "", "news.lan."])
def test_a_name_that_is_not_ours_is_refused(page: Site, host: str) -> None:
    if host:
        assert page.ask("/status", headers={"Host": host}).status == 421
    else:
        assert answered(page.raw(b"GET / HTTP/1.0\r\n\r\n")).status == 421


REFUSED: list[dict[str, str]] = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:{port}"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://[bad"},
]


@pytest.mark.parametrize("headers", REFUSED, ids=str)
def test_a_change_from_elsewhere_is_refused(page: Site, headers: dict[str, str]) -> None:
    asked = {name: value.format(port=page.port) for name, value in headers.items()}
    assert page.post("/status", headers=asked).status == 403


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://127.0.0.1:{port}"}], ids=str)
def test_a_change_from_our_page_gets_to_the_routes(page: Site, headers: dict[str, str]) -> None:
    asked = {name: value.format(port=page.port) for name, value in headers.items()}
    assert page.post("/status", headers=asked).status == 405  # the page of the status takes none


def test_the_origin_is_compared_with_the_host_only_where_the_browser_does_not_say() -> None:
    assert is_same_origin([(b"origin", b"https://News.lan"), (b"host", b"news.lan")])
    assert not is_same_origin([(b"origin", b"https://news.lan")])
    assert not is_same_origin([(b"origin", b"ftp://news.lan"), (b"host", b"news.lan")])


def test_what_is_too_long_of_another_method_or_of_another_kind_is_refused(page: Site) -> None:
    assert page.ask("/search?q=" + "a" * MAX_TARGET_BYTES).status == 414
    assert page.ask("/status", method="DELETE").status == 405
    assert page.post("/status", "a=" + "b" * MAX_BODY_BYTES).status == 413
    body = {"Sec-Fetch-Site": "same-origin", "Content-Type": "text/plain", "Content-Length": "0"}
    assert page.ask("/status", method="POST", headers=body).status == 415
    assert page.post("/feeds/try", "&".join(f"a{number}=" for number in range(MOST_FIELDS + 1))).status == 400
    assert page.raw(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 40_000).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/look.py", "//etc/passwd", "/static/page.css%00", "/x"],
)
def test_there_is_no_way_to_another_file(page: Site, path: str) -> None:
    assert page.ask(path).status == 404


def test_slow_clients_are_closed_and_do_not_keep_others_waiting(page: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 20)
    slow = [socket.create_connection(("127.0.0.1", page.port)) for _ in range(60)]
    for each in slow:
        each.sendall(b"GET /status HTTP/1.1\r\nHost: localhost\r\n")  # and never the end of it
    assert page.ask("/status").status == 200
    for each in slow:
        each.close()


def test_a_head_and_a_body_that_do_not_come_end_the_connection(page: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.1)
    assert page.raw(b"GET / HTTP/1.1\r\n") == b""
    monkeypatch.setattr("monitor.web.guard.BODY_SECONDS", 0.1)
    head = b"POST /status HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 10\r\n"
    kind = b"Content-Type: application/x-www-form-urlencoded\r\n\r\na"
    assert answered(page.raw(head + kind)).status == 413


def test_clients_that_do_not_read_keep_nobody_waiting_and_are_closed(
    page: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "WHOLE_SECONDS", 0.5)
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 20)
    lazy = [socket.socket() for _ in range(15)]
    for each in lazy:
        each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        each.connect(("127.0.0.1", page.port))
        each.sendall(b"GET /static/page.css HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert page.ask("/status").status == 200
    for each in lazy:
        each.settimeout(30)
        with suppress(ConnectionResetError):  # what had no room when the time was over
            while each.recv(65536):
                pass
        each.close()
    assert page.ask("/status").status == 200


def test_200_clients_at_once_are_answered_or_closed_and_none_is_left_waiting(page: Site) -> None:
    statuses: list[int] = []
    start = threading.Barrier(200)

    def one() -> None:
        start.wait(60)
        try:
            statuses.append(page.ask("/status").status)
        except (OSError, IndexError):
            statuses.append(0)  # closed, to make room

    clients = [threading.Thread(target=one) for _ in range(200)]
    for each in clients:
        each.start()
    for each in clients:
        each.join(60)
    assert len(statuses) == 200
    assert set(statuses) <= {200, 0}
    assert statuses.count(200) >= server.MOST_CONNECTIONS
    assert page.ask("/status").status == 200


@pytest.mark.parametrize("listen", ["0.0.0.0:8222", "192.0.2.1:8222", "[::]:8222"])
def test_without_users_only_this_machine_is_listened_to(listen: str) -> None:
    assert "[[users]]" in open_listening(WebSettings(listen=listen))
    assert not open_listening(WebSettings(listen="127.0.0.1:8222"))


def test_a_port_in_use_is_said_in_words(page: Site) -> None:
    with pytest.raises(UnusablePlace, match="another port"):
        listening(("127.0.0.1", page.port))


def test_a_mistake_in_the_config_keeps_the_page_on_the_old_one(page: Site) -> None:
    before = page.config.read_text()
    page.config.write_text(before + "\n[web]\nhosts = 7\n")
    try:
        assert page.ask("/status").status == 200
        page.config.write_text(before + '\n[web]\nhosts = ["news.lan"]\n')
        eventually(lambda: page.ask("/status", headers={"Host": "news.lan"}).status == 200)
    finally:
        page.config.write_text(before)
        page.config.chmod(0o600)


def test_check_refuses_a_page_for_other_machines(page: Site) -> None:
    file = page.config.parent / "open.toml"
    file.write_text(page.config.read_text() + '\n[web]\nlisten = "0.0.0.0:8222"\n')
    with pytest.raises(ConfigError, match="asks nobody for a password"):
        load(file, {}, is_draft=True)
