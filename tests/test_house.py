"""What the house of the tests leaves out makes no difference: `live` ticks only when something may be due."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from house import STEP, House, Story, house, rss
from origin import Origin, reply, status
from simulated import NOON

DAY = timedelta(days=1)
FEED = [Story(id=f"{n}", title=f"Syria truce, report {n}", at=NOON + n * DAY / 2) for n in range(4)]
SCRIPTS = {
    "growing": [reply(rss(*FEED[:n])) for n in range(5)],
    "failing": [reply(rss(FEED[0])), *[status(503)] * 4, reply(rss(*FEED))],
    "asks for quiet": [status(429, [("Retry-After", "40000")]), reply(rss()), reply(rss(*FEED))],
    "never there": [status(404)],
}


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


def every_step(home: House, span: timedelta) -> None:
    for _ in range(span // STEP):
        home.clock.advance(STEP)
        home.tick()


def told_by(home: House) -> tuple[object, ...]:
    """All that a life leaves behind, in so far as two of them can be compared."""
    states = [
        (each.polled_at, each.next_poll_at, each.failures, each.succeeded_at)
        for each in home.jobs.store.feeds.configured()
    ]
    records = [(each.slot, each.state, each.next_attempt_at) for each in home.jobs.store.deliveries.records()]
    return home.clock.now(), states, records, [mail.count("Syria truce") for mail in home.mails()]


@pytest.mark.parametrize("name", SCRIPTS)
def test_only_steps_at_which_nothing_is_due_are_left_out(name: str, tmp_path: Path, origin: Origin) -> None:
    for path in ("/jumped", "/ticked"):
        origin.serve(path, *SCRIPTS[name])
    with (
        house(tmp_path / "jumped", origin, "/jumped") as jumped,
        house(tmp_path / "ticked", origin, "/ticked") as ticked,
    ):
        jumped.live(3 * DAY + STEP / 3)
        every_step(ticked, 3 * DAY + STEP)
        assert told_by(jumped) == told_by(ticked)
    assert len(origin.asked("/jumped")) == len(origin.asked("/ticked")) > 0
