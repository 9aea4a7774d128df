"""Manners over time, through the whole flow: the network is scripted at the transport seam, the clock moved by hand."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from house import House, Story, lived_in, rss, settings, with_parts
from simulated import NOON, SimulatedClock

from monitor.config import Settings
from monitor.daemon.requests import Context, done
from monitor.fetch import Fetcher, Resolve
from monitor.jobs import poll_round as round_
from monitor.model.requests import PollRequest
from monitor.model.settings import FeedSettings

pytestmark = pytest.mark.whole

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

Answer = Callable[[httpx.Request], httpx.Response]


@dataclass
class World(httpx.AsyncBaseTransport):
    """The network of a test: who answers what, and who was asked when with which headers."""

    clock: SimulatedClock
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[datetime, str, httpx.Headers]] = field(default_factory=list)
    is_up: bool = True
    now: int = 0
    peak: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url.copy_with(netloc=request.headers["host"].encode()))
        self.asked.append((self.clock.now(), url, request.headers))
        self.now += 1
        self.peak = max(self.peak, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        host = request.headers["host"]
        return self.answers.get(url, self.answers.get(host, _nothing))(request)

    def resolve(self, _host: str, _port: int) -> list[str]:
        if not self.is_up:
            raise OSError("no name server")
        return ["93.184.216.34"]

    def times(self, part: str = "") -> list[datetime]:
        return [at for at, url, _ in self.asked if part in url]


def _nothing(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(404)


def feed(*stories: Story, headers: dict[str, str] | None = None) -> Answer:
    """A well-behaved server with this document."""
    tag = f'"{len(stories)}-{stories[-1].id if stories else ""}"'

    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers.get("if-none-match") == tag:
            return httpx.Response(304)
        return httpx.Response(200, content=rss(*stories), headers={"ETag": tag, **(headers or {})})

    return answer


def always(status: int, **headers: str) -> Answer:
    return lambda _request: httpx.Response(status, headers={key.replace("_", "-"): headers[key] for key in headers})


def moved(to: str, status: int = 301) -> Answer:
    return always(status, location=to)


def dated(*days: float) -> list[Story]:
    return [Story(id=f"d{day}", title=f"Of {day} days", at=NOON + timedelta(days=day)) for day in days]


@contextmanager
def world(folder: Path, *urls: str, config: Settings | None = None) -> Iterator[tuple[House, World]]:
    """A house whose feeds are these, in a world where all of them answer 404."""
    chosen = config or settings(folder, urls, 80)
    polling = replace(chosen.polling, allow_private=(), allow_ports=(80, 443), host_gap=timedelta(seconds=2))
    clock = SimulatedClock()
    earth = World(clock)
    with lived_in(replace(chosen, polling=polling), clock) as home:
        resolve: Resolve = earth.resolve
        fetcher = Fetcher(polling, clock, user_agent="test", resolve=resolve, transport=earth)
        yield replace(home, jobs=with_parts(home.jobs, fetcher=fetcher)), earth


def live(home: House, span: timedelta, step: timedelta = 15 * MINUTE) -> None:
    """Time passes, and only feeds are polled."""
    end = home.clock.now() + span
    while home.clock.now() < end:
        home.clock.advance(step)
        if home.jobs.store.feeds.due(home.clock.now()):
            home.refresh()


def urls(count: int) -> list[str]:
    return [f"http://h{number}.example/feed" for number in range(count)]


def test_a_poll_of_what_is_due_polls_all_of_it_once_though_some_feed_is_always_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(round_, "LOOK_SECONDS", 0)
    many, often = [f"http://many.example/{number}" for number in range(4)], "http://often.example/feed"
    with world(tmp_path, often, *many) as (home, earth):
        earth.answers = {host: feed(*dated(-1)) for host in ("many.example", "often.example")}
        slow = Context(jobs=home.jobs, on_polled=lambda _: home.clock.advance(DAY))
        reports = done(slow, PollRequest(due=True))["reports"]
        assert sorted(each["url"] for each in reports) == sorted([often, *many])


@pytest.mark.parametrize("count", [3, *(pytest.param(count, marks=pytest.mark.simulate) for count in (20, 100))])
def test_our_own_outage_blames_no_feed_and_all_are_polled_soon_after_it(tmp_path: Path, count: int) -> None:
    with world(tmp_path, *urls(count)) as (home, earth):
        earth.answers = {f"h{number}.example": feed(*dated(-1)) for number in range(count)}
        live(home, 2 * HOUR)
        earth.is_up = False
        live(home, 6 * HOUR, MINUTE)
        earth.asked.clear()
        assert home.jobs.store.outages.current() is not None
        earth.is_up = True
        live(home, 10 * MINUTE, MINUTE / 2)
        states = home.jobs.store.feeds.configured()
        assert {each.failures for each in states} == {0}
        assert {each.failing_since for each in states} == {None}
        assert len({url for _, url, _ in earth.asked}) == count
        assert home.jobs.store.outages.current() is None
        assert earth.peak <= 8
        (outage,) = home.jobs.store.edition_input.load("Daily", [], {}, home.clock.now()).coverage.outages
        assert outage.until is not None
        assert outage.until - outage.since > 5 * HOUR


def test_a_host_that_is_down_is_no_outage_of_ours(tmp_path: Path) -> None:
    with world(tmp_path, *urls(5)) as (home, earth):
        earth.answers = {f"h{number}.example": feed(*dated(-1)) for number in range(1, 5)}

        def down(_request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("no")

        earth.answers["h0.example"] = down
        live(home, DAY)
        assert home.jobs.store.outages.current() is None
        failing = [each.url for each in home.jobs.store.feeds.configured() if each.failures]
        assert failing == [urls(5)[0]]


@pytest.mark.simulate
def test_a_feed_that_fails_for_two_months_is_polled_within_a_day_of_its_return(tmp_path: Path) -> None:
    with world(tmp_path, *urls(2)) as (home, earth):
        good, bad = urls(2)
        earth.answers = {good: feed(*dated(-1)), bad: always(500)}
        live(home, 60 * DAY, 2 * HOUR)
        (trouble,) = home.jobs.store.edition_input.load("Daily", [], {}, home.clock.now()).coverage.failing
        assert (trouble.reason, trouble.since.date()) == ("HTTP 500 (Internal Server Error)", NOON.date())
        earth.answers[bad] = feed(*dated(-1))
        live(home, DAY, HOUR)
        assert home.jobs.store.articles.count() == 2


def test_a_feed_that_is_gone_twice_is_no_longer_asked_until_its_owner_does(tmp_path: Path) -> None:
    (url,) = urls(1)
    with world(tmp_path, url) as (home, earth):
        earth.answers = {url: always(410)}
        live(home, 10 * DAY, HOUR)
        first, second = earth.times()
        assert second - first >= DAY
        (trouble,) = home.jobs.store.edition_input.load("Daily", [], {}, home.clock.now()).coverage.failing
        assert trouble.reason == "HTTP 410 (Gone); no longer polled"
        earth.answers = {url: feed(*dated(-1))}
        home.poll(url)
        live(home, DAY)
        assert len(earth.times()) > 5


def test_a_portal_that_redirects_for_good_changes_nothing(tmp_path: Path) -> None:
    (url,) = urls(1)
    with world(tmp_path, url) as (home, earth):
        portal = lambda _request: httpx.Response(200, content=b"<html><title>Log in</title></html>")  # noqa: E731
        earth.answers = {url: feed(*dated(-1)), "portal.example": portal}
        live(home, 3 * HOUR)
        earth.answers[url] = moved("http://portal.example/login")
        live(home, 2 * HOUR)
        earth.answers[url] = feed(*dated(-1))
        live(home, 3 * DAY, HOUR)
        (after,) = home.jobs.store.feeds.configured()
        assert (after.moved_to, after.moving_to, after.failures) == ("", "", 0)
        assert home.jobs.store.articles.count() == 1


def test_a_feed_that_has_moved_is_read_there_after_a_week_repeats_nothing_and_is_told_once(tmp_path: Path) -> None:
    (url,) = urls(1)
    new = "https://new.example/feed"
    with world(tmp_path, url) as (home, earth):
        earth.answers = {url: moved(new), new: feed(*dated(-1, -2))}
        live(home, 6 * DAY, HOUR)
        assert earth.times(url)[-1] > home.clock.now() - 5 * HOUR
        live(home, 3 * DAY, HOUR)
        (after,) = home.jobs.store.feeds.configured()
        assert (after.url, after.moved_to) == (url, new)
        assert home.jobs.store.articles.count() == 2
        before = len(earth.times(url))
        live(home, 3 * DAY, HOUR)
        assert len(earth.times(url)) == before
        conditions = [headers.get("if-none-match") for _, asked, headers in earth.asked if asked == new]
        assert (conditions.count(None), conditions[0]) == (1, None)
        (told,) = home.jobs.store.edition_input.load("Daily", [], {}, home.clock.now()).coverage.moved
        assert told.to == new


@pytest.mark.simulate
@pytest.mark.parametrize(("every_days", "probes"), [(1, 12), (30, 0)])
def test_an_honest_server_is_seldom_asked_without_validators(tmp_path: Path, every_days: int, probes: int) -> None:
    (url,) = urls(1)
    with world(tmp_path, url) as (home, earth):
        earth.answers = {url: feed(*dated(*(-every_days * each for each in range(10))))}
        live(home, 365 * DAY if probes else 100 * DAY, 12 * HOUR)
        unconditional = [at for at, _, headers in earth.asked if "if-none-match" not in headers]
        assert len(unconditional) == 1 + probes
        assert all(later - earlier >= 30 * DAY for earlier, later in pairwise(unconditional[1:]))


def test_a_server_that_is_stuck_at_304_is_found_out_on_the_ninth_day(tmp_path: Path) -> None:
    (url,) = urls(1)
    with world(tmp_path, url) as (home, earth):
        earth.answers = {url: feed(*dated(-3, -2, -1))}
        live(home, DAY, HOUR)

        def stuck(request: httpx.Request) -> httpx.Response:
            if "if-none-match" in request.headers:
                return httpx.Response(304)
            return httpx.Response(200, content=rss(*dated(-3, -2, -1, 2)), headers={"ETag": '"stuck"'})

        earth.answers = {url: stuck}
        live(home, 7 * DAY, HOUR)
        assert home.jobs.store.articles.count() == 3
        live(home, DAY, HOUR)
        assert home.jobs.store.articles.count() == 4


def test_a_feed_is_asked_as_often_as_it_publishes(tmp_path: Path) -> None:
    seldom, fixed = urls(2)
    config = settings(tmp_path, [seldom], 80)
    config = replace(config, feeds=(*config.feeds, FeedSettings(url=fixed, interval=HOUR)))
    with world(tmp_path, config=config) as (home, earth):
        answer = feed(*dated(*(-3.5 * each for each in range(8))))
        earth.answers = {seldom: answer, fixed: answer}
        live(home, 7 * DAY, 15 * MINUTE)
        assert 40 <= len(earth.times(seldom)) <= 50
        assert len(earth.times(fixed)) == 168


def test_a_feed_whose_window_overflows_is_asked_sooner_and_never_below_the_floor(tmp_path: Path) -> None:
    (url,) = urls(1)
    with world(tmp_path, url) as (home, earth):

        def torrent(_request: httpx.Request) -> httpx.Response:
            minute = int((home.clock.now() - NOON) / MINUTE)
            latest = [Story(id=str(each), title=f"Minute {each}", at=NOON + each * MINUTE) for each in range(minute)]
            return httpx.Response(200, content=rss(*latest[-30:]))

        earth.answers = {url: torrent}
        live(home, 12 * HOUR, 5 * MINUTE)
        waits = [later - earlier for earlier, later in pairwise(earth.times())]
        assert min(waits) == waits[-1] == 15 * MINUTE
        gaps = home.jobs.store.edition_input.load("Daily", [], {}, home.clock.now()).coverage.gaps
        assert sum(gap.times for gap in gaps) <= 3


def test_a_document_that_never_changes_is_parsed_once_whatever_its_validators(tmp_path: Path) -> None:
    (url,) = urls(1)
    with world(tmp_path, url) as (home, earth):
        earth.answers = {
            url: lambda _request: httpx.Response(
                200, content=rss(*dated(-1)), headers={"ETag": f'"{len(earth.asked)}-gzip"'}
            )
        }
        live(home, DAY, HOUR)
        sent = [headers.get("if-none-match") for _, _, headers in earth.asked]
        assert sent == [None, *(f'"{number}-gzip"' for number in range(1, len(sent)))]
        with home.jobs.store.database.read() as connection:
            found = connection.exec_driver_sql("SELECT status, count(*) FROM polls GROUP BY status").all()
        assert sorted(map(tuple, found)) == [("ok", 1), ("unchanged", len(sent) - 1)]


@pytest.mark.simulate
def test_only_headers_on_the_list_are_sent_and_no_cookie_is_kept(tmp_path: Path) -> None:
    many = urls(10)
    with world(tmp_path, *many) as (home, earth):
        biscuit = {"Set-Cookie": "visitor=1", "Last-Modified": "today"}
        earth.answers = {url: moved(url.replace("feed", "new"), 302) for url in many}
        earth.answers |= {url.replace("feed", "new"): feed(*dated(-1), headers=biscuit) for url in many}
        live(home, 15 * DAY, HOUR)
        assert len(earth.asked) >= 1000
        sent = {name for _, _, headers in earth.asked for name in headers}
    assert sent == {
        *("host", "user-agent", "accept", "accept-encoding", "connection"),
        *("if-none-match", "if-modified-since"),
    }


@pytest.mark.simulate
def test_a_backlog_after_downtime_is_worked_off_politely(tmp_path: Path) -> None:
    many = [f"http://h{number % 100}.example/{number}" for number in range(500)]
    with world(tmp_path, *many) as (home, earth):
        earth.answers = {f"h{number}.example": feed(*dated(-1)) for number in range(100)}
        home.clock.advance(3 * DAY)
        home.refresh()
        assert len({url for _, url, _ in earth.asked}) == 500
        assert earth.peak <= 8
        for number in range(100):
            times = sorted(earth.times(f"//h{number}.example/"))
            assert min(later - earlier for earlier, later in pairwise(times)) >= timedelta(seconds=2)
