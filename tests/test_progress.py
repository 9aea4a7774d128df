"""What counts as hanging, on a clock that is moved by hand."""

import threading
from datetime import timedelta

import pytest

from monitor.progress import Progress

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
