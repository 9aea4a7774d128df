"""A server that answers conditional requests wrongly is asked once without conditions in each run of failures (P15)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from house import Story, house, rss
from origin import Asked, Origin, Reset, Script, Step, raw, reply, status
from simulated import SimulatedClock

from monitor.daemon.requests import Context, done
from monitor.errors import UsageError
from monitor.model.feed_update import PollReport
from monitor.model.requests import PollRequest

TRUCE = Story(id="truce", title="Syria truce holds")
TALKS = Story(id="talks", title="Syria truce talks resume")
HOUR = timedelta(hours=1)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


def is_conditional(request: Asked) -> bool:
    return any(request.header(name) for name in ("If-None-Match", "If-Modified-Since"))


def wrong_if_conditional(wrong: Script, *stories: Story, header: str = "ETag", value: str = '"1"') -> Script:
    def script(request: Asked) -> Iterator[Step]:
        answer = wrong if is_conditional(request) else reply(rss(*stories), headers=[(header, value)])
        yield from answer(request)

    return script


WRONG = {
    "an empty 200": reply(b""),
    "a 200 of blanks": reply(b"\n \n"),
    "400": status(400),
    "403": reply(b"<html>no</html>", status=403),
    "404": status(404),
    "412": status(412),
    "500": status(500),
    "502 without end": raw(b"HTTP/1.1 502 Bad\r\n\r\n"),
    "hangs up": raw(Reset()),
    "ends at once": raw(),
    "no HTTP": raw(b"what?\r\n\r\n"),
    "an HTML page": reply(b"<html><title>Error</title><body>Something went wrong</body></html>"),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_the_article_arrives_at_the_third_poll(wrong: Script, tmp_path: Path, origin: Origin) -> None:
    clock = SimulatedClock()
    origin.serve("/a", wrong_if_conditional(wrong, TRUCE), wrong, wrong_if_conditional(wrong, TALKS, TRUCE))
    with house(tmp_path, origin, "/a", clock=clock) as home:
        counts = []
        for _ in range(3):
            (report,) = home.refresh()
            counts.append(report.counts.new)
            assert home.refresh() == ()  # never at once
            clock.advance(timedelta(hours=5))
        assert counts == [1, 0, 1]
    assert [is_conditional(request) for request in origin.asked("/a")] == [False, True, False]


def test_a_date_as_validator_locks_nothing_out_either(tmp_path: Path, origin: Origin) -> None:
    clock, date = SimulatedClock(), "Sun, 01 Mar 2026 11:00:00 GMT"
    script = wrong_if_conditional(status(500), TRUCE, header="Last-Modified", value=date)
    origin.serve("/a", script)
    with house(tmp_path, origin, "/a", clock=clock) as home:
        found = []
        for _ in range(5):
            found += [report.is_failure for report in home.refresh()]
            clock.advance(timedelta(hours=5))
        assert found == [False, True, False, True, False]


def test_a_server_that_is_down_is_asked_for_everything_once_in_a_run_of_failures(
    tmp_path: Path, origin: Origin
) -> None:
    clock = SimulatedClock()
    origin.serve("/a", reply(rss(TRUCE), headers=[("ETag", '"1"')]), status(500))
    with house(tmp_path, origin, "/a", clock=clock) as home:
        for _ in range(20):
            home.refresh()
            clock.advance(timedelta(hours=30))
    sent = [is_conditional(request) for request in origin.asked("/a")]
    assert (sent[0], sent[1], sent[2], set(sent[3:])) == (False, True, False, {True})


def test_for_ever_it_is_not_asked_in_vain(tmp_path: Path, origin: Origin) -> None:
    """It was down when it was asked for everything, and refuses conditions since it is back."""
    clock = SimulatedClock()
    origin.serve("/a", reply(rss(TRUCE), headers=[("ETag", '"1"')]), *[status(500)] * 3)
    with house(tmp_path, origin, "/a", clock=clock) as home:
        for _ in range(4):
            home.refresh()
            clock.advance(timedelta(hours=30))
        origin.serve("/a", wrong_if_conditional(reply(b""), TALKS, TRUCE))
        reports: list[PollReport] = []
        for _ in range(32):
            reports += home.refresh()
            clock.advance(timedelta(hours=30))
        assert sum(report.counts.new for report in reports) == 1


@pytest.mark.parametrize("code", [429, 503])
def test_a_server_that_is_busy_is_given_no_more_work(code: int, tmp_path: Path, origin: Origin) -> None:
    clock = SimulatedClock()
    origin.serve("/a", reply(rss(TRUCE), headers=[("ETag", '"1"')]), status(code))
    with house(tmp_path, origin, "/a", clock=clock) as home:
        for _ in range(8):
            home.refresh()
            clock.advance(timedelta(hours=30))
    sent = [is_conditional(request) for request in origin.asked("/a")]
    assert len(sent) > 5
    assert sent == [False, *[True] * (len(sent) - 1)]


def test_by_hand_the_whole_document_can_be_asked_for(tmp_path: Path, origin: Origin) -> None:
    clock = SimulatedClock()
    origin.serve("/a", wrong_if_conditional(status(304), TRUCE), wrong_if_conditional(status(304), TALKS, TRUCE))
    with house(tmp_path, origin, "/a", clock=clock) as home:
        home.refresh()
        found = []
        for is_whole in (False, True):
            clock.advance(HOUR)
            outcome = done(Context(jobs=home.jobs), PollRequest(whole=is_whole))
            found += [report["counts"]["new"] for report in outcome["reports"]]
        assert found == [0, 1]
        with pytest.raises(UsageError, match="--whole"):
            done(Context(jobs=home.jobs), PollRequest(due=True, whole=True))
