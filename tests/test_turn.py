"""Polls that brought nothing are written together, and each of them fails for itself alone."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import lay_database
from simulated import NOON

from monitor.errors import DamagedStore, StoreError
from monitor.jobs.turn import MOST_TOGETHER, Turn
from monitor.model.feed import PollHints
from monitor.model.feed_update import FeedState, FeedUpdate, IdlePoll
from monitor.model.fetch import Validators
from monitor.model.ids import FeedId
from monitor.model.settings import FeedSettings
from monitor.model.sitemap_index import PartState
from monitor.reconcile import is_idle
from monitor.store import Store, open_store
from monitor.store.feed_rows import AS_THEY_ARE, NOT_OF_POLLS, OF_EACH_POLL, WRITTEN_OTHERWISE

HOUR = timedelta(hours=1)


def idle(number: int) -> IdlePoll:
    state = FeedState(id=FeedId(number), url=f"https://{number}.example/", next_poll_at=NOON)
    return IdlePoll(before=state, update=FeedUpdate(state=state, status="not modified", reached=True))


class Desk:
    """Notes what is written together, and fails where it is told to."""

    def __init__(self, failing: int = 0, error: Exception | None = None) -> None:
        self.written: list[list[int]] = []
        self.turn = Turn(self.write)
        self._failing, self._error = failing, error or StoreError("busy")

    def write(self, polls: Sequence[IdlePoll]) -> None:
        ids = [int(each.before.id) for each in polls]
        if self._failing in ids:
            raise self._error
        self.written.append(ids)

    async def poll(self, number: int) -> None:
        with self.turn.poll():
            await asyncio.sleep(0)  # as a request takes its time
            await self.turn.written(idle(number))

    async def polls(self, count: int) -> Sequence[BaseException | None]:
        return [*await asyncio.gather(*map(self.poll, range(1, count + 1)), return_exceptions=True)]


def test_polls_that_brought_nothing_are_written_together() -> None:
    desk = Desk()
    assert asyncio.run(desk.polls(MOST_TOGETHER + 2)) == [None] * (MOST_TOGETHER + 2)
    assert sorted(number for each in desk.written for number in each) == list(range(1, MOST_TOGETHER + 3))
    assert len(desk.written) <= 3


def test_one_alone_waits_for_nobody() -> None:
    desk = Desk()
    asyncio.run(desk.poll(1))
    assert desk.written == [[1]]


def test_what_waits_is_written_before_anything_else() -> None:
    async def lived() -> list[list[int]]:
        with desk.turn.poll():  # another one, which is not done
            waiting = asyncio.ensure_future(desk.poll(1))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert desk.written == []
            async with desk.turn:
                found = list(desk.written)
            await waiting
        return found

    desk = Desk()
    assert asyncio.run(lived()) == [[1]]


def test_nobody_waits_long_for_a_poll_that_hangs() -> None:
    async def lived() -> None:
        with desk.turn.poll():
            await desk.poll(1)

    desk = Desk()
    asyncio.run(lived())
    assert desk.written == [[1]]


def test_the_others_are_written_when_the_last_one_that_they_wait_for_leaves() -> None:
    async def lived() -> None:
        with desk.turn.poll():
            waiting = asyncio.ensure_future(desk.poll(1))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        await waiting

    desk = Desk()
    asyncio.run(lived())
    assert desk.written == [[1]]


def test_one_that_cannot_be_written_fails_alone() -> None:
    desk = Desk(failing=2)
    found = asyncio.run(desk.polls(3))
    assert [type(each) for each in found] == [type(None), StoreError, type(None)]
    assert sorted(number for each in desk.written for number in each) == [1, 3]


def test_a_damaged_database_ends_all_of_them_and_is_not_written_again() -> None:
    desk = Desk(failing=2, error=DamagedStore("torn"))
    assert {type(each) for each in asyncio.run(desk.polls(3))} == {DamagedStore}
    assert desk.written == []


def test_one_that_is_cancelled_leaves_the_others_alone() -> None:
    async def lived() -> None:
        with desk.turn.poll():
            first, second = (asyncio.ensure_future(desk.poll(number)) for number in (1, 2))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            first.cancel()
            await second
        assert first.cancelled()

    desk = Desk()
    asyncio.run(lived())
    assert [number for each in desk.written for number in each if number == 2] == [2]


# ---- What is written of them

BEFORE = FeedState(id=FeedId(1), url="https://a.example/rss", next_poll_at=NOON, title="The Post", polled_at=NOON)
AFTER: dict[str, dict[str, Any]] = {
    "nothing else": {},
    "validators": {"validators": Validators(etag=b'"2"')},
    "hints": {"hints": PollHints(ttl=HOUR)},
    "turnover": {"turnover": 3 * HOUR},
    "a move": {"moved_to": "https://b.example/rss", "moved_at": NOON + HOUR},
    "a move that is watched": {"moving_to": "https://b.example/rss", "moving_since": NOON, "moving_sightings": 2},
    "a doubt": {"problem_detail": "odd dates"},
    "parts": {"parts": (PartState(url="https://a.example/1.xml"),)},
    "a probe": {"probed_at": NOON + HOUR, "fetched_at": NOON + HOUR},
}


def laid(folder: Path) -> Store:
    file = folder / "news.db"
    lay_database(file)
    store = open_store(f"sqlite:///{file}")
    store.feeds.sync([FeedSettings(url=url) for url in (BEFORE.url, "https://c.example/rss")], NOON)
    return store


def rows_of(store: Store) -> list[list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(store.database.file)) as database:
        return [database.execute(f"SELECT * FROM {table}").fetchall() for table in ("feeds", "polls")]


@pytest.mark.parametrize("change", AFTER)
@pytest.mark.parametrize("meanwhile", ["", "it got another URL"])
def test_a_poll_that_brought_nothing_leaves_the_rows_that_any_poll_leaves(
    tmp_path: Path, change: str, meanwhile: str
) -> None:
    at = NOON + HOUR
    state = replace(BEFORE, polled_at=at, succeeded_at=at, next_poll_at=at + HOUR, **AFTER[change])
    update = FeedUpdate(state=state, status="not modified", reached=True, elapsed=timedelta(seconds=0.25))
    found = []
    for name in ("alone", "together"):
        (tmp_path / name).mkdir()
        store = laid(tmp_path / name)
        other = FeedState(id=FeedId(2), url="https://c.example/rss", next_poll_at=NOON)
        for each in (BEFORE, other):
            store.articles.apply(FeedUpdate(state=each, status="ok", reached=True), {}, NOON)
        if meanwhile:
            store.feeds.sync([FeedSettings(url="https://new.example/")], at, {"https://new.example/": FeedId(1)})
        also = FeedUpdate(state=replace(other, polled_at=at), status="unchanged", reached=True)
        if name == "alone":
            store.articles.apply(update, {}, at)
            store.articles.apply(also, {}, at)
        else:
            store.polls.idle([IdlePoll(before=BEFORE, update=update), IdlePoll(before=other, update=also)], at)
        found.append(rows_of(store))
        store.close()
    assert found[0] == found[1]


def test_each_field_of_a_feed_is_compared() -> None:
    compared = {*AS_THEY_ARE, *OF_EACH_POLL, *WRITTEN_OTHERWISE, "turnover"}
    assert compared | NOT_OF_POLLS == {each.name for each in fields(FeedState)} | {"validators"}


def test_idle_is_what_was_answered_and_brought_nothing() -> None:
    poll = idle(1)
    assert is_idle(poll.before, poll.update)
    assert is_idle(poll.before, replace(poll.update, status="unchanged"))
    assert not is_idle(poll.before, replace(poll.update, status="ok"))
    assert not is_idle(replace(poll.before, failures=1), poll.update)
