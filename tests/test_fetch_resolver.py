"""Lookups: those that hang take neither the threads nor the time of others, however many they are."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from monitor.fetch import resolver
from monitor.fetch.faults import Fault
from monitor.fetch.resolver import Resolver

ADDRESS = "192.0.2.9"
PATIENCE = 20.0


class Names:
    """Names that begin with "hang" wait until they are released, "gone" do not exist; the others are found at once."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.released = threading.Event()

    @property
    def hanging(self) -> int:
        return sum(name.startswith("hang") for name in self.asked)

    def resolve(self, host: str, _port: int) -> list[str]:
        self.asked.append(host)
        if host.startswith("gone"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if host.startswith("hang"):
            self.released.wait(PATIENCE)
        return [ADDRESS]


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not happened():  # noqa: ASYNC110 (it happens in threads)
            await asyncio.sleep(0.005)


@pytest.fixture
def names() -> Iterator[Names]:
    names = Names()
    yield names
    names.released.set()


def test_more_names_that_hang_than_threads_delay_no_name_that_was_quick(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolver, "LOOKUP_THREADS", 2)
    monkeypatch.setattr(resolver, "MOST_LOOKUP_THREADS", 5)
    finder = Resolver(names.resolve)

    async def history() -> None:
        assert await finder.addresses("fine.example", 80) == [ADDRESS]
        with pytest.raises(Fault):
            await finder.addresses("gone.example", 80)
        stuck = [asyncio.ensure_future(finder.addresses(f"hang{number}.example", 80)) for number in range(9)]
        await until(lambda: finder.slow == len(stuck) and names.hanging == 3)
        async with asyncio.timeout(PATIENCE / 2):
            assert await finder.addresses("fine.example", 80) == [ADDRESS]
            with pytest.raises(Fault):
                await finder.addresses("gone.example", 80)
        assert names.hanging == 3, "the other threads are for names that were quick"
        names.released.set()
        assert await asyncio.gather(*stuck) == [[ADDRESS]] * len(stuck)
        assert finder.slow == 0

    asyncio.run(history())


def test_a_name_that_hangs_has_one_lookup_whoever_asks_and_gives_up(names: Names) -> None:
    finder = Resolver(names.resolve)

    async def history() -> None:
        first = asyncio.ensure_future(finder.addresses("hang.example", 443))
        await until(lambda: len(names.asked) == 1)
        others = [asyncio.ensure_future(finder.addresses("hang.example", 443)) for _ in range(3)]
        await asyncio.sleep(0)
        first.cancel()
        with suppress(asyncio.CancelledError):
            await first
        others.append(asyncio.ensure_future(finder.addresses("hang.example", 443)))
        await asyncio.sleep(0)
        names.released.set()
        assert await asyncio.gather(*others) == [[ADDRESS]] * 4
        assert names.asked == ["hang.example"]
        await finder.addresses("hang.example", 443)
        assert names.asked == ["hang.example"] * 2  # what is over is asked again: there is no cache

    asyncio.run(history())


def test_two_that_wait_for_one_name_are_both_answered(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver, "LOOKUP_THREADS", 1)
    finder = Resolver(names.resolve)

    async def history() -> None:
        stuck = asyncio.ensure_future(finder.addresses("hang.example", 80))
        await until(lambda: len(names.asked) == 1)
        both = [asyncio.ensure_future(finder.addresses("gone.example", 80)) for _ in range(2)]
        await asyncio.sleep(0)
        names.released.set()
        await stuck
        assert [type(each) for each in await asyncio.gather(*both, return_exceptions=True)] == [Fault] * 2

    asyncio.run(history())
