"""Alerts lived through a month or a year of odd publishers and accidents: none on what is old, none twice."""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random  # noqa: TID251 (seeded)

import pytest
from simulation.histories import BEGINNING, History, live
from simulation.mailing import mailing
from simulation.readers import MARK
from simulation.world import World, WorldClock, world

from monitor.model.alert import AlertSettings
from monitor.model.topic import Topic

MEMORY = Path("/dev/shm")
DESK = "desk@reader.example"
OLD = (
    "SELECT m.origin, m.tier, a.article_id FROM alerts a JOIN matches m USING (topic_id, article_id) "
    "WHERE m.origin != 'new' OR m.tier = 'passing'"
)
UNSAID = (
    "SELECT m.article_id FROM matches m JOIN articles r ON r.id = m.article_id "
    "WHERE m.origin = 'new' AND m.tier != 'passing' AND NOT EXISTS "
    "(SELECT 1 FROM alerts a WHERE a.topic_id = m.topic_id AND a.story_id = r.story_id) AND NOT EXISTS "
    "(SELECT 1 FROM listings l WHERE l.topic_id = m.topic_id AND l.article_id = m.article_id)"
)
"""News that no alert and no edition has: of what an edition listed before, no alert is made."""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else tmp_path))
    yield place
    shutil.rmtree(place)


def alerting(past: History) -> History:
    """The same with alerts on its topic, without limits that would hide a repetition in a bundle."""
    alert = AlertSettings(to=(DESK,), cool_down=timedelta(), at_most=20)
    topics: tuple[Topic, ...] = tuple(replace(topic, alert=alert) for topic in past.settings.topics)
    return replace(past, settings=replace(past.settings, topics=topics))


def faults(this: World) -> list[str]:
    with this.service.jobs.store.database.read() as connection:
        found = [f"an alert on what is old: {tuple(row)}" for row in connection.exec_driver_sql(OLD)]
        left = connection.exec_driver_sql(UNSAID).all()
        total = connection.exec_driver_sql("SELECT count(*) FROM alerts").scalar() or 0
    found += [f"news without an alert: {tuple(row)}" for row in left]
    messages: defaultdict[str, set[str]] = defaultdict(set)
    for message_id, copies in this.post.copies.items():
        if copies[0].recipient == DESK:
            if len(copies) > 1 and not all(copy.is_unknown for copy in copies[:-1]):
                found.append(f"{message_id}: {len(copies)} copies, without a reason")
            for mark in set(MARK.findall(this.post.text_of(copies[0].body))):
                messages[mark].add(message_id)
    found += [f"{mark} in {len(ids)} alerts" for mark, ids in messages.items() if len(ids) > 1]
    return found if total > 10 else [*found, f"only {total} alerts"]


@pytest.mark.whole
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize(
    ("seed", "days", "feeds"),
    [(1, 30, 3), *(pytest.param(seed, 365, 30, marks=pytest.mark.simulate) for seed in range(401, 404))],
)
def test_of_a_month_or_a_year_no_alert_is_on_what_is_old_and_none_comes_twice(
    seed: int, days: int, feeds: int, folder: Path
) -> None:
    past = alerting(mailing(seed, days, feeds, folder, interval=timedelta(hours=6 if days < 365 else 24)))
    clock = WorldClock(BEGINNING)
    with world(past.settings, past.publishers, clock, Random(past.seed)) as this:
        live(this, past)
        found = faults(this)
        this.stop()
    assert not found, "\n".join([f"seed {seed}: {len(found)} faults", *found[:25]])
