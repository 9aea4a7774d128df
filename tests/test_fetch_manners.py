"""Manners: what we send, how many of us come at once, how soon we come again (P9, P13)."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import httpx
import pytest
from fetch_rig import AGENT, PatientClock, ask, expect_failed, expect_fetched, fetch, fetcher, one_round, settings
from origin import Origin, Pause, head, raw, redirect, reply

from monitor.fetch import user_agent
from monitor.model.settings import PollingSettings

FEED = b"<rss/>"
GAP = timedelta(seconds=2)
SENT = {b"Host", b"User-Agent", b"Accept", b"Accept-Encoding", b"Connection"}
CONDITIONS = {b"If-None-Match", b"If-Modified-Since"}


def test_only_headers_on_the_list_are_ever_sent_and_no_cookie() -> None:
    biscuit = ("Set-Cookie", "visitor=1; Path=/")
    with Origin() as origin:
        origin.serve("/feed", reply(FEED, headers=[biscuit, ("ETag", b'"v1"'), ("Last-Modified", "today")]))
        origin.serve("/moved", redirect("/feed"))
        asker = fetcher(settings(origin))
        first = expect_fetched(fetch(asker, origin.url("/moved")))
        one_round(asker, [ask(origin.url(path), first.validators) for path in ("/feed", "/moved") * 100])
    assert len(origin.requests) == 302
    for request in origin.requests:
        assert request.method == "GET"
        assert {name for name, _ in request.headers} - CONDITIONS == SENT
        assert len(request.headers) == len({name for name, _ in request.headers})
        assert request.header("user-agent") == AGENT.encode()
        assert request.header("accept-encoding") == b"gzip"
        assert request.header("host") == f"127.0.0.1:{origin.port}".encode()


def test_a_login_in_the_url_is_neither_sent_nor_shown() -> None:
    with Origin() as origin:
        origin.serve("/feed", reply(FEED))
        outcome = expect_fetched(fetch(fetcher(settings(origin)), origin.url("/feed", "editor:geheim@127.0.0.1")))
    assert origin.requests[0].header("authorization") is None
    assert outcome.final_url == origin.url("/feed")


@pytest.mark.parametrize(
    ("contact", "agent"),
    [
        ("https://owner.example/", "news-monitor/1.2 (+https://owner.example/)"),
        ("me@owner.example", "news-monitor/1.2 (+me@owner.example)"),
        ("", "news-monitor/1.2 (a news feed monitor)"),
        ("é) evil\r\nX-Header: 1", "news-monitor/1.2 (+ evilX-Header: 1)"),
    ],
)
def test_we_say_who_we_are(contact: str, agent: str) -> None:
    assert user_agent("1.2", contact) == agent


@pytest.mark.parametrize("page", ["redirect", "refresh"])
def test_who_asks_may_say_where_it_is_followed_to_and_what_it_wants(page: str) -> None:
    refresh = reply(b"<html><meta http-equiv=refresh content='0; url=/shut?token=s3cret'></html>")
    with Origin() as origin:
        origin.serve("/first", redirect("/open"))
        origin.serve("/open", redirect("/shut?token=s3cret") if page == "redirect" else refresh)
        request = replace(
            ask(origin.url("/first")),
            accept="text/html",
            may_follow=lambda url: not url.startswith(origin.url("/shut")),
        )
        failed = expect_failed(one_round(fetcher(settings(origin)), [request])[0])
    assert [each.target for each in origin.requests] == ["/first", "/open"]
    assert {each.header("accept") for each in origin.requests} == {b"text/html"}
    assert failed.sent_on_to == origin.url("/shut?token=s3cret")
    assert "which is not followed (redirected to" in failed.detail
    assert "s3cret" not in failed.detail


def test_a_user_agent_that_cannot_be_sent_as_it_is_is_sent_as_well_as_can_be() -> None:
    with Origin() as origin:
        origin.serve("/feed", reply(FEED))
        asker = fetcher(settings(origin))
        asker._agent = "zeitung-möwe/1"
        expect_fetched(fetch(asker, origin.url("/feed")))
    assert origin.requests[0].header("user-agent") == b"zeitung-m?we/1"


def test_few_requests_run_at_once_in_all() -> None:
    addresses = [f"127.0.0.{number}" for number in range(1, 13)]
    with Origin(*addresses) as origin:
        origin.serve("/feed", raw(Pause(seconds=0.05), head(200) + FEED))
        asker = fetcher(settings(origin, concurrency=3))
        outcomes = one_round(asker, [ask(origin.url("/feed", address)) for address in addresses])
    assert all(expect_fetched(outcome) for outcome in outcomes)
    assert origin.peak == 3


def test_a_host_is_asked_one_thing_at_a_time() -> None:
    with Origin() as origin:
        origin.serve("/feed", raw(Pause(seconds=0.02), head(200) + FEED))
        one_round(fetcher(settings(origin)), [ask(origin.url("/feed"))] * 8)
    assert origin.peak == 1
    assert len(origin.requests) == 8


class Newsroom(httpx.AsyncBaseTransport):
    """A network of a test: everybody answers at once, or redirects; it notes who was asked when."""

    def __init__(self, clock: PatientClock, moved: dict[str, str] | None = None) -> None:
        self.clock = clock
        self.moved = moved or {}
        self.asked: list[tuple[str, datetime]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = f"http://{request.headers['host']}{request.url.path}"
        self.asked.append((request.headers["host"], self.clock.now()))
        await asyncio.sleep(0)
        if url in self.moved:
            return httpx.Response(301, headers={"Location": self.moved[url]})
        return httpx.Response(200, content=FEED)

    def gaps(self, host: str) -> list[timedelta]:
        moments = [moment for asked, moment in self.asked if asked == host]
        return [later - earlier for earlier, later in pairwise(moments)]


def resolve(_host: str, _port: int) -> list[str]:
    return ["93.184.216.34"]


def test_a_host_is_left_alone_for_the_gap_also_from_one_round_to_the_next() -> None:
    clock = PatientClock()
    room = Newsroom(clock)
    asker = fetcher(PollingSettings(host_gap=GAP), clock=clock, resolve=resolve, transport=room)
    for _ in range(3):
        one_round(asker, [ask(f"http://{host}.example/{number}") for host in ("a", "b") for number in range(3)])
    assert len(room.asked) == 18
    assert len(room.gaps("a.example")) == 8
    assert min(room.gaps("a.example") + room.gaps("b.example")) >= GAP


def test_a_redirect_to_the_same_host_waits_its_turn_too() -> None:
    clock = PatientClock()
    room = Newsroom(clock, moved={"http://a.example/old": "http://a.example/new"})
    asker = fetcher(PollingSettings(host_gap=GAP), clock=clock, resolve=resolve, transport=room)
    outcome = expect_fetched(fetch(asker, "http://a.example/old"))
    assert outcome.moved_to == "http://a.example/new"
    assert room.gaps("a.example") == [GAP]


def test_waiting_for_a_turn_is_not_counted_against_the_deadline() -> None:
    clock = PatientClock()
    polling = PollingSettings(host_gap=timedelta(hours=1), total_timeout=timedelta(seconds=30))
    asker = fetcher(polling, clock=clock, resolve=resolve, transport=Newsroom(clock))
    outcomes = one_round(asker, [ask(f"http://a.example/{number}") for number in range(5)])
    assert all(expect_fetched(outcome).elapsed < timedelta(seconds=30) for outcome in outcomes)
    assert clock.slept == [3600.0] * 4


def test_hosts_that_were_asked_long_ago_are_forgotten() -> None:
    clock = PatientClock()
    asker = fetcher(PollingSettings(host_gap=GAP), clock=clock, resolve=resolve, transport=Newsroom(clock))
    one_round(asker, [ask(f"http://{number}.example/") for number in range(50)])
    clock.moment += timedelta(minutes=1)
    one_round(asker, [ask("http://a.example/")])
    assert list(asker._last_asked) == ["a.example"]


def test_a_clock_that_is_set_back_holds_no_host_for_longer_than_the_gap() -> None:
    clock = PatientClock()
    asker = fetcher(PollingSettings(host_gap=GAP), clock=clock, resolve=resolve, transport=Newsroom(clock))

    async def run() -> None:
        async with asker.session() as session:
            await session.fetch(ask("http://a.example/1"))
            clock.moment -= timedelta(days=1)
            await session.fetch(ask("http://a.example/2"))

    asyncio.run(run())
    assert clock.slept == [GAP.total_seconds()]
