""" "Perhaps also" from end to end, with the real scorer: feeds are polled for days, and editions show what it found."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from house import House, Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import NOON, SimulatedClock
from test_nearly import NEAR, TRUCE
from test_perhaps_lived import DAILY, HOUR, edition, lines, listed

from monitor.model.story import StoryRecord
from monitor.model.topic import Rule, Topic

TOPIC = Topic(name="Truce", rules=(Rule(all=(("Kesh",), ("truce",))),))
STRANGERS = (
    "Harbour festival draws a crowd to the valley",
    "Bank lifts interest rates again, says governor",
    "Striker signs for Quay Rovers",
    "Buses stop at night as fuel gets dear",
)
DAYS = 9


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


@contextmanager
def home(folder: Path, origin: Origin, clock: SimulatedClock | None = None, **topic: Any) -> Iterator[House]:
    config = settings(folder, [origin.url("/a")], origin.port)
    config = replace(config, topics=(replace(TOPIC, **topic),), digests=(DAILY,))
    with lived_in(config, clock) as found:
        yield found


def brings(house: House, origin: Origin, *titles: str) -> None:
    """The feed is read an hour later, and has items with these headlines; each is known by its last word."""
    house.clock.advance(HOUR)
    now = house.clock.now()
    origin.serve("/a", reply(rss(*(Story(id=title.rsplit(maxsplit=1)[-1], title=title, at=now) for title in titles))))
    house.poll()


def live(house: House, origin: Origin) -> list[str]:
    """Days with strangers and one match each, and an edition every morning. Returns the headlines."""
    titles: list[str] = []
    for day in range(DAYS):
        titles = [f"{title} {day}{place}" for place, title in enumerate((*STRANGERS, TRUCE[day % len(TRUCE)]))]
        brings(house, origin, *titles)
        edition(house)
    return titles


def test_what_the_scorer_finds_is_shown_once_and_listed_when_it_matches(tmp_path: Path, origin: Origin) -> None:
    with home(tmp_path, origin) as house:
        past = live(house, origin)
        assert lines(house) == []
        brings(house, origin, *past, f"{STRANGERS[0]} 90", f"{NEAR} 91")
        edition(house)
        ((topic, title, why),) = lines(house)
        assert (topic, title) == ("Truce", f"{NEAR} 91")
        assert why.startswith("no word for truce; resembles by: ")
        mail = house.mails()[-1]
        assert mail.index("PERHAPS ALSO, WHERE NOTHING MATCHED") < mail.index("out of the Kesh valley")
    with home(tmp_path, origin, house.clock) as house:
        edition(house, 2)
        assert len(lines(house)) == 1
        brings(house, origin, *past, f"Truce: {NEAR} 91")
        edition(house)
        assert f"Truce: {NEAR} 91" in listed(house)
        assert len(lines(house)) == 1


def test_what_was_judged_not_to_belong_never_comes(tmp_path: Path, origin: Origin) -> None:
    with home(tmp_path, origin) as house:
        past = live(house, origin)
        brings(house, origin, *past, f"{NEAR} 91")
        store = house.jobs.store
        (found,) = store.articles.at("https://post.example/91")
        store.judgements.add("Truce", {found.id: False}, source="test", now=NOON)
        edition(house, 2)
        assert lines(house) == []


def test_a_muted_topic_has_no_line(tmp_path: Path, origin: Origin) -> None:
    with home(tmp_path, origin, mute_until=NOON.date() + timedelta(days=90)) as house:
        past = live(house, origin)
        brings(house, origin, *past, f"{NEAR} 91")
        edition(house)
        assert lines(house) == []


@pytest.mark.parametrize("is_muted", [False, True])
def test_an_article_beside_a_story_says_so_and_is_silent_if_that_is_muted(
    tmp_path: Path, origin: Origin, *, is_muted: bool
) -> None:
    with home(tmp_path, origin) as house:
        past = live(house, origin)
        brings(house, origin, *past, f"Truce: {NEAR} 91")
        store = house.jobs.store
        if is_muted:
            edition(house)
            store.stories.mute(_story_of(house, "91").id, house.clock.now())
        brings(house, origin, *past, f"{NEAR} 92", f"{NEAR} 93")
        edition(house)
        assert [title for _, title, _ in lines(house)] == ([] if is_muted else [f"{NEAR} 92"])
        mail = " ".join(house.mails()[-1].split())
        assert ("in the same story as" in mail) is not is_muted
        assert ("+1 more" in mail) is not is_muted
        assert all(each.topics for each in _story_of(house, "91").articles)


def _story_of(house: House, number: str) -> StoryRecord:
    found = house.jobs.store.stories.since(NOON, {})
    return next(story for story in found if any(each.link.endswith(f"/{number}") for each in story.articles))
