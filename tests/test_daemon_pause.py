"""A pause is no end: the daemon is stopped and continued, as a debugger, a frozen container or a closed lid does it.

A pause longer than the guard's look interval is what `signal.sigtimedwait` took for a signal.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from daemons import CONFIG, PATIENCE_SECONDS, daemon, eventually, log_of, said
from databases import lay_beside
from house import rss
from manager import FakeManager, fake_manager
from origin import Origin, reply

pytestmark = pytest.mark.whole

PROGRAM = Path(__file__).with_name("broken_service.py")
LOOK_SECONDS = 0.05
"""How often the guard of `broken_service.py` looks, at least: the watchdog's time is four times that."""

SHORT, LONG = 0.01, 0.3


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss()))
        path = tmp_path / "config.toml"
        path.write_text(CONFIG.format(url=origin.url("/a"), port=origin.port))
        lay_beside(path)
        yield path


@contextmanager
def watched(config: Path) -> Iterator[tuple[subprocess.Popen[str], FakeManager]]:
    """The daemon with a guard that looks many times a second, and the manager that hears of each look."""
    with (
        fake_manager(watchdog_usec=int(LOOK_SECONDS * 4_000_000)) as manager,
        daemon(config, manager.environment) as process,
    ):
        eventually(said(config, '"polled"'))
        yield process, manager


def pause(process: subprocess.Popen[str], seconds: float, *meanwhile: signal.Signals) -> None:
    process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    for each in meanwhile:
        process.send_signal(each)
    process.send_signal(signal.SIGCONT)


def pause_often(config: Path, times: int) -> None:
    with watched(config) as (process, manager):
        for number in range(times):
            pause(process, SHORT if number % 4 == 0 else LONG)
            looks = manager.count("WATCHDOG")
            eventually(lambda looks=looks: manager.count("WATCHDOG") > looks + 1 or process.poll() is not None)  # type: ignore[misc]
            assert process.poll() is None, f"pause {number} ended it: {log_of(config)[-1]}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
    assert log_of(config)[-2]["because"] == "SIGTERM"


def test_pauses_are_survived(config: Path) -> None:
    pause_often(config, 10)


@pytest.mark.simulate
@pytest.mark.timeout(300)
def test_a_hundred_pauses_are_survived(config: Path) -> None:
    pause_often(config, 100)


def test_sigterm_that_came_in_a_pause_ends_it_cleanly(config: Path) -> None:
    with watched(config) as (process, _):
        pause(process, LONG, signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
    assert [event["event"] for event in log_of(config)][-2:] == ["stopping", "stopped"]


def test_sigterm_right_after_a_pause_ends_it_cleanly(config: Path) -> None:
    with watched(config) as (process, _):
        pause(process, LONG)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0


def test_sighup_that_came_in_a_pause_reloads(config: Path) -> None:
    with watched(config) as (process, _):
        pause(process, LONG, signal.SIGHUP)
        eventually(said(config, "config reloaded"))
        assert process.poll() is None


def test_of_two_signals_at_once_both_are_honoured(config: Path) -> None:
    with watched(config) as (process, _):
        pause(process, LONG, signal.SIGHUP, signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
    events = [event["event"] for event in log_of(config)]
    assert events[-2:] == ["stopping", "stopped"]
    assert events.count("config reloaded") <= 1


def test_signals_that_ask_for_nothing_are_not_acted_on(config: Path) -> None:
    with watched(config) as (process, manager):
        process.send_signal(signal.SIGWINCH)
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGCHLD)
        looks = manager.count("WATCHDOG")
        eventually(lambda: manager.count("WATCHDOG") > looks + 2)
        assert process.poll() is None


def test_signals_without_end_put_off_no_look_of_the_guard(config: Path) -> None:
    with watched(config) as (process, manager):
        looks = manager.count("WATCHDOG")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while manager.count("WATCHDOG") < looks + 3:
            assert time.monotonic() < deadline
            process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0


def test_a_pause_longer_than_the_guards_patience_is_forgiven(config: Path) -> None:
    """The service of this program ends itself when a tick is a second late."""
    with fake_manager() as manager, (config.parent / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, PROGRAM, config, "nothing"], stderr=log, env=manager.environment)
        try:
            eventually(lambda: manager.count("WATCHDOG") > 3)
            for _ in range(2):
                process.send_signal(signal.SIGSTOP)
                time.sleep(3)
                process.send_signal(signal.SIGCONT)
                looks = manager.count("WATCHDOG")
                eventually(lambda looks=looks: manager.count("WATCHDOG") > looks + 3 or process.poll() is not None)  # type: ignore[misc]
                assert process.poll() is None, (config.parent / "log").read_text()
        finally:
            process.kill()
            process.wait(PATIENCE_SECONDS)


def test_the_log_says_which_signal_ended_it(config: Path) -> None:
    with daemon(config) as process:
        eventually(said(config, '"polled"'))
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 0
    (stopping,) = (line for line in (config.parent / "log").read_text().splitlines() if '"stopping"' in line)
    assert json.loads(stopping)["because"] == "SIGINT"
