"""What comes back for what servers say, over real sockets."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fetch_rig import SHORT, ask, expect_failed, expect_fetched, fetch, fetcher, one_round, settings
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from origin import Origin, Pause, Reset, Script, conditional, dribble, gzipped, head, raw, redirect, reply, status

from monitor.model.fetch import FetchFailed, FetchProblem, NotModified, Validators
from monitor.url import url_fingerprint

FEED = b"<rss><channel><title>The Harbour Gazette</title></channel></rss>"
OPEN = FEED.removesuffix(b"</rss>")


def test_a_document_comes_with_its_headers_and_where_it_was() -> None:
    with Origin() as origin:
        origin.serve("/feed", gzipped(FEED, [("Content-Type", "application/rss+xml"), ("X-Two", "a"), ("X-Two", "b")]))
        outcome = expect_fetched(fetch(fetcher(settings(origin)), origin.url("/feed")))
    assert outcome.body == FEED
    assert outcome.final_url == origin.url("/feed")
    assert outcome.headers["content-type"] == "application/rss+xml"
    assert outcome.headers["x-two"] == "a, b"
    assert (outcome.status, outcome.moved_to, outcome.validators) == (200, None, Validators())
    assert outcome.elapsed > timedelta()


@pytest.mark.parametrize("etag", [b'W/"a-gzip"', b'"x\xe9"', b'"v1"', b"unquoted", b'"a, b"'])
@pytest.mark.parametrize("last_modified", [b"Sat, 16 Nov 2041 19:11:00 GMT", b"yesterday, more or less", None])
def test_validators_go_back_byte_for_byte(etag: bytes, last_modified: bytes | None) -> None:
    modified = [("Last-Modified", last_modified)] if last_modified else []
    with Origin() as origin:
        origin.serve("/feed", reply(FEED, headers=[("ETag", etag), *modified]), status(304))
        asker = fetcher(settings(origin))
        first = expect_fetched(fetch(asker, origin.url("/feed")))
        second = fetch(asker, origin.url("/feed"), first.validators)
    assert first.validators == Validators(etag=etag, last_modified=last_modified)
    assert isinstance(second, NotModified)
    assert origin.requests[0].header("if-none-match") is None
    assert origin.requests[0].header("if-modified-since") is None
    assert origin.requests[1].header("if-none-match") == etag
    assert origin.requests[1].header("if-modified-since") == last_modified


def test_a_validator_too_long_to_be_sent_back_counts_as_not_sent() -> None:
    with Origin() as origin:
        origin.serve("/feed", reply(FEED, headers=[("ETag", b'"' + b"x" * 9_000 + b'"'), ("Last-Modified", b"")]))
        outcome = expect_fetched(fetch(fetcher(settings(origin)), origin.url("/feed")))
    assert outcome.validators == Validators()


def test_a_304_brings_only_what_it_carried() -> None:
    with Origin() as origin:
        origin.serve("/bare", status(304))
        origin.serve("/full", status(304, [("ETag", b'"v2"'), ("Cache-Control", "max-age=7200")]))
        asker = fetcher(settings(origin))
        known = Validators(etag=b'"v1"', last_modified=b"Sun, 01 Mar 2026 10:00:00 GMT")
        bare = fetch(asker, origin.url("/bare"), known)
        full = fetch(asker, origin.url("/full"), known)
    assert isinstance(bare, NotModified)
    assert isinstance(full, NotModified)
    assert bare.validators == Validators()
    assert full.validators == Validators(etag=b'"v2"')
    assert full.headers["cache-control"] == "max-age=7200"


def test_a_well_behaved_server_answers_304_to_its_own_etag() -> None:
    with Origin() as origin:
        origin.serve("/feed", conditional(FEED, b'"v1"'))
        asker = fetcher(settings(origin))
        first = expect_fetched(fetch(asker, origin.url("/feed")))
        assert isinstance(fetch(asker, origin.url("/feed"), first.validators), NotModified)


@pytest.mark.parametrize(
    ("script", "problem", "code", "words"),
    [
        (status(404), FetchProblem.STATUS, 404, "HTTP 404 (Not Found)"),
        (status(410), FetchProblem.STATUS, 410, "HTTP 410 (Gone)"),
        (reply(b"sorry", status=500), FetchProblem.STATUS, 500, "HTTP 500 (Internal Server Error)"),
        (status(599), FetchProblem.STATUS, 599, "HTTP 599, an undefined status"),
        (status(204), FetchProblem.STATUS, 204, "HTTP 204 (No Content)"),
        (reply(FEED, status=206), FetchProblem.STATUS, 206, "HTTP 206 (Partial Content)"),
        (status(300), FetchProblem.STATUS, 300, "HTTP 300 (Multiple Choices)"),
        (status(304), FetchProblem.STATUS, 304, "the request was not conditional"),
        (reply(b""), FetchProblem.EMPTY, None, "empty"),
        (reply(FEED, headers=[("Content-Encoding", "br")]), FetchProblem.ENCODING, None, "'br'"),
        (reply(bytes(range(200)), headers=[("Content-Encoding", "gzip")]), FetchProblem.ENCODING, None, "gzip"),
        (reply(OPEN, length=len(OPEN) + 1), FetchProblem.PROTOCOL, None, "without sending complete message"),
        (reply(b"", length=9), FetchProblem.PROTOCOL, None, "without sending complete message"),
        (raw(head(200, [("Transfer-Encoding", "chunked")]) + b"ff\r\nabc"), FetchProblem.PROTOCOL, None, "chunk"),
        (raw(b"220 mail.example ESMTP\r\n\r\n"), FetchProblem.PROTOCOL, None, "rules of HTTP"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"), FetchProblem.EMPTY, None, "empty"),
        (raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000), FetchProblem.PROTOCOL, None, "rules of HTTP"),
        (raw(), FetchProblem.CONNECT, None, "closed the connection without an answer"),
        (raw(Reset()), FetchProblem.CONNECT, None, "the connection"),
        (raw(head(200) + FEED[:-9], Pause(seconds=0.05), Reset()), FetchProblem.CONNECT, None, "the connection"),
        (status(302), FetchProblem.REDIRECT, None, "without a target address"),
        (redirect("http://0177.0.0.1/"), FetchProblem.ADDRESS, None, "not a usable address"),
    ],
)
def test_an_answer_that_brings_no_feed_is_a_failure_with_a_reason(
    script: Script, problem: FetchProblem, code: int | None, words: str
) -> None:
    with Origin() as origin:
        origin.serve("/feed", script)
        outcome = expect_failed(fetch(fetcher(settings(origin)), origin.url("/feed")))
    assert (outcome.problem, outcome.status, outcome.reached) == (problem, code, True)
    assert words in outcome.detail
    assert outcome.detail.isprintable()


@pytest.mark.parametrize("value", ["3600", "Sun, 01 Mar 2026 13:00:00 GMT", "soon"])
def test_retry_after_is_handed_on_as_it_was_sent(value: str) -> None:
    with Origin() as origin:
        origin.serve("/feed", status(429, [("Retry-After", value)]))
        outcome = expect_failed(fetch(fetcher(settings(origin)), origin.url("/feed")))
    assert (outcome.status, outcome.retry_after) == (429, value)


def test_nobody_listening_is_a_connection_that_failed_and_reached_nobody() -> None:
    with Origin() as gone:
        pass
    outcome = expect_failed(fetch(fetcher(settings(gone)), gone.url("/feed")))
    assert (outcome.problem, outcome.reached) == (FetchProblem.CONNECT, False)
    assert "refused" in outcome.detail


@pytest.mark.parametrize("code", [301, 308])
def test_a_chain_of_permanent_redirects_is_reported_and_not_acted_upon(code: int) -> None:
    with Origin() as origin:
        origin.serve("/old", redirect("/older", code))
        origin.serve("/older", redirect(f"http://u:p@127.0.0.1:{origin.port}/new#top", 301))
        origin.serve("/new", conditional(FEED, b'"v1"'))
        asker = fetcher(settings(origin))
        first = expect_fetched(fetch(asker, origin.url("/old")))
        again = replace(ask(origin.url("/old"), first.validators), validators_from=url_fingerprint(first.final_url))
        second = one_round(asker, [again])[0]
    assert (first.final_url, first.moved_to) == (origin.url("/new"), origin.url("/new"))
    assert isinstance(second, NotModified)
    assert second.moved_to == origin.url("/new")
    assert [request.target for request in origin.requests] == ["/old", "/older", "/new"] * 2


@pytest.mark.parametrize("code", [302, 303, 307])
def test_one_passing_redirect_in_the_chain_and_nothing_has_moved(code: int) -> None:
    with Origin() as origin:
        origin.serve("/old", redirect("/between", 301))
        origin.serve("/between", redirect("/new", code))
        origin.serve("/new", reply(FEED))
        outcome = expect_fetched(fetch(fetcher(settings(origin)), origin.url("/old")))
    assert (outcome.final_url, outcome.moved_to) == (origin.url("/new"), None)


@pytest.mark.parametrize(("hops", "arrival"), [(5, 200), (6, FetchProblem.REDIRECT)])
def test_five_redirects_are_followed_and_a_sixth_is_not(hops: int, arrival: int | FetchProblem) -> None:
    with Origin() as origin:
        for hop in range(hops):
            origin.serve(f"/{hop}", redirect(f"/{hop + 1}"))
        origin.serve(f"/{hops}", reply(FEED))
        outcome = fetch(fetcher(settings(origin)), origin.url("/0"))
    assert (outcome.problem if isinstance(outcome, FetchFailed) else expect_fetched(outcome).status) == arrival
    assert len(origin.requests) == 6


def test_a_failure_behind_a_redirect_says_where_it_happened_without_secrets() -> None:
    with Origin() as origin:
        origin.serve("/feed", redirect("/gone?token=geheim&page=2"))
        outcome = expect_failed(fetch(fetcher(settings(origin)), origin.url("/feed")))
    assert outcome.detail.startswith("HTTP 404 (Not Found) (redirected to http://127.0.0.1:")
    assert "page=2" in outcome.detail
    assert "geheim" not in outcome.detail


def test_a_name_of_any_length_fits_into_the_reason() -> None:
    with Origin() as origin:
        origin.serve("/feed", redirect(f"http://{'a.' * 9_000}example:{origin.port}/{'b' * 9_000}"))
        outcome = expect_failed(fetch(fetcher(settings(origin)), origin.url("/feed")))
    assert (outcome.problem, outcome.reached) == (FetchProblem.ADDRESS, True)
    assert len(outcome.detail) < 700


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (dribble(head(200, [("Content-Length", "5000")]), 0.05), "total_timeout"),
        (dribble(head(200) + FEED, 0.02), "total_timeout"),
        (raw(head(200) + FEED, Pause(seconds=20)), "total_timeout"),
    ],
)
def test_a_server_that_takes_its_time_is_left_after_the_total_deadline(script: Script, words: str) -> None:
    with Origin("127.0.0.1", "127.0.0.2") as origin:
        origin.serve("/slow", script)
        origin.serve("/feed", reply(FEED))
        polling = settings(origin, total_timeout=SHORT)
        slow, fast = one_round(fetcher(polling), [ask(origin.url("/slow")), ask(origin.url("/feed", "127.0.0.2"))])
    assert (expect_failed(slow).problem, expect_failed(slow).reached) == (FetchProblem.TIMEOUT, True)
    assert words in expect_failed(slow).detail
    expect_fetched(fast)


def test_a_server_that_falls_silent_is_left_after_the_read_timeout() -> None:
    with Origin() as origin:
        origin.serve("/feed", raw(Pause(seconds=20)))
        outcome = expect_failed(fetch(fetcher(settings(origin, read_timeout=SHORT)), origin.url("/feed")))
    assert (outcome.problem, outcome.reached) == (FetchProblem.TIMEOUT, True)
    assert "read_timeout" in outcome.detail


@examples(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(start=st.sampled_from([b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n", head(301) + b"Location: "]), noise=st.binary())
def test_noise_from_a_server_is_an_outcome_and_never_an_exception(start: bytes, noise: bytes) -> None:
    with Origin() as origin:
        origin.serve("/feed", raw(start + noise))
        outcome = fetch(fetcher(settings(origin)), origin.url("/feed"))
    assert not isinstance(outcome, FetchFailed) or outcome.detail.isprintable()


@pytest.mark.parametrize(
    "url", ["", "feed", "http://", "http://[::1", "http://0177.0.0.1/", "http://a b/\n", "http://x" * 40_000]
)
def test_a_url_that_is_none_is_a_failure_too(url: str) -> None:
    with Origin() as origin:
        outcome = expect_failed(fetch(fetcher(settings(origin), resolve=lambda _host, _port: []), url))
    assert outcome.problem in {FetchProblem.ADDRESS, FetchProblem.RESOLVE}
    assert not outcome.reached
