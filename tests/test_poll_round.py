"""A round of polls rolls: nobody waits for the slowest, and it ends when it is told to."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from weakref import WeakSet

import pytest
from simulated import NOON

from monitor.errors import DamagedStore
from monitor.jobs.poll_round import Round
from monitor.model.feed_update import FeedState
from monitor.model.ids import FeedId


def feed(number: int, host: str) -> FeedState:
    return FeedState(id=FeedId(number), url=f"https://{host}.example/{number}", next_poll_at=NOON)


class Stage:
    """Feeds that become due in batches, and what became of them."""

    def __init__(self, *batches: Sequence[FeedState], most: int = 8) -> None:
        self.batches = list(batches)
        self.begun: list[list[int]] = []
        self.done: list[int] = []
        self.is_over = False
        self.most = most

    def wanted(self) -> Sequence[FeedState]:
        return self.batches.pop(0) if self.batches else ()

    def round(self, poll: Callable[[FeedState], Awaitable[None]]) -> Round:
        async def polled(state: FeedState) -> None:
            await poll(state)
            self.done.append(state.id)

        async def begin(states: Sequence[FeedState]) -> None:
            self.begun.append([state.id for state in states])

        return Round(
            self.wanted,
            begin,
            polled,
            most=lambda: self.most,
            is_over=lambda: self.is_over,
        )


async def at_once(_state: FeedState) -> None:
    await asyncio.sleep(0)


def test_feeds_are_begun_in_the_order_in_which_they_wait_one_of_a_host_at_a_time() -> None:
    stage = Stage([feed(1, "a"), feed(2, "a"), feed(3, "b")])
    asyncio.run(stage.round(at_once).run())
    assert stage.begun == [[1, 3], [2]]
    assert stage.done == [1, 3, 2]


def test_of_polls_that_are_done_a_round_keeps_nothing() -> None:
    """It goes on for as long as some feed is due, and a task that is kept keeps its report."""
    stage = Stage(*([feed(number, str(number))] for number in range(200)), most=4)
    alive: WeakSet[asyncio.Task[None]] = WeakSet()
    most = 0

    async def poll(_state: FeedState) -> None:
        nonlocal most
        task = asyncio.current_task()
        assert task is not None
        alive.add(task)
        await asyncio.sleep(0)
        most = max(most, len(alive))

    asyncio.run(stage.round(poll).run())
    assert len(stage.done) == 200
    assert most <= 8


def test_one_host_of_dead_feeds_takes_one_place_and_delays_nobody() -> None:
    gate = asyncio.Event()
    dead = [feed(number, "dead") for number in range(100, 120)]
    stage = Stage([*dead, feed(1, "a"), feed(2, "b")], [feed(3, "c"), feed(4, "a")], [feed(5, "d")], most=3)

    async def poll(state: FeedState) -> None:
        await asyncio.sleep(0)
        if state.id == 5:
            stage.is_over = True
            gate.set()
        elif state.id >= 100:
            await gate.wait()

    asyncio.run(asyncio.wait_for(stage.round(poll).run(), 30))
    assert set(stage.done[:5]) == {1, 2, 3, 4, 5}
    assert set(stage.done[5:]) == {100}


def test_few_are_under_way_at_once() -> None:
    stage = Stage([feed(number, str(number)) for number in range(50)], most=4)
    flying: set[int] = set()
    peak = 0

    async def poll(state: FeedState) -> None:
        nonlocal peak
        flying.add(state.id)
        peak = max(peak, len(flying))
        await asyncio.sleep(0)
        flying.remove(state.id)

    asyncio.run(stage.round(poll).run())
    assert len(stage.done) == 50
    assert peak == 4


def test_a_damaged_database_ends_the_round_and_nothing_is_left_in_flight() -> None:
    stage = Stage([feed(1, "a"), feed(2, "b"), feed(3, "b")])

    async def poll(state: FeedState) -> None:
        if state.id == 1:
            raise DamagedStore("damaged")
        await asyncio.sleep(30)

    with pytest.raises(DamagedStore):
        asyncio.run(asyncio.wait_for(stage.round(poll).run(), 20))
    assert stage.done == []
    assert stage.begun == [[1, 2]]


def test_a_round_that_is_cut_short_begins_no_other() -> None:
    stage = Stage([feed(1, "a"), feed(2, "a")])

    async def run() -> None:
        task = asyncio.ensure_future(stage.round(lambda _state: asyncio.sleep(30)).run())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert (stage.begun, stage.done) == ([[1]], [])


def test_feeds_that_wait_for_name_servers_make_room_for_others() -> None:
    stage = Stage([feed(number, str(number)) for number in range(4)], most=2)
    is_free = asyncio.Event()

    async def poll(state: FeedState) -> None:
        if state.id < 2:
            stage.most = 4  # as if both waited for a name
            await is_free.wait()
        elif state.id == 3:
            is_free.set()

    asyncio.run(asyncio.wait_for(stage.round(poll).run(), 20))
    assert sorted(stage.done[:2]) == [2, 3]
