import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from monitor.model.feed import ParsedFeed, ParseFailed, ParseOutcome
from monitor.model.fetch import FetchProblem
from monitor.workers import ParserPool

FEED = b"<rss version='2.0'><channel><title>Harbour News</title><item><title>Ferry late</title></item></channel></rss>"
PROBLEMS = {b"give up": FetchProblem.PARSER, b"refuse": FetchProblem.BROKEN_OFF}


def obey(body: bytes, *, url: str, headers: Mapping[str, str], max_items: int) -> ParseOutcome:
    """Do what the body says: the work of these tests, run in a child."""
    match body:
        case b"hang":
            time.sleep(60)
        case b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"exit":
            os._exit(7)
        case b"grow":
            bytearray(2 * 1024**3)
        case b"signal":
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)
        case b"give up" | b"refuse":
            return ParseFailed(problem=PROBLEMS[body], detail=str(os.getpid()))
        case b"pause":
            time.sleep(0.3)
    return ParsedFeed(format=str(os.getpid()), title=f"{url} {headers['etag']} {max_items}", items=())


@pytest.fixture
def pool() -> Iterator[ParserPool]:
    with ParserPool(size=1, timeout_seconds=1, work=obey) as pool:
        yield pool


def answer(pool: ParserPool, body: bytes) -> ParseOutcome:
    return asyncio.run(one(pool, body))


def one(pool: ParserPool, body: bytes) -> Coroutine[Any, Any, ParseOutcome]:
    return pool.parse(body, url="https://harbour.example/feed", headers={"etag": "x"}, max_items=9)


def failure(outcome: ParseOutcome) -> ParseFailed:
    assert isinstance(outcome, ParseFailed)
    assert outcome.problem is FetchProblem.PARSER
    return outcome


def process(outcome: ParseOutcome) -> int:
    """The process that the work ran in."""
    return int(outcome.detail if isinstance(outcome, ParseFailed) else outcome.format)


def test_a_feed_is_parsed_in_another_process() -> None:
    with ParserPool() as pool:
        outcome = asyncio.run(pool.parse(FEED, url="https://harbour.example/feed", headers={}, max_items=9))
    assert isinstance(outcome, ParsedFeed)
    assert [item.title for item in outcome.items] == ["Ferry late"]


def test_one_child_serves_several_event_loops_and_gets_every_argument(pool: ParserPool) -> None:
    first, second = answer(pool, b""), answer(pool, b"")
    assert first == second
    assert isinstance(first, ParsedFeed)
    assert first.title == "https://harbour.example/feed x 9"
    assert process(first) != os.getpid()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"hang", "The parser was stopped after 1 s."),
        (b"die", "The parser's process was killed by signal 9."),
        (b"exit", "The parser's process ended with code 7."),
        (b"grow", "The parser's process ended with code 1."),
    ],
)
def test_a_child_that_hangs_or_dies_costs_one_failure_and_is_replaced(
    pool: ParserPool, body: bytes, reason: str
) -> None:
    before = process(answer(pool, b""))
    assert failure(answer(pool, body)).detail == reason
    assert process(answer(pool, b"")) != before


def test_a_child_killed_while_idle_costs_one_failure(pool: ParserPool) -> None:
    os.kill(process(answer(pool, b"")), signal.SIGKILL)
    failure(answer(pool, b""))
    assert isinstance(answer(pool, b""), ParsedFeed)


def test_a_child_whose_parser_gave_up_is_replaced(pool: ParserPool) -> None:
    gave_up = process(failure(answer(pool, b"give up")))
    assert process(answer(pool, b"")) != gave_up


def test_a_child_that_refuses_a_document_stays(pool: ParserPool) -> None:
    refused = process(answer(pool, b"refuse"))
    assert process(answer(pool, b"")) == refused


def test_a_stopped_child_that_takes_no_task_ends_at_the_deadline(pool: ParserPool) -> None:
    os.kill(process(answer(pool, b"")), signal.SIGSTOP)
    assert failure(answer(pool, bytes(10_000_000))).detail == "The parser was stopped after 1 s."


def test_signals_to_the_group_do_not_end_a_task(pool: ParserPool) -> None:
    before = process(answer(pool, b""))
    assert process(answer(pool, b"signal")) == before


def test_two_children_work_side_by_side_while_the_loop_goes_on() -> None:
    async def several(pool: ParserPool) -> tuple[list[ParseOutcome], int]:
        tasks = asyncio.gather(*(one(pool, b"pause") for _ in range(6)))
        turns = 0
        while not tasks.done():
            await asyncio.sleep(0.01)
            turns += 1
        return await tasks, turns

    with ParserPool(size=2, work=obey) as pool:
        outcomes, turns = asyncio.run(several(pool))
    assert len({process(outcome) for outcome in outcomes}) == 2
    assert turns > 10


def test_a_task_nobody_waits_for_any_more_leaves_its_child_usable(pool: ParserPool) -> None:
    async def impatient() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(one(pool, b"pause"), 0.05)

    before = process(answer(pool, b""))
    asyncio.run(impatient())
    assert process(answer(pool, b"")) == before


def test_closing_ends_the_children_and_the_task_in_flight() -> None:
    async def closed_meanwhile(pool: ParserPool) -> tuple[int, ParseOutcome]:
        child = process(await one(pool, b""))
        task = asyncio.create_task(one(pool, b"hang"))
        await asyncio.sleep(0.1)
        await asyncio.to_thread(pool.close)
        return child, await task

    child, outcome = asyncio.run(closed_meanwhile(ParserPool(size=1, work=obey)))
    assert failure(outcome).detail == "The parser's process was killed by signal 9."
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


PROGRAM = f"""
import asyncio, sys, time
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from monitor.workers import ParserPool

if __name__ == "__main__":
    pool = ParserPool(size=1)
    asyncio.run(pool.parse({FEED!r}, url="https://harbour.example/", headers={{}}, max_items=9))
    print("parsed", flush=True)
    if "stay" in sys.argv:
        time.sleep(60)
"""
"""A child shares its parent's standard output, which therefore ends when both have ended."""


def test_a_forgotten_pool_does_not_keep_the_program_from_ending(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    done = subprocess.run([sys.executable, program], capture_output=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == (b"parsed\n", b"")


def test_a_killed_parent_leaves_no_children(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    with subprocess.Popen([sys.executable, program, "stay"], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"parsed\n"
        parent.kill()
        assert parent.stdout.read() == b""
