"""What it costs to note an attempt: the same with any number of feeds."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from house import House, lived_in, settings
from simulated import NOON
from sqlalchemy import delete, event, insert, update
from sqlalchemy.engine import Engine

from monitor.model.feed_update import FeedState, FeedUpdate
from monitor.model.ids import FeedId
from monitor.model.settings import FeedSettings
from monitor.policy.outage import is_outage
from monitor.store.tables import feeds, polls

STEPS = 100
"""Of SQLite's machine between two calls of its progress handler."""


@contextmanager
def home_of(folder: Path, *hosts: str) -> Iterator[House]:
    """A database with a feed of each of these hosts."""
    with lived_in(settings(folder, ["http://127.0.0.1:1/feed"], 1)) as house:
        configured = [FeedSettings(url=f"https://{host}.example/{number}") for number, host in enumerate(hosts)]
        house.jobs.store.feeds.sync(configured, NOON)
        yield house


def failed(house: House, feed_id: int) -> None:
    with house.jobs.store.database.write() as connection:
        connection.execute(insert(polls).values(feed_id=feed_id, polled_at=NOON, status="connect", reached=False))


@contextmanager
def counted() -> Iterator[dict[str, int]]:
    """How many statements are run, and how much work they are to SQLite (in hundreds of steps of its machine)."""
    cost = {"statements": 0, "work": 0}

    def before(connection: Any, _cursor: object, statement: str, *_: object) -> None:
        cost["statements"] += statement.startswith("SELECT")
        connection.connection.driver_connection.set_progress_handler(worked, STEPS)

    def worked() -> int:
        cost["work"] += 1
        return 0

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield cost
    finally:
        event.remove(Engine, "before_cursor_execute", before)


def cost_of(folder: Path, feeds: int, *, reached: bool) -> dict[str, int]:
    with home_of(folder, *(f"h{number % 7}" for number in range(feeds))) as house:
        state: FeedState = house.jobs.store.feeds.configured()[0]
        update = FeedUpdate(state=state, status="ok" if reached else "connect", reached=reached)
        if not reached:
            failed(house, state.id)
        with counted() as cost:
            house.jobs.poller.outages.note_attempt(update)
        return cost


@pytest.mark.parametrize("reached", [True, False])
def test_an_attempt_costs_the_same_with_any_number_of_feeds(tmp_path: Path, *, reached: bool) -> None:
    few, many = cost_of(tmp_path / "few", 10, reached=reached), cost_of(tmp_path / "many", 3_000, reached=reached)
    assert few["statements"] == many["statements"] == (1 if reached else 4)
    assert many["work"] <= few["work"] + 1


HOSTS = ("", "a", "ab", "aab", "aaaaab", "aaaaaabc", "aaaaaaabbbbc", "abcde", "abcdefgh")
ATTEMPTS = ("", "a", "aa", "ab", "aaaaa", "aaaab", "abcab", "abcaaaaa")
"""Feeds by the letter of their host, and those that were asked in vain, the last one last."""


@pytest.mark.parametrize("hosts", HOSTS)
def test_some_hosts_say_as_much_as_all(tmp_path: Path, hosts: str) -> None:
    everything = [f"{host}.example" for host in hosts]
    with home_of(tmp_path, *hosts) as house:
        store = house.jobs.store
        by_host = {state.url[8]: state.id for state in store.feeds.configured()}
        for attempted in (each for each in ATTEMPTS if {*each} <= {*hosts}):
            with store.database.write() as connection:
                connection.execute(delete(polls))
            for host in attempted:
                failed(house, by_host[host])
            all_attempts, last = store.outages.attempts(None), store.outages.attempts(None, 5)
            some = store.feeds.some_hosts(5, 3)
            assert len(some) <= 7
            assert is_outage(last, some) is is_outage(all_attempts, everything), attempted


def test_feeds_that_failed_before_or_hung_meanwhile_are_no_evidence(tmp_path: Path) -> None:
    with home_of(tmp_path, *"abcdefg") as house:
        store, ids = house.jobs.store, [state.id for state in house.jobs.store.feeds.configured()]
        minute = timedelta(minutes=1)

        def attempt(feed_id: FeedId, at: datetime, since: datetime | None, *, took: int = 10) -> None:
            reached = since is None
            row = {"feed_id": feed_id, "polled_at": at, "status": "x", "reached": reached, "elapsed_ms": took}
            with store.database.write() as connection:
                connection.execute(insert(polls).values(**row))
                connection.execute(update(feeds).where(feeds.c.id == feed_id).values(failing_since=since))

        attempt(ids[0], NOON, NOON)
        attempt(ids[1], NOON + 2 * minute, None)
        attempt(ids[0], NOON + 3 * minute, NOON)  # has failed before
        attempt(ids[2], NOON + 3 * minute, NOON + 3 * minute, took=90_000)  # hung while another was reached
        attempt(ids[3], NOON + 4 * minute, NOON + 4 * minute, took=30_000)
        attempt(ids[4], NOON + 4 * minute, NOON + 4 * minute)
        reached = store.outages.last_reached()
        assert reached is not None
        assert reached.at == NOON + 2 * minute
        assert [each.feed_id for each in store.outages.attempts(reached)] == [ids[3], ids[4]]
        assert "a.example" not in store.feeds.some_hosts(5, 3, reached.at)
        assert "a.example" in store.feeds.some_hosts(5, 3)
