"""Workers on one PostgreSQL: who is there, what each has for itself, and that the dead write nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from postgres import cluster
from sqlalchemy import text

from monitor.errors import NotOurTurn
from monitor.model.settings import FeedSettings
from monitor.model.worker import Duty, LeaseKind, WorkerId
from monitor.policy.workers import DEAD_AFTER
from monitor.store import Store, open_store

T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOST = LeaseKind.HOST
SHORT = timedelta(seconds=5)


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store(cluster().database())
    yield opened
    opened.close()


def worker(store: Store, *duties: Duty, topics: str = "t", name: str = "") -> WorkerId:
    entered = store.workers.enter(name or "a worker", "1", topics)
    store.workers.beat(entered, topics, duties or [Duty.POLL])
    return entered


def silent(store: Store, which: WorkerId) -> None:
    """Nothing has been heard of it for longer than a worker lives."""
    with store.database.brief() as connection:
        seconds = (DEAD_AFTER + timedelta(seconds=1)).total_seconds()
        by = f"seen_at = seen_at - interval '{seconds} s'"
        connection.execute(text(f"UPDATE workers SET {by} WHERE id = {which}"))


def feeds(store: Store, *urls: str) -> None:
    store.feeds.sync([FeedSettings(url=url) for url in urls], T0)


def test_a_host_that_is_due_is_had_by_one_worker(store: Store) -> None:
    feeds(store, "https://a.example/1", "https://a.example/2", "https://b.example/1", "https://c.example/1")
    one, other = worker(store), worker(store)
    first = store.workers.take_hosts(one, 2, T0)
    second = store.workers.take_hosts(other, 9, T0)
    assert sorted([*first, *second]) == ["a.example", "b.example", "c.example"]
    assert len(first) == 2
    assert store.workers.take_hosts(one, 9, T0) == {}
    assert {state.url for state in store.feeds.due_of([*second], T0)} == {f"https://{host}/1" for host in second}
    assert store.workers.take(other, HOST, first) == {}
    assert [each.hosts for each in store.workers.all()] == [len(first), len(second)]


def test_the_next_one_knows_when_a_host_was_asked(store: Store) -> None:
    feeds(store, "https://a.example/1")
    one, other = worker(store), worker(store)
    assert store.workers.take_hosts(one, 9, T0) == {"a.example": None}
    store.workers.give_back(other, HOST, ["a.example"])  # it is not its
    assert store.workers.take_hosts(other, 9, T0) == {}
    store.workers.give_back(one, HOST, ["a.example"])
    since = store.workers.take_hosts(other, 9, T0)["a.example"]
    assert since is not None
    assert timedelta() <= since < timedelta(minutes=1)


def test_a_worker_that_is_silent_is_dead_and_writes_nothing(store: Store) -> None:
    feeds(store, "https://a.example/1")
    dead, heir = worker(store, name="dead"), worker(store, name="heir")
    store.workers.take_hosts(dead, 9, T0)
    store.database.fence(dead)
    assert store.workers.bury() == ()
    silent(store, dead)
    other = open_store(store.database.url)
    buried: tuple[str, ...] = ()
    while not buried:  # the server has to be up for so long: nobody could give it a sign of life before
        other.workers.beat(heir, "t", ())
        buried = other.workers.bury(SHORT)
    assert buried == ("dead",)
    assert not other.workers.beat(dead, "t", ()).is_ours
    assert "a.example" in other.workers.take_hosts(heir, 9, T0)
    with pytest.raises(NotOurTurn, match="declared dead"), store.database.write():
        pass
    other.close()


def test_only_who_has_the_topics_of_the_leader_writes(store: Store) -> None:
    one, leader = worker(store, topics="old"), worker(store, Duty.LEAD)
    topics = ["old"]
    store.workers.lead(leader, "old")
    fenced = open_store(store.database.url)
    fenced.database.fence(one, lambda: topics[0])
    with pytest.raises(NotOurTurn, match="other topics"), fenced.database.write():
        pass  # stored articles are matched again first
    store.workers.publish_topics(leader, "old")
    with fenced.database.write():
        pass
    store.workers.lead(leader, "old")  # another one takes over, with the same topics
    with fenced.database.write():
        pass
    store.workers.lead(leader, "new")
    assert store.workers.beat(one, "old", [Duty.POLL]).topics == ""
    store.workers.publish_topics(leader, "new")
    with pytest.raises(NotOurTurn), fenced.database.write():
        pass
    topics[0] = "new"
    with fenced.database.write():
        pass
    fenced.close()


def test_all_are_shown_and_the_old_are_forgotten(store: Store) -> None:
    feeds(store, "https://a.example/1")
    leader, one = worker(store, Duty.LEAD), worker(store, Duty.POLL, Duty.DELIVER, topics="old")
    store.workers.lead(leader, "t")
    store.workers.publish_topics(leader, "t")
    store.workers.take_hosts(one, 9, T0)
    shown = store.workers.all()
    assert [(each.id, each.leads, each.duties, each.hosts, each.is_waiting) for each in shown] == [
        (leader, True, (Duty.LEAD,), 0, False),
        (one, False, (Duty.DELIVER, Duty.POLL), 1, True),
    ]
    assert shown[0].silent_for < timedelta(minutes=1)
    assert store.workers.beat(leader, "t", [Duty.LEAD]).others == {Duty.POLL, Duty.DELIVER}
    store.workers.leave(one)
    with store.database.brief() as connection:
        connection.execute(text("UPDATE workers SET ended_at = ended_at - interval '1 day' WHERE ended_at IS NOT NULL"))
        connection.execute(text("UPDATE leases SET asked_at = asked_at - interval '1 day'"))
    store.workers.forget()
    with store.database.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM leases")) == 0
        assert connection.scalar(text("SELECT count(*) FROM workers")) == 1
