"""One host, many feeds: one incident, a wait that drifts, who is woken, and name servers that hang."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fetch_rig import ask, fetcher
from fetch_rig import settings as fetch_settings
from house import Story, rss
from origin import Origin, reply
from simulated import NOON
from test_jobs_manners import DAY, HOUR, MINUTE, always, dated, feed, live, world

from monitor.fetch import Fetcher
from monitor.model.edition_input import FeedTrouble
from monitor.model.feed_update import FeedState
from monitor.model.fetch import Fetched, FetchRequest
from monitor.model.ids import FeedId
from monitor.model.settings import FeedSettings, PollingSettings
from monitor.policy.hosts import Failing, as_incidents, hosts_in_trouble, is_incident, woken_at
from monitor.policy.polling import EARLY, EARLY_CAP, RETRY_JITTER, retry_at, retry_jitter

MANY, OTHER = "https://many.example", "https://other.example:8443"
POLLING = PollingSettings()


def failing(origin: str, number: int, reason: str = "HTTP 500", *, is_named: bool = True) -> Failing:
    trouble = FeedTrouble(name=f"Desk {number}", url=f"{origin}/{number}", reason=reason, since=NOON - number * HOUR)
    return Failing(origin=origin, trouble=trouble, is_named=is_named)


def said(*feeds: Failing, **polled: int) -> list[tuple[str, str, int]]:
    counts = {MANY: polled.get("many", 0), OTHER: polled.get("other", 0)}
    return [(each.name, each.reason, each.feeds) for each in as_incidents(feeds, counts)]


@pytest.mark.parametrize(
    ("failing_feeds", "polled", "expected"),
    [(40, 40, True), (3, 3, True), (3, 6, True), (3, 7, False), (2, 2, False), (30, 300, False), (0, 0, False)],
)
def test_when_failing_feeds_are_an_incident(failing_feeds: int, polled: int, *, expected: bool) -> None:
    assert is_incident(failing_feeds, polled) is expected


def test_an_incident_is_one_line_in_the_place_of_its_first_feed() -> None:
    one, two, three = (failing(MANY, number) for number in (1, 2, 3))
    alone = failing(OTHER, 4, "timed out")
    assert said(one, alone, two, three, many=4, other=9) == [
        ("3 of 4 feeds of many.example", "HTTP 500", 3),
        ("Desk 4", "timed out", 1),
    ]
    (line,) = as_incidents([one, two, three], {MANY: 4})
    assert (line.url, line.since) == (MANY, NOON - 3 * HOUR)
    assert hosts_in_trouble([one, two, three, alone], {MANY: 4, OTHER: 9}) == {MANY}


def test_an_incident_counts_its_reasons_and_names_the_port() -> None:
    feeds = [failing(OTHER, number, reason) for number, reason in enumerate(["a", "b", "b", "c", "d", "b"])]
    assert said(*feeds, other=6) == [("6 of 6 feeds of other.example:8443", "3 × b, 1 × a, 1 × c", 6)]


def test_a_host_is_named_once_one_of_its_feeds_is() -> None:
    quiet = [failing(MANY, number, is_named=False) for number in range(3)]
    assert said(*quiet, many=3) == []
    assert [count for _, _, count in said(*quiet, failing(MANY, 9), many=4)] == [4]
    assert said(failing(OTHER, 1, is_named=False), other=1) == []


STATE = FeedState(id=FeedId(1), url=f"{MANY}/1", next_poll_at=NOON + 6 * HOUR, polled_at=NOON - HOUR, failures=5)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (STATE, NOON),
        (replace(STATE, polled_at=NOON - 5 * MINUTE), NOON + 10 * MINUTE),  # the floor
        (replace(STATE, next_poll_at=NOON), None),  # due anyway
        (replace(STATE, hold_until=NOON + 2 * HOUR), NOON + 2 * HOUR),  # it was asked to wait
        (replace(STATE, hold_until=NOON + 9 * HOUR), None),
        (replace(STATE, polled_at=NOON + 30 * DAY), NOON),  # polled by a clock that was ahead
        (replace(STATE, paused_at=NOON - DAY, next_poll_at=NOON), NOON),  # gone (410), asked once more
    ],
)
def test_when_a_neighbour_is_woken(state: FeedState, expected: object) -> None:
    assert woken_at(state, FeedSettings(url=state.url), POLLING, NOON) == expected


def waits(failures: Sequence[int], since: timedelta, *, interval: timedelta | None = None) -> list[timedelta]:
    one = FeedSettings(url=STATE.url, interval=interval)
    return [
        retry_at(
            one,
            POLLING,
            failures=count,
            is_gone=False,
            hints=STATE.hints,
            now=NOON,
            jitter=retry_jitter(FeedId(1)),
            drift=retry_jitter(FeedId(1), count),
            failing_since=NOON - since,
        )
        - NOON
        for count in failures
    ]


@pytest.mark.parametrize(
    ("since", "cap"), [(DAY, EARLY_CAP), (EARLY - MINUTE, EARLY_CAP), (EARLY, DAY), (40 * DAY, DAY)]
)
def test_the_longest_wait_is_another_one_each_time_and_never_too_long(since: timedelta, cap: timedelta) -> None:
    found = waits(range(8, 28), since)
    assert len(set(found)) == 20
    assert cap * (1 - RETRY_JITTER) <= min(found) < max(found) <= cap
    clock, hours = NOON, set()
    for wait in found:
        clock += wait
        hours.add(clock.hour)
    assert len(hours) > 10  # of the day: no bad hour is met for ever


def test_an_interval_beyond_the_cap_is_kept() -> None:
    assert set(waits([1, 9], DAY, interval=3 * DAY)) == {3 * DAY}


@pytest.mark.whole
@pytest.mark.parametrize("bad", [404, 410, 500, 503])
def test_a_good_answer_wakes_the_other_feeds_of_the_host_and_no_others(tmp_path: Path, bad: int) -> None:
    there = [f"http://many.example/{number}" for number in range(4)]
    elsewhere = "http://other.example/feed"
    with world(tmp_path, *there, elsewhere) as (home, earth):
        earth.answers = {"many.example": feed(*dated(-1)), "other.example": feed(*dated(-1))}
        live(home, 2 * HOUR)
        earth.answers = {"many.example": always(bad), "other.example": always(404)}
        live(home, 60 * HOUR)
        earth.answers["many.example"] = lambda _request: httpx.Response(200, content=rss(*dated(-1, 1)))
        earth.asked.clear()
        live(home, DAY + HOUR)
        first = {url: earth.times(url)[0] for url in there if earth.times(url)}
        assert set(first) == set(there)
        assert max(first.values()) - min(first.values()) <= 30 * MINUTE
        states = {state.url: state for state in home.jobs.store.feeds.configured()}
        assert {states[url].failures for url in there} == {0}
        assert {states[url].paused_at for url in there} == {None}
        assert states[elsewhere].failures
        assert len(earth.times("other.example")) <= 6


@pytest.mark.whole
def test_what_people_hear_of_forty_feeds_of_one_host(tmp_path: Path) -> None:
    there = [f"http://many.example/{number}" for number in range(40)]
    with world(tmp_path, *there, "http://other.example/feed") as (home, earth):
        earth.answers = {"many.example": feed(*dated(-1)), "other.example": feed(*dated(-1))}
        live(home, 2 * HOUR, HOUR)
        earth.answers["many.example"] = lambda request: httpx.Response(404 if "3" in request.url.path else 500)
        live(home, 16 * DAY, 3 * HOUR)
        store, now = home.jobs.store, home.clock.now()
        (line,) = store.edition_input.load("Daily", [], {}, now).coverage.failing
        assert (line.name, line.feeds) == ("40 of 40 feeds of many.example", 40)
        assert line.reason == "27 × HTTP 500 (Internal Server Error), 13 × HTTP 404 (Not Found)"
        assert store.feeds.idle(now) == ()
        assert [each.name for each in store.overview.overview(now).troubles] == [line.name]
        home.jobs.operator_notes.run()
        (note,) = store.notes.open()
        assert note.text.startswith("40 of 40 feeds of many.example (http://many.example) have been failing since ")


def test_name_servers_that_hang_for_forty_feeds_delay_no_other() -> None:
    """They are released by the last answer to the others: if these waited for them, all would time out."""
    released = threading.Event()

    def resolve(host: str, _port: int) -> list[str]:
        if host.startswith("hang"):
            released.wait(30)
        return ["127.0.0.1"]

    async def together(asker: Fetcher, hanging: list[FetchRequest], honest: list[FetchRequest]) -> list[object]:
        async with asker.session() as session:
            stuck = [asyncio.ensure_future(session.fetch(each)) for each in hanging]
            await asyncio.sleep(0)
            fine = await asyncio.gather(*(session.fetch(each) for each in honest))
            released.set()
            return [*fine, *await asyncio.gather(*stuck)]

    with Origin() as origin:
        origin.serve("/feed", reply(b"<rss/>"))
        polling = replace(fetch_settings(origin), total_timeout=timedelta(seconds=25), concurrency=4)
        asker = fetcher(polling, resolve=resolve)
        hanging = [ask(origin.url("/feed", f"hang{number}.example")) for number in range(40)]
        honest = [ask(origin.url("/feed", f"fine{number}.example")) for number in range(4)]
        outcomes = asyncio.run(together(asker, hanging, honest))
    assert [type(each) for each in outcomes] == [Fetched] * 44


@pytest.mark.whole
@pytest.mark.parametrize("every", [6, 8])
def test_what_stands_for_a_day_arrives_from_a_host_that_is_well_now_and_then(tmp_path: Path, every: int) -> None:
    there = [f"http://many.example/{number}" for number in range(2)]
    with world(tmp_path, *there) as (home, earth):

        def answer(request: httpx.Request) -> httpx.Response:
            hour = int((home.clock.now() - NOON) / HOUR)
            if hour % every:
                return httpx.Response(500 if hour % 2 else 404)
            blocks = range(hour // every - 24 // every + 1, hour // every + 1)  # each stands for a day
            stories = [Story(id=f"{request.url.path}-{each}", title=f"Bulletin {each}") for each in blocks]
            return httpx.Response(200, content=rss(*stories))

        earth.answers = {"many.example": answer}
        live(home, 150 * HOUR, 10 * MINUTE)
        served = 2 * (149 // every + 24 // every)
        assert home.jobs.store.articles.count() >= 0.6 * served
