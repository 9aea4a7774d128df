"""An upgrade that changes a shipped list or the meaning of terms: stored articles are matched again once, what newly
matches is listed once, and the trend goes on with a past that is right.

Each day brings a storm, and every second one a gale; the digest is made at 8.
"""

import logging
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 (seeded)
from typing import Any

import pytest
import structlog
from house import House, InProcess, Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import SimulatedClock
from structlog.testing import capture_logs

from monitor.config import Settings
from monitor.daemon.build import opened
from monitor.match.fingerprint import MEANING
from monitor.model.match import Origin as Why
from monitor.model.topic import Rule, Topic

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST = datetime(2026, 3, 1, 8, tzinfo=UTC)
WEATHER = Topic(name="Weather", rules=(Rule(all=(("@bad-weather",),)),))
STORMS, BOTH, GALES = ("storm",), ("storm", "gale"), ("gale",)
DAYS = 20
"""More than a trend of an edition looks back, and than `backfill`, which is a week."""

Reads = Callable[[Settings], Settings]


def shipped(*terms: str, topic: Topic = WEATHER) -> Reads:
    """As a version of the program reads the config that ships this list."""
    return lambda config: replace(
        config, topics=(topic,), lists={"bad-weather": terms}, shipped=frozenset({"bad-weather"})
    )


