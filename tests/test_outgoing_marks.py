"""The ids and times of outgoing feeds through a real correction, a restore from a backup and a rename."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from house import House, Story, lived_in, rss
from origin import Origin, reply
from simulated import SimulatedClock
from test_outgoing_writer import config_of, feeds

from monitor.archive import feed_address
from monitor.config import Settings
from monitor.model.topic import Rule, Topic
from monitor.store.backup import back_up, restore

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SIGNED = "Envoys from Karsk sign truce at the harbour of Lund"
FIXED = "Envoys from Marlow sign truce at the harbour of Lund"
OTHER = "Miners of Ostrava end strike with a truce"
TRUCE = Topic(name="Truce", rules=(Rule(all=(("truce",),)),))


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        says(origin)
        yield origin


@pytest.fixture
def config(tmp_path: Path, origin: Origin) -> Settings:
    return replace(config_of(tmp_path / "data", origin), topics=(TRUCE,), searches=())


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock()


def says(origin: Origin, **titles: str) -> None:
    """The feed has these articles, by their ids."""
    stories = [Story(id=each, title=title, text=f"They met at night: {each}.") for each, title in titles.items()]
    origin.serve("/a", reply(rss(Story(id="old", title="Nothing to see"), *stories)))


def first_day(home: House, origin: Origin) -> None:
    """An edition names the first article."""
    home.live(2 * HOUR)
    says(origin, truce=SIGNED)
    home.live(DAY)


def entries(config: Settings, kind: str = "topic", name: str = TRUCE.name) -> dict[str, Any]:
    """Id → entry."""
    address = feed_address(kind, name).partition("/")[2]
    return {each.id: each for each in feedparser.parse(feeds(config.storage.folder)[f"{address}.atom"]).entries}


def test_a_correction_that_an_edition_reports_moves_updated_and_an_edit_alone_does_not(
    config: Settings, clock: SimulatedClock, origin: Origin
) -> None:
    with lived_in(config, clock) as home:
        first_day(home, origin)
        before = entries(config)
        (entry,) = before.values()
        assert entry.updated == entry.published
        says(origin, truce=FIXED)
        clock.advance(HOUR)
        home.poll(*(feed.url for feed in config.feeds))
        home.jobs.keeper.outgoing.run()
        assert entries(config) == before
        home.live(DAY)
        assert FIXED in home.mails()[-1]
        corrected = entries(config)
        (said,) = (each.made_at for each in home.jobs.store.editions.archived()[:1])
        home.live(DAY)
        assert entries(config) == corrected
    (now,) = corrected.values()
    assert (now.id, now.published, now.title) == (entry.id, entry.published, FIXED)
    assert now.updated == f"{said:%Y-%m-%dT%H:%M:%SZ}" > entry.updated


def test_after_a_restore_old_ids_stay_and_new_ones_bear_its_mark(
    config: Settings, clock: SimulatedClock, origin: Origin, tmp_path: Path
) -> None:
    with lived_in(config, clock) as home:
        first_day(home, origin)
        old = {kind: set(entries(config, kind, name)) for kind, name in (("topic", TRUCE.name), ("digest", "Daily"))}
        back_up(config.storage.database_file, tmp_path / "backup.db")
        says(origin, truce=SIGNED, miners=OTHER)
        home.live(DAY)
        lost = {kind: set(entries(config, kind, name)) for kind, name in (("topic", TRUCE.name), ("digest", "Daily"))}
    restore(tmp_path / "backup.db", config.storage.database_file, clock.now())
    says(origin, truce=SIGNED, bakers="Bakers in Tarn call price truce")
    with lived_in(config, clock) as home:
        home.live(DAY)
        mark = home.jobs.store.generations.token()
        now = {kind: set(entries(config, kind, name)) for kind, name in (("topic", TRUCE.name), ("digest", "Daily"))}
    assert mark
    for kind in ("topic", "digest"):
        assert old[kind] < lost[kind]
        assert old[kind] < now[kind]
        fresh = now[kind] - old[kind]
        assert all(each.endswith(f"/{mark}") for each in fresh)
        assert not fresh & lost[kind], "what readers have seen before the restore is not what came after it"
        assert not any(mark in each for each in old[kind] | lost[kind])


def test_a_renamed_topic_has_another_file_in_which_its_entries_are_the_same(
    config: Settings, clock: SimulatedClock, origin: Origin
) -> None:
    with lived_in(config, clock) as home:
        first_day(home, origin)
        before = entries(config)
    renamed = replace(config, topics=(replace(TRUCE, name="Cease-fires", was=TRUCE.name),))
    with lived_in(renamed, clock) as home:
        home.jobs.keeper.outgoing.run()
        after = entries(config, name="Cease-fires")
        names = {each.partition(".")[0] for each in feeds(config.storage.folder)}
    assert len(before) == 1
    assert {each: (entry.updated, entry.title) for each, entry in after.items()} == {
        each: (entry.updated, entry.title) for each, entry in before.items()
    }
    assert names == {"topic-Cease-fires", "digest-Daily"}
