"""What an owner sets for one feed: logins, headers, proxies, patience; and where these never go."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from fetch_rig import AGENT, SHORT, ask, expect_failed, expect_fetched, fetcher, one_round, settings
from origin import Origin, Pause, conditional, head, raw, redirect, reply

from monitor.fetch import Fetcher
from monitor.model.fetch import FetchOutcome, FetchProblem, FetchRequest, NotModified, Validators
from monitor.model.ids import FeedId
from monitor.model.settings import FeedSettings, Login
from monitor.url import url_fingerprint

FEED = b"<rss/>"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1", "127.0.0.2") as origin:
        yield origin


def asked_as(feed: FeedSettings, asker: Fetcher, url: str = "") -> FetchOutcome:
    return one_round(asker, [FetchRequest(feed_id=FeedId(1), url=url or feed.url, feed=feed)])[0]


@pytest.mark.parametrize(
    ("login", "sent"),
    [
        (Login(username="me", secret="pass:wörd"), b"Basic bWU6cGFzczp3w7ZyZA=="),
        (Login(secret="abc.def"), b"Bearer abc.def"),
    ],
)
def test_a_login_is_sent_with_the_owners_headers_and_name(origin: Origin, login: Login, sent: bytes) -> None:
    origin.serve("/feed", reply(FEED))
    feed = FeedSettings(
        url=origin.url("/feed"),
        auth=login,
        user_agent="Reader/7",
        headers=(("X-Api-Key", "k"), ("Accept", "application/xml")),
    )
    expect_fetched(asked_as(feed, fetcher(settings(origin))))
    (request,) = origin.requests
    assert request.header("authorization") == sent
    assert (request.header("x-api-key"), request.header("user-agent")) == (b"k", b"Reader/7")
    assert [value for name, value in request.headers if name.lower() == b"accept"] == [b"application/xml"]


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("place", ["host", "port"])
def test_no_secret_follows_a_redirect_to_another_origin(origin: Origin, code: int, place: str) -> None:
    with Origin() as other:
        elsewhere = origin.url("/new", "127.0.0.2") if place == "host" else other.url("/new")
        for server in (origin, other):
            server.serve("/new", redirect(origin.url("/back")))
        origin.serve("/feed", redirect("/here", code))
        origin.serve("/here", redirect(elsewhere, code))
        origin.serve("/back", reply(FEED))
        feed = FeedSettings(url=origin.url("/feed"), auth=Login(secret="abc"), headers=(("X-Api-Key", "k"),))
        expect_fetched(asked_as(feed, fetcher(settings(origin, allow_ports=(other.port,)))))
        told = {
            request.target: bool(request.header("authorization") or request.header("x-api-key"))
            for request in (*origin.requests, *other.requests)
        }
    assert told == {"/feed": True, "/here": True, "/new": False, "/back": True}


def test_a_feed_that_has_moved_to_another_host_takes_no_secret_along(origin: Origin) -> None:
    origin.serve("/feed", reply(FEED))
    feed = FeedSettings(url=origin.url("/feed"), auth=Login(secret="abc"))
    asked_as(feed, fetcher(settings(origin)), origin.url("/feed", "127.0.0.2"))
    assert origin.requests[0].header("authorization") is None


def test_a_feed_may_have_more_patience_than_others_or_less(origin: Origin) -> None:
    origin.serve("/slow", raw(Pause(seconds=1), head(200) + FEED))
    polling = settings(origin, read_timeout=SHORT, total_timeout=SHORT)
    patient = FeedSettings(url=origin.url("/slow"), timeout=timedelta(seconds=20))
    hasty = FeedSettings(url=origin.url("/slow"), timeout=SHORT)
    expect_fetched(asked_as(patient, fetcher(polling)))
    assert expect_failed(asked_as(hasty, fetcher(settings(origin)))).problem is FetchProblem.TIMEOUT
    assert (
        expect_failed(asked_as(FeedSettings(url=origin.url("/slow")), fetcher(polling))).problem is FetchProblem.TIMEOUT
    )


def test_a_proxy_is_told_the_name_and_asked_to_log_in(origin: Origin) -> None:
    with Origin() as proxy:
        url = "http://post.example/feed"
        proxy.serve(url, reply(FEED, headers=[("ETag", '"v1"')]))
        feed = FeedSettings(url=url, proxy=f"http://me:pass@127.0.0.1:{proxy.port}", auth=Login(secret="abc"))
        asker = fetcher(settings(origin, allow_ports=(80,)), resolve=lambda _host, _port: ["93.184.216.34"])
        expect_fetched(asked_as(feed, asker))
        (request,) = proxy.requests
    assert request.header("host") == b"post.example"
    assert request.header("proxy-authorization") == b"Basic bWU6cGFzcw=="
    assert request.header("authorization") == b"Bearer abc"


@pytest.mark.parametrize("resolved", ["127.0.0.1", "169.254.169.254", "10.0.0.1"])
def test_a_proxy_opens_no_private_address(origin: Origin, resolved: str) -> None:
    with Origin() as proxy:
        feed = FeedSettings(url="http://post.example/feed", proxy=proxy.url())
        asker = fetcher(settings(origin, allow_private=(), allow_ports=(80,)), resolve=lambda _host, _port: [resolved])
        assert expect_failed(asked_as(feed, asker)).problem is FetchProblem.ADDRESS
        literal = FeedSettings(url=f"http://{resolved}/feed", proxy=proxy.url())
        assert expect_failed(asked_as(literal, asker)).problem is FetchProblem.ADDRESS
        assert proxy.connections == 0


def test_a_proxy_that_refuses_is_a_failure_that_blames_no_server(origin: Origin) -> None:
    with Origin() as proxy:
        feed = FeedSettings(url="https://post.example/feed", proxy=proxy.url())
        asker = fetcher(settings(origin, allow_ports=(443,)), resolve=lambda _host, _port: ["93.184.216.34"])
        failed = expect_failed(asked_as(feed, asker))
    assert (failed.problem, failed.reached) == (FetchProblem.CONNECT, False)


def test_validators_go_to_the_url_that_served_them_and_to_no_other(origin: Origin) -> None:
    origin.serve("/old", redirect("/new", 301))
    origin.serve("/new", conditional(FEED, b'"v1"'))
    asker = fetcher(settings(origin))
    first = expect_fetched(one_round(asker, [ask(origin.url("/old"))])[0])
    again = FetchRequest(
        feed_id=FeedId(1),
        url=origin.url("/old"),
        validators=first.validators,
        validators_from=url_fingerprint(first.final_url),
    )
    assert isinstance(one_round(asker, [again])[0], NotModified)
    conditions = [(request.target, request.header("if-none-match")) for request in origin.requests]
    assert conditions == [("/old", None), ("/new", None), ("/old", None), ("/new", b'"v1"')]


def test_a_304_of_a_url_that_was_not_asked_conditionally_is_a_failure(origin: Origin) -> None:
    origin.serve("/old", reply(status=304))
    request = FetchRequest(
        feed_id=FeedId(1), url=origin.url("/old"), validators=Validators(etag=b'"v1"'), validators_from="another"
    )
    failed = expect_failed(one_round(fetcher(settings(origin)), [request])[0])
    assert (failed.problem, failed.status) == (FetchProblem.STATUS, 304)
    assert origin.requests[0].header("user-agent") == AGENT.encode()


@pytest.mark.parametrize(
    ("path", "hops", "is_own"),
    [
        ("/busy", {}, True),
        ("/feed", {"/feed": "/busy"}, True),
        ("/feed", {"/feed": "/other", "/other": "/busy"}, True),
        ("/feed", {"/feed": "http://127.0.0.2:PORT/busy"}, False),
        ("/feed", {"/feed": "http://127.0.0.2:PORT/back", "/back": "http://127.0.0.1:PORT/busy"}, False),
    ],
    ids=["at once", "within", "twice within", "elsewhere", "there and back"],
)
def test_a_failure_speaks_for_an_origin_only_if_no_redirect_left_it(
    origin: Origin, path: str, hops: dict[str, str], *, is_own: bool
) -> None:
    for start, end in hops.items():
        origin.serve(start, redirect(end.replace("PORT", str(origin.port))))
    origin.serve("/busy", reply(status=429))
    failed = expect_failed(one_round(fetcher(settings(origin)), [ask(origin.url(path))])[0])
    assert failed.status == 429
    assert failed.origin == (f"http://127.0.0.1:{origin.port}" if is_own else "")
