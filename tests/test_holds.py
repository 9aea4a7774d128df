"""Who may silence whom: a hold binds the feed that was told, and an origin only by its own word (rule P8)."""

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from house import House, settings
from simulated import NOON
from test_jobs_manners import DAY, HOUR, MINUTE, Answer, World, always, dated, feed, live, moved, world

from monitor.config import Settings
from monitor.health.status import notices, problems, status_of
from monitor.store.backup import back_up

pytestmark = pytest.mark.whole

WEEK = timedelta(days=7)
HONEST = "http://honest.example/feed"
FORGER = "http://forger.example/feed"
TRAP = "http://honest.example/maintenance"
BUSY = always(503, retry_after="604800")


def forged(earth: World, *hops: str, answer: Answer = BUSY) -> None:
    """The forger's feed leads over these addresses; the last one answers."""
    for start, end in pairwise((FORGER, *hops)):
        earth.answers[start] = moved(end, 302)
    earth.answers[hops[-1]] = answer


def origins_held(home: House) -> dict[str, datetime]:
    return dict(home.jobs.store.feeds.holds(home.clock.now()))


def state(home: House, url: str) -> datetime | None:
    return home.jobs.store.feeds.configured([url])[0].hold_until


@pytest.mark.parametrize(
    "hops",
    [
        (TRAP,),
        ("http://forger.example/next", TRAP),
        ("http://other.example/way", TRAP),
        ("http://honest.example/way", TRAP),
        ("http://HONEST.example./maintenance",),
    ],
    ids=["a trap", "a way round", "by a third", "twice there", "other letters"],
)
@pytest.mark.parametrize("order", [(HONEST, FORGER), (FORGER, HONEST)], ids=["honest first", "forger first"])
def test_a_redirect_silences_nobody_but_who_redirects(
    tmp_path: Path, hops: tuple[str, ...], order: tuple[str, str]
) -> None:
    with world(tmp_path, *order) as (home, earth):
        calm = feed(*dated(-1))
        earth.answers = {HONEST: calm, "honest.example": calm}
        forged(earth, *hops)
        earth.answers["honest.example."] = BUSY
        home.refresh()
        earth.asked.clear()
        live(home, 2 * DAY, HOUR)
        assert len(earth.times(HONEST)) >= 12
        assert earth.times(FORGER) == []
        assert origins_held(home) == {}
        assert (state(home, FORGER) or NOON) > NOON + 6 * DAY
        assert state(home, HONEST) is None


def test_the_quiet_within_a_round_is_the_feeds_own_too(tmp_path: Path) -> None:
    many = [FORGER, *(f"http://honest.example/{number}" for number in range(6))]
    with world(tmp_path, *many) as (home, earth):
        earth.answers = {"honest.example": feed(*dated(-1))}
        forged(earth, TRAP)
        reports = home.refresh()
        assert sorted(report.status for report in reports) == ["HTTP error"] + ["ok"] * 6


def test_its_own_word_binds_an_origin_and_who_redirects_there_and_no_other_origin(tmp_path: Path) -> None:
    own = [f"https://busy.example/{number}" for number in range(4)]
    others = [
        *("http://busy.example/a", "https://busy.example:8443/c"),
        *("https://www.busy.example/d", "http://third.example/e"),
    ]
    with world(tmp_path, *own, *others) as (home, earth):
        home.jobs.poller.fetcher._polling = replace(home.jobs.poller.polling, allow_ports=(80, 443, 8443))
        calm = feed(*dated(-1))
        earth.answers = dict.fromkeys(("busy.example", "busy.example:8443", "www.busy.example"), calm)
        earth.answers |= {own[0]: always(429, retry_after="7200"), "http://third.example/e": moved(own[1], 302)}
        home.poll(own[0])
        assert list(origins_held(home)) == ["https://busy.example"]
        earth.asked.clear()
        live(home, HOUR, MINUTE)
        assert [each for each in own if earth.times(each)] == []
        hosts = {headers["host"] for _, _, headers in earth.asked}
        assert hosts == {"busy.example", "busy.example:8443", "www.busy.example", "third.example"}
        earth.asked.clear()
        live(home, 3 * HOUR, MINUTE)
        assert all(earth.times(each) for each in own)
        waits = [later - earlier for earlier, later in pairwise(sorted(earth.times("https://busy.example/")))]
        assert min(waits) >= timedelta(seconds=2)


