"""What counts as hanging, on a clock that is moved by hand."""

import threading
from datetime import timedelta

import pytest

from monitor.progress import Progress, Unit

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_step_hangs_when_its_own_limit_is_over_and_not_before() -> None:
    clock = Seconds()
    progress = Progress(clock)
    with progress.step("message to a@x.example", timedelta(minutes=70)), progress.step("request to post", MINUTE):
        clock.now = 59
        assert progress.overdue() == ()
        clock.now = 61
        assert progress.overdue() == ("request to post",)
        assert progress.running() == ("message to a@x.example", "request to post")
    assert (progress.overdue(), progress.running()) == ((), ())


def test_a_job_may_take_long_while_it_is_in_a_step_or_shows_life() -> None:
    clock = Seconds()
    progress = Progress(clock)
    with progress.job("refresh", MINUTE):
        with progress.step("request", timedelta(hours=1)):
            clock.now = 1_000
            assert progress.overdue() == ()
        clock.now = 1_059
        assert progress.overdue() == ()
        progress.sign_of_life()
        clock.now = 1_100
        assert progress.overdue() == ()
        clock.now = 1_120
        assert progress.overdue() == ("refresh (no sign of life)",)
    assert progress.overdue() == ()


def test_a_step_of_another_thread_is_no_life_of_this_job() -> None:
    clock = Seconds()
    progress = Progress(clock)
    begun, done = threading.Event(), threading.Event()

    def elsewhere() -> None:
        with progress.step("request", timedelta(hours=1)):
            begun.set()
            done.wait(10)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    assert begun.wait(10)
    with progress.job("publish", SECOND):
        clock.now = 2
        assert progress.overdue() == ("publish (no sign of life)",)
    done.set()
    thread.join()


def test_what_fails_is_over() -> None:
    progress = Progress()
    with pytest.raises(OSError, match="reset"), progress.job("refresh", MINUTE), progress.step("request", MINUTE):
        raise OSError("reset")
    assert progress.running() == ()


def test_a_step_of_work_may_take_long_while_it_shows_life() -> None:
    clock = Seconds()
    progress = Progress(clock)
    with progress.step("edition", MINUTE, is_work=True), progress.step("request", timedelta(hours=1)):
        clock.now = 59
        progress.sign_of_life()
        clock.now = 118
        assert progress.overdue() == ()
        clock.now = 120
        assert progress.overdue() == ("edition",)


def test_life_does_not_prolong_what_waits_for_others() -> None:
    clock = Seconds()
    progress = Progress(clock)
    with progress.step("request", MINUTE):
        clock.now = 59
        progress.sign_of_life()
        clock.now = 61
        assert progress.overdue() == ("request",)


def test_units_at_work_are_witnessed_and_the_longest_is_known() -> None:
    clock = Seconds()
    seen: list[tuple[Unit, ...]] = []
    progress = Progress(clock, seen.append)
    one, other = (Unit(kind="poll", key=key, given="") for key in "ab")
    with progress.at_work(one):
        clock.now = 5
        with progress.at_work(other):
            assert progress.at_work_since(4) == (one,)
            assert progress.at_work_since(5) == (one, other)
        with pytest.raises(MemoryError), progress.at_work(other):
            raise MemoryError
    assert seen == [(one,), *[(one, other), (one,)] * 2, ()]
    assert progress.at_work_since(99) == ()
