"""What two workers have for themselves: feeds of different hosts, a host for one request, recipients."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from postgres import cluster
from simulated import NOON, SimulatedClock

from monitor.errors import HostBusy
from monitor.jobs.leases import USELESS_SECONDS, Leases
from monitor.model.feed_update import FeedState
from monitor.model.settings import FeedSettings
from monitor.model.worker import Duty
from monitor.policy.workers import SURE_FOR, is_sure
from monitor.store import Store, open_store

HOSTS = ("a.example", "b.example", "c.example")


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store(cluster().database())
    opened.feeds.sync([FeedSettings(url=f"https://{host}/{number}") for host in HOSTS for number in range(2)], NOON)
    yield opened
    opened.close()


def leases(store: Store, clock: SimulatedClock) -> Leases:
    worker = store.workers.enter("a worker", "1", "")
    store.workers.beat(worker, "", [Duty.POLL])
    made = Leases(clock=clock, store=store, worker=worker)
    made.note_word()
    return made


class Waiting(SimulatedClock):
    """Others have their turn while it is waited."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


def all_of(states: Sequence[FeedState], _now: datetime) -> list[FeedState]:
    return list(states)


def none_of(_states: Sequence[FeedState], _now: datetime) -> list[FeedState]:
    return []


def test_no_host_is_polled_by_two(store: Store) -> None:
    clock = SimulatedClock(NOON)
    one, other = leases(store, clock), leases(store, clock)
    first = one.feeds_to_poll((), 1, all_of)  # so many hosts ahead that there is one left
    second = other.feeds_to_poll((), 8, all_of)
    assert len(first) == 4
    assert {each.url for each in (*first, *second)} == {each.url for each in store.feeds.due(NOON)}
    assert one.feeds_to_poll(first, 1, all_of) == []  # it has just looked
    one.return_hosts()
    assert len(other.feeds_to_poll((), 8, all_of)) == 6


def test_a_host_of_which_no_feed_may_be_polled_is_left_to_others(store: Store) -> None:
    clock = SimulatedClock(NOON)
    one, other = leases(store, clock), leases(store, clock)
    assert one.feeds_to_poll((), 8, none_of) == []
    assert one.feeds_to_poll((), 8, all_of) == []
    assert len(other.feeds_to_poll((), 8, all_of)) == 6
    other.return_hosts()
    clock.advance(timedelta(seconds=USELESS_SECONDS + 1))
    assert len(one.feeds_to_poll((), 8, all_of)) == 6


def test_a_host_is_borrowed_for_a_request_and_known_to_have_been_asked(store: Store) -> None:
    clock = SimulatedClock(NOON)
    one, other = leases(store, clock), leases(store, clock)

    async def asked() -> None:
        async with one.host("d.example") as lent:
            assert lent is not None
            assert lent.asked_at is None
            with pytest.raises(HostBusy):
                async with other.host("d.example"):
                    pass
            other.note_word()  # the clock has gone on while it waited
        async with other.host("d.example") as lent:
            assert lent is not None
            assert lent.asked_at is not None

    asyncio.run(asked())


def test_who_gives_no_sign_of_life_begins_no_request(store: Store) -> None:
    clock = Waiting(NOON)
    one = leases(store, clock)
    assert is_sure(SURE_FOR - timedelta(seconds=1))
    assert not is_sure(SURE_FOR)

    async def asked() -> None:
        clock.advance(SURE_FOR)
        waiting = asyncio.ensure_future(one.host("d.example").__aenter__())
        await asyncio.sleep(0.05)
        assert not waiting.done()
        waiting.cancel()
        await asyncio.wait([waiting])

    asyncio.run(asked())


def test_a_recipient_is_kept_until_what_became_of_the_message_is_stored(store: Store) -> None:
    clock = SimulatedClock(NOON)
    one, other = leases(store, clock), leases(store, clock)
    assert one.recipients(["a@b.example", "c@d.example"]) == {"a@b.example", "c@d.example"}
    assert other.recipients(["a@b.example"]) == frozenset()
    one.return_recipients(["a@b.example", "c@d.example"], but=["a@b.example"])
    assert other.recipients(["a@b.example", "c@d.example"]) == {"c@d.example"}
    one.return_kept()
    assert other.recipients(["a@b.example"]) == {"a@b.example"}