@pytest.mark.parametrize(
    ("status", "retry_after", "hours"),
    [
        (429, "7200", 2),
        (503, format_datetime(NOON + 5 * HOUR), 5),
        (503, "999999999999", 168),
        (429, format_datetime(NOON + 4000 * DAY), 168),
        (503, format_datetime(NOON - DAY), 0),
        (503, "0", 0),
        (503, "in a while", 2),
        (500, "7200", 0),
    ],
)
def test_however_it_asks_the_feed_waits_and_a_redirect_binds_nobody_else(
    tmp_path: Path, status: int, retry_after: str, hours: int
) -> None:
    with world(tmp_path, HONEST, FORGER) as (home, earth):
        earth.answers = {HONEST: feed(*dated(-1))}
        forged(earth, TRAP, answer=always(status, retry_after=retry_after))
        home.refresh()
        hold = state(home, FORGER)
        assert round(((hold or NOON) - NOON) / HOUR) == hours
        assert origins_held(home) == {}
        home.clock.advance(HOUR)
        (report,) = home.poll(FORGER)
        assert (report.status == "too soon") is (hours > 1)


def test_a_feed_that_moved_for_good_speaks_for_its_new_place(tmp_path: Path) -> None:
    old, new, sister = "http://old.example/feed", "https://new.example/feed", "https://new.example/sister"
    with world(tmp_path, old, sister) as (home, earth):
        calm = feed(*dated(-1))
        earth.answers = {old: moved(new), new: calm, sister: calm}
        live(home, 9 * DAY, HOUR)
        assert home.jobs.store.feeds.configured([old])[0].moved_to == new
        earth.answers[new] = always(503, retry_after="86400")
        live(home, 5 * HOUR, MINUTE)
        assert list(origins_held(home)) == ["https://new.example"]


def test_a_feed_that_redirects_to_an_origin_on_hold_looks_again_in_a_day(tmp_path: Path) -> None:
    own, alien = "http://busy.example/own", "http://alien.example/feed"
    with world(tmp_path, own, alien) as (home, earth):
        earth.answers = {own: BUSY, alien: moved("http://busy.example/other", 302)}
        home.poll(own)
        earth.asked.clear()
        live(home, 3 * DAY, HOUR)
        assert len(earth.times(alien)) == 3
        assert earth.times("busy.example") == []
        assert home.jobs.store.feeds.configured([alien])[0].failures == 0
        earth.answers[alien] = feed(*dated(-1))
        live(home, DAY + HOUR, HOUR)
        assert home.jobs.store.articles.count() == 1


def told(home: House, config: Settings) -> tuple[str, ...]:
    found = status_of(config, home.jobs.store, home.clock.now())
    assert not any("hold" in sentence for sentence in problems(found))
    return notices(found)


def test_a_long_hold_is_shown_and_a_short_one_is_not(tmp_path: Path) -> None:
    config_urls = ("http://busy.example/1?token=hush", "http://busy.example/2", FORGER)
    with world(tmp_path, *config_urls) as (home, earth):
        config = settings(tmp_path, config_urls, 80)
        earth.answers = {"busy.example": always(503, retry_after="7200")}
        home.poll("http://busy.example/2")
        assert told(home, config) == ()
        home.clock.advance(3 * HOUR)
        earth.answers["busy.example"] = BUSY
        forged(earth, "http://elsewhere.example/x")
        home.refresh()
        of_origin, alone = sorted(told(home, config), key=lambda sentence: "2 feeds" not in sentence)
        assert "On hold until 2026-03-08 15:00 UTC (7 days): 2 feeds of http://busy.example" in of_origin
        assert "hush" not in of_origin
        assert f"the feed {FORGER}" in alone
        home.clock.advance(WEEK + HOUR)
        assert told(home, config) == ()


SECRET = "4f6e7a1c9d"


@pytest.mark.parametrize(
    "url", [f"http://honest.example/feed?token={SECRET}", f"http://honest.example/feed?key={SECRET}&n=2"]
)
def test_who_asked_for_quiet_is_stored_without_the_secret_of_its_address(tmp_path: Path, url: str) -> None:
    with world(tmp_path, url) as (home, earth):
        earth.answers[url] = BUSY
        home.poll()
        assert origins_held(home)
        back_up(home.jobs.store.database.file, tmp_path / "backup.db")
    assert SECRET.encode() not in (tmp_path / "backup.db").read_bytes()