def owned(*terms: str) -> Reads:
    """As a config is read that has the list itself."""
    return lambda config: replace(config, topics=(WEATHER,), lists={"bad-weather": terms}, shipped=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder with what twenty days have left, in which the program is opened at the end of the last one."""

    folder: Path
    origin: Origin
    clock: SimulatedClock

    @contextmanager
    def opened(self, reads: Reads) -> Iterator[House]:
        """A start: what changed is matched again."""
        with lived_in(reads(settings(self.folder, [self.origin.url("/a")], self.origin.port)), self.clock) as home:
            yield home

    @contextmanager
    def unmatched(self, reads: Reads) -> Iterator[House]:
        """A start that is not as far yet."""
        config = reads(settings(self.folder, [self.origin.url("/a")], self.origin.port))
        parsers: Any = InProcess()
        with opened(config, self.clock, chance=lambda: 0.0, is_matched=False, parsers=parsers) as jobs:
            yield House(jobs=jobs, clock=self.clock, folder=self.folder)

    def live(self, home: House, days: range) -> None:
        for day in days:
            self.clock.moment = FIRST + day * DAY
            self.origin.serve("/a", reply(rss(*news_of(day))))
            home.tick()


@pytest.fixture(scope="module")
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


@pytest.fixture(scope="module")
def past(origin: Origin, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty days of storms, by a list of the program's."""
    place = Place(folder=tmp_path_factory.mktemp("past"), origin=origin, clock=SimulatedClock(FIRST))
    with place.opened(shipped(*STORMS)) as home:
        place.live(home, range(DAYS))
        assert "1 today, usually 1 a day" in home.mails()[-1]
        assert counted(home) == (1,) * 15
    return place.folder


@pytest.fixture
def place(past: Path, origin: Origin, tmp_path: Path) -> Place:
    shutil.copytree(past, tmp_path, dirs_exist_ok=True)
    return Place(folder=tmp_path, origin=origin, clock=SimulatedClock(FIRST + (DAYS - 1) * DAY))


def news_of(day: int) -> tuple[Story, ...]:
    """No two have a word in common but the one that is looked for."""
    words = ("storm", "gale", "bakery") if day % 2 else ("storm", "bakery")
    return tuple(_story(day, word) for word in words)


def _story(day: int, word: str) -> Story:
    own = Random(f"{day} {word}")
    fillers = ["".join(own.choices("bcdfglmnprstvz", k=8)).capitalize() for _ in range(12)]
    title = f"{fillers[0]} {word} {mark(day, word)}"
    return Story(id=f"{word}{day}", title=title, text=" ".join(fillers[1:]), at=FIRST + day * DAY - HOUR)


def mark(day: int, word: str) -> str:
    return f"{word[0]}mark" + "abcdefghij"[day // 10] + "abcdefghij"[day % 10]


def mails_with(home: House, day: int, word: str) -> int:
    return sum(mark(day, word) in mail for mail in home.mails())


def counted(home: House) -> tuple[int | None, ...]:
    """What the trend has of the fifteen days that end now."""
    now = home.clock.now()
    bounds = [now - back * DAY for back in range(15, -1, -1)]
    return home.jobs.store.matches.stories_a_day(["Weather"], bounds)["Weather"]


def expected(of_a_day: Callable[[int], int], last: int = DAYS - 1, days: int = 15) -> tuple[int, ...]:
    return tuple(of_a_day(day) for day in range(last - days + 1, last + 1))


def storms_and_gales(day: int) -> int:
    return 1 + day % 2


def flagged(home: House, word: str) -> dict[int, Why]:
    """The days whose article of this word matches, and why each does."""
    store, found = home.jobs.store, {}
    for article, _ in store.articles.decided_since(FIRST - DAY):
        stored = store.matches.one("Weather", article.id)
        if f" {word} " in article.title and stored is not None:
            found[(article.first_seen_at - FIRST).days] = stored.origin
    return found


def test_a_shipped_list_that_grew_brings_what_it_finds_once_and_the_trend_goes_on(place: Place) -> None:
    place.clock.advance(HOUR)
    with place.opened(shipped(*BOTH)) as home:
        assert counted(home) == expected(storms_and_gales)
        found = flagged(home, "gale")
        assert {day for day, why in found.items() if why is Why.BACKFILL} == {13, 15, 17, 19}
        assert {day for day, why in found.items() if why is Why.BASELINE} == {1, 3, 5, 7, 9, 11}
        place.live(home, range(DAYS, DAYS + 3))
        assert counted(home) == expected(storms_and_gales, DAYS + 2)
        today, *_ = home.mails()[-3:]
        assert "1 today, usually 1.5 a day" in today
        assert [day for day in range(DAYS) if mark(day, "gale") in today] == [13, 15, 17, 19]
        assert [mails_with(home, day, "storm") for day in range(DAYS + 3)] == [1] * (DAYS + 3)
        assert [mails_with(home, day, "gale") for day in range(1, DAYS + 3, 2)] == [0] * 6 + [1] * 5


def test_a_shipped_list_that_shrank_takes_its_finds_out_of_the_trend(place: Place) -> None:
    """Also those that were mailed, which stay known as mailed; another upgrade may bring them back."""
    with place.opened(shipped(*GALES)) as home:
        assert counted(home) == expected(lambda day: day % 2)
        assert len(flagged(home, "storm")) == DAYS
    with place.opened(shipped(*BOTH)) as home:
        assert counted(home) == expected(storms_and_gales)
        place.live(home, range(DAYS, DAYS + 2))
        assert [mails_with(home, day, "storm") for day in range(DAYS + 2)] == [1] * (DAYS + 2)


def test_terms_that_mean_something_else_are_looked_for_again_and_the_trend_survives(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["monitor.match.fingerprint"], "MEANING", MEANING + 1)
    with place.opened(shipped(*STORMS)) as home:
        known = {match.fingerprint for _, decided in home.jobs.store.articles.decided_since(FIRST) for match in decided}
        assert known == {home.jobs.rematcher.units.fingerprints["Weather"]}
        assert counted(home) == (1,) * 15
        place.live(home, range(DAYS, DAYS + 1))
        assert "1 today, usually 1 a day" in home.mails()[-1]
        assert mails_with(home, DAYS - 1, "storm") == 1


RULE = replace(WEATHER, rules=(Rule(all=(BOTH,)),))
ANOTHER_TERM = replace(WEATHER, rules=(Rule(all=(("@bad-weather", "hail"),)),))


@pytest.mark.parametrize(
    "now",
    [owned(*BOTH), shipped(*STORMS, topic=RULE), shipped(*BOTH, topic=ANOTHER_TERM)],
    ids=["a list of the owner's in place of the shipped one", "a rule", "a rule, while the list changed too"],
)
def test_what_the_owner_changed_is_known_as_far_back_as_it_was_looked_for(place: Place, now: Reads) -> None:
    with place.opened(now) as home:
        assert counted(home) == (None,) * 8 + expected(storms_and_gales, days=7)
        assert min(flagged(home, "gale")) == 13


def effects(place: Place, reads: Reads) -> list[dict[str, Any]]:
    """What a start with these topics logs about what changes of them did."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    try:
        with capture_logs() as events, place.opened(reads):
            pass
    finally:
        structlog.reset_defaults()
    keys = ("topic", "days", "before", "now", "entered", "left", "matches")
    wanted = [each for each in events if each["event"] in ("effect of a changed topic", "topic is new")]
    return [{key: each[key] for key in keys if key in each} for each in wanted]


def test_a_change_of_a_rule_is_answered_with_its_effect_once_and_an_upgrade_is_none(place: Place) -> None:
    gales_alone = replace(WEATHER, rules=(Rule(all=(GALES,)),))
    assert effects(place, shipped(*BOTH)) == []
    assert effects(place, shipped(*BOTH, topic=gales_alone)) == [
        {"topic": "Weather", "days": 7.0, "before": 12, "now": 4, "entered": 0, "left": 8}
    ]
    assert effects(place, shipped(*BOTH, topic=gales_alone)) == []
    new = replace(RULE, name="Storms")
    assert effects(place, shipped(*BOTH, topic=new)) == [{"topic": "Storms", "days": 7.0, "matches": 12}]


def test_the_same_terms_in_a_list_of_the_owners_are_no_change_and_later_they_are_the_owners(place: Place) -> None:
    with place.opened(owned(*STORMS)) as home:
        assert counted(home) == (1,) * 15
    with place.opened(owned(*BOTH)) as home:
        assert counted(home)[:8] == (None,) * 8


def test_a_topic_that_was_switched_off_begins_anew(place: Place) -> None:
    with place.opened(shipped(*STORMS, topic=replace(WEATHER, enabled=False))):
        pass
    with place.opened(shipped(*BOTH)) as home:
        assert counted(home)[:8] == (None,) * 8


def test_what_surfaced_late_is_listed_once_and_is_no_story_of_the_day(place: Place) -> None:
    old = replace(_story(DAYS, "gale"), at=FIRST)
    with place.opened(shipped(*STORMS)) as home:
        place.clock.advance(HOUR)
        place.origin.serve("/a", reply(rss(old)))
        home.poll()
    with place.opened(shipped(*GALES)) as home:
        assert counted(home) == expected(lambda day: day % 2)
        place.live(home, range(DAYS + 1, DAYS + 3))
        assert mails_with(home, DAYS, "gale") == 1


@pytest.mark.parametrize(
    "articles", [0, 35, *(pytest.param(count, marks=pytest.mark.simulate) for count in (1, 20, 49))]
)
def test_killed_in_the_middle_it_is_done_at_the_next_start_and_nothing_is_listed_twice(
    place: Place, articles: int
) -> None:
    """After so many of 50 articles. An edition is made before the next start."""
    left = iter(range(articles))

    def is_killed() -> bool:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return False

    with place.unmatched(shipped(*BOTH)) as home:
        with pytest.raises(KeyboardInterrupt):
            home.jobs.rematcher.run(is_killed)
        place.live(home, range(DAYS, DAYS + 1))
    with place.opened(shipped(*BOTH)) as home:
        assert counted(home) == expected(storms_and_gales, DAYS)
        place.live(home, range(DAYS + 1, DAYS + 3))
        times = [mails_with(home, day, "gale") for day in range(DAYS + 3)]
        assert times[14:] == [day % 2 for day in range(14, DAYS + 3)]
        assert sum(times[:13]) == 0
        assert [mails_with(home, day, "storm") for day in range(DAYS + 3)] == [1] * (DAYS + 3)
        assert counted(home) == expected(storms_and_gales, DAYS + 2)
