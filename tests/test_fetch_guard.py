"""Nobody's feed leads us where we must not go: addresses, names, certificates, bombs (S1, S3, S4)."""

import ssl
import threading
import tracemalloc
from collections.abc import Iterator

import pytest
import trustme
from bombs import zeros
from fetch_rig import SHORT, ask, expect_failed, expect_fetched, fetch, fetcher, one_round, settings
from origin import Origin, Script, endless, gzipped, head, redirect, reply

from monitor.fetch.resolver import LOOKUP_THREADS, Resolve
from monitor.model.fetch import FetchProblem

FEED = b"<rss/>"


class Names:
    """A name server of a test: each name's answers in turn, the last for ever."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): answer for name, answer in answers.items()}
        self.questions: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.questions.append(host)
        answers = self.answers.get(host)
        if answers is None:
            raise OSError(-2, "Name or service not known")
        return answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.fixture
def canary() -> Iterator[Origin]:
    """Listens where nobody may connect: on 127.0.0.1, while only 127.0.0.2 is allowed."""
    with Origin("127.0.0.2", "127.0.0.1") as origin:
        yield origin


def untouched(origin: Origin) -> bool:
    return not any(request.address == "127.0.0.1" for request in origin.requests)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "0", "[::ffff:127.0.0.1]", "[::1]"]
)
def test_loopback_is_not_connected_to_however_it_is_spelled(canary: Origin, host: str) -> None:
    outcome = expect_failed(fetch(fetcher(settings(canary, allow_private=())), canary.url("/feed", host)))
    assert (outcome.problem, outcome.reached) == (FetchProblem.ADDRESS, False)
    assert canary.connections == 0


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{port}/secret",
        "http://0x7f.1:{port}/secret",
        "http://inside.example:{port}/secret",
        "http://[::ffff:127.0.0.1]:{port}/secret",
        "http://169.254.169.254:{port}/latest/meta-data/",
    ],
)
def test_a_redirect_inside_is_refused(canary: Origin, code: int, location: str) -> None:
    names = Names(inside_example=[["127.0.0.1"]], **{"0x7f_1": [["127.0.0.1"]]})
    canary.serve("/feed", redirect("/second", 302))
    canary.serve("/second", redirect(location.format(port=canary.port), code))
    asker = fetcher(settings(canary, allow_private=("127.0.0.2",)), resolve=names)
    outcome = expect_failed(fetch(asker, canary.url("/feed")))
    assert (outcome.problem, outcome.reached) == (FetchProblem.ADDRESS, True)
    assert canary.connections == 2
    assert untouched(canary)


def test_a_name_that_changes_its_address_is_dialled_at_the_one_that_was_checked(canary: Origin) -> None:
    names = Names(news_example=[["127.0.0.2"], ["127.0.0.1"]])
    canary.serve("/feed", reply(FEED))
    asker = fetcher(settings(canary, allow_private=("127.0.0.2",)), resolve=names)
    expect_fetched(fetch(asker, canary.url("/feed", "news.example")))
    assert names.questions == ["news.example"]
    assert canary.requests[0].address == "127.0.0.2"
    assert canary.requests[0].header("host") == b"news.example:%d" % canary.port
    assert expect_failed(fetch(asker, canary.url("/feed", "news.example"))).problem is FetchProblem.ADDRESS
    assert untouched(canary)


def test_proxies_of_the_environment_are_not_used(canary: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(variable, f"http://127.0.0.1:{canary.port}")
    canary.serve("/feed", reply(FEED))
    expect_fetched(fetch(fetcher(settings(canary, allow_private=("127.0.0.2",))), canary.url("/feed")))
    assert untouched(canary)


def test_when_the_first_address_takes_no_connection_the_next_is_tried(canary: Origin) -> None:
    canary.serve("/feed", reply(FEED))
    names = Names(news_example=[["127.0.0.9", "127.0.0.2"]])
    expect_fetched(fetch(fetcher(settings(canary), resolve=names), canary.url("/feed", "news.example")))
    assert names.questions == ["news.example"]


@pytest.mark.parametrize("host", ["unknown.example", "x..example", "x" * 70 + ".example"])
def test_a_name_that_does_not_resolve_is_a_failure_that_reached_nobody(host: str) -> None:
    names: Resolve | None = Names() if host == "unknown.example" else None
    with Origin() as origin:
        outcome = expect_failed(fetch(fetcher(settings(origin), resolve=names), origin.url("/feed", host)))
    assert (outcome.problem, outcome.reached) == (FetchProblem.RESOLVE, False)
    assert host in outcome.detail


def test_names_that_hang_are_few_at_a_time_and_stall_no_address() -> None:
    released = threading.Event()
    asked: list[str] = []

    def hang(host: str, _port: int) -> list[str]:
        asked.append(host)
        released.wait(20)
        return ["127.0.0.1"]

    with Origin() as origin:
        origin.serve("/feed", reply(FEED))
        asker = fetcher(settings(origin, total_timeout=SHORT, concurrency=40), resolve=hang)
        hanging = [ask(origin.url("/feed", f"n{number}.example")) for number in range(20)]
        *stuck, fine = one_round(asker, [*hanging, ask(origin.url("/feed"))])
        assert len(asked) == LOOKUP_THREADS
        released.set()
    expect_fetched(fine)
    assert {expect_failed(outcome).problem for outcome in stuck} == {FetchProblem.TIMEOUT}
    assert not any(expect_failed(outcome).reached for outcome in stuck)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def served_by(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(tls)
    return tls


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    tls = ssl.create_default_context()
    authority.configure_trust(tls)
    return tls


def test_the_certificate_is_checked_against_the_name_and_not_the_address(authority: trustme.CA) -> None:
    said: list[str | None] = []
    tls = served_by(authority, "news.example")
    tls.sni_callback = lambda _socket, name, _context: said.append(name)
    names = Names(news_example=[["127.0.0.1"]], other_example=[["127.0.0.1"]])
    with Origin(tls=tls) as origin:
        origin.serve("/feed", reply(FEED))
        asker = fetcher(settings(origin), resolve=names, tls=trusting(authority))
        requests = [ask(origin.url("/feed", host)) for host in ("news.example", "other.example", "127.0.0.1")]
        mine, other, bare = one_round(asker, requests)
    expect_fetched(mine)
    assert (expect_failed(other).problem, expect_failed(other).reached) == (FetchProblem.TLS, True)
    assert "other.example" in expect_failed(other).detail
    assert expect_failed(bare).problem is FetchProblem.TLS
    assert set(said) == {"news.example", "other.example", None}


def test_a_certificate_nobody_vouches_for_is_not_accepted(authority: trustme.CA) -> None:
    with Origin(tls=served_by(authority, "127.0.0.1")) as origin:
        outcome = expect_failed(fetch(fetcher(settings(origin), tls=trusting(trustme.CA())), origin.url("/feed")))
    assert outcome.problem is FetchProblem.TLS
    assert "certificate of the server is not accepted" in outcome.detail


def test_plain_http_where_https_was_asked_is_a_failure_of_tls(authority: trustme.CA) -> None:
    with Origin() as origin:
        url = origin.url("/feed").replace("http:", "https:")
        outcome = expect_failed(fetch(fetcher(settings(origin), tls=trusting(authority)), url))
    assert (outcome.problem, outcome.reached) == (FetchProblem.TLS, True)


def test_https_leads_to_https_and_never_back_to_http(authority: trustme.CA) -> None:
    with Origin() as plain, Origin(tls=served_by(authority, "127.0.0.1")) as secure:
        plain.serve("/up", redirect(secure.url("/feed"), 301))
        secure.serve("/feed", reply(FEED))
        secure.serve("/down", redirect(plain.url("/feed"), 301))
        asker = fetcher(settings(plain, allow_ports=(secure.port,)), tls=trusting(authority))
        up = expect_fetched(fetch(asker, plain.url("/up")))
        down = expect_failed(fetch(asker, secure.url("/down")))
    assert up.moved_to == secure.url("/feed")
    assert down.problem is FetchProblem.REDIRECT
    assert [request.target for request in plain.requests] == ["/up"]


def chunk(size: int) -> bytes:
    return b"%x\r\n%s\r\n" % (size, b"x" * size)


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (reply(zeros(60, "gzip"), headers=[("Content-Encoding", "gzip")]), FetchProblem.TOO_BIG),
        (endless(head(200, [("Transfer-Encoding", "chunked")]), chunk(65_536)), FetchProblem.TOO_BIG),
        (endless(head(200), b"x" * 65_536), FetchProblem.TOO_BIG),
        (reply(bytes(5_000_001)), FetchProblem.TOO_BIG),
        (reply(b"x" * 400, headers=[("Content-Encoding", "zstd")]), FetchProblem.ENCODING),
        (gzipped(zeros(60, "gzip")), FetchProblem.TOO_BIG),
        (reply(zeros(60, "deflate"), headers=[("Content-Encoding", "deflate")]), FetchProblem.TOO_BIG),
        (reply(zeros(60, "gzip"), status=404), FetchProblem.STATUS),
    ],
)
def test_a_bomb_is_refused_in_bounded_memory(script: Script, problem: FetchProblem) -> None:
    with Origin() as origin:
        origin.serve("/bomb", script)
        asker = fetcher(settings(origin))
        tracemalloc.start()
        outcome = expect_failed(fetch(asker, origin.url("/bomb")))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert outcome.problem is problem
    assert peak < 30_000_000
