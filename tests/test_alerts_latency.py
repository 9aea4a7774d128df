"""How long it takes from the moment that a feed shows an article to its alert: half the interval and a few seconds.

The ticks of the daemon are played as it has them, two seconds apart, each job at its own moment. `make simulate` plays
it on the daemon itself.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 (seeded)
from statistics import median

import pytest
from alerting import DESK, OLD, Room, configured, topic
from house import lived_in, rss
from latency import LIMIT_SECONDS, measured, news
from origin import Origin, reply
from simulated import NOON

from monitor.daemon.ticker import TICK
from monitor.model.alert import AlertSettings, AlertState

MINUTE = timedelta(minutes=1)
EVERY = 20 * MINUTE
ALERT = AlertSettings(to=(DESK,), cool_down=timedelta(), at_most=20, poll_every=EVERY)
PHASES = {"refresh": 0.3, "alert": 1.1, "deliver": 0.7}
"""Of the ticks of each job, in seconds: the jobs of a daemon start one after the other."""

ARTICLES = 40


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


def until_tick(here: Room, job: str) -> None:
    """Wait for the next tick of a job."""
    passed = (here.home.clock.now() - NOON).total_seconds() - PHASES[job]
    here.home.clock.advance(timedelta(seconds=-passed % TICK.total_seconds()))


def due_at(here: Room) -> datetime:
    (state,) = here.home.jobs.store.feeds.configured()
    return state.next_poll_at


def poll(here: Room) -> None:
    """The next poll, and what the other jobs do after it."""
    here.home.clock.advance(max(due_at(here) - here.home.clock.now(), timedelta()))
    until_tick(here, "refresh")
    here.home.refresh()
    until_tick(here, "alert")
    here.home.jobs.alerter.run()
    until_tick(here, "deliver")
    here.home.jobs.outbox.run()


def test_half_of_the_alerts_come_within_half_the_interval_and_five_seconds(tmp_path: Path, origin: Origin) -> None:
    """The articles appear evenly over the interval, in no order. A feed that brings little is asked as often."""
    chance = Random(1)
    phases = [EVERY * (number + 0.5) / ARTICLES for number in range(ARTICLES)]
    chance.shuffle(phases)
    config = configured(tmp_path, origin, topic("Truce", "truce", alert=ALERT))
    feeds = tuple(replace(feed, interval=None) for feed in config.feeds)
    origin.serve("/a", reply(rss(OLD)))
    took = []
    with lived_in(replace(config, feeds=feeds)) as home:
        here = Room(home=home, origin=origin)
        poll(here)
        here.home.clock.advance(timedelta(days=30))
        poll(here)
        for number, phase in enumerate(phases):
            poll(here)
            polled_at = due_at(here) - EVERY
            here.home.clock.advance(max(polled_at + phase - here.home.clock.now(), timedelta()))
            at = here.home.clock.now()
            here.serve(replace(news(number), at=at), OLD)
            poll(here)
            took.append((here.home.clock.now() - at).total_seconds())
        states = [each.state for each in home.jobs.store.alerts.records()]
    assert states == [AlertState.SENT] * ARTICLES
    assert median(took) <= EVERY.total_seconds() / 2 + LIMIT_SECONDS
    assert max(took) <= EVERY.total_seconds() + 3 * TICK.total_seconds()


@pytest.mark.simulate
@pytest.mark.timeout(600)
def test_the_daemon_takes_a_few_seconds_from_the_answer_of_a_feed_to_the_mail_server(tmp_path: Path) -> None:
    found = measured(tmp_path, articles=15, every_seconds=6)
    assert median(each.after_poll for each in found) <= LIMIT_SECONDS
    assert median(each.whole for each in found) <= 6 * 1.1 / 2 + LIMIT_SECONDS
