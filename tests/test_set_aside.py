"""What ended the service twice in a row is set aside and named; everything else goes on. With real processes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from daemons import CONFIG, PATIENCE_SECONDS, asked, eventually
from databases import lay_beside
from house import Story, rss
from origin import Origin, reply

from monitor.daemon.crash_marker import CrashMarker

pytestmark = [pytest.mark.whole, pytest.mark.timeout(300)]

PROGRAM = Path(__file__).with_name("broken_service.py")
STUCK, FINE, OTHER = Story(id="s", title="Stuck in Kesh"), Story(id="f", title="Bread"), Story(id="o", title="Tea")


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/bad", reply(rss(STUCK)))
        origin.serve("/good", reply(rss(FINE)))
        yield origin


@pytest.fixture
def config(tmp_path: Path, origin: Origin) -> Path:
    path = tmp_path / "config.toml"
    text = CONFIG.format(url=origin.url("/good"), port=origin.port)
    path.write_text(f'[[feeds]]\nurl = "{origin.url("/bad")}"\ninterval = "2s"\n{text}')
    lay_beside(path)
    return path


@contextmanager
def service(config: Path, fault: str, *patient: str) -> Iterator[subprocess.Popen[bytes]]:
    """Its log is new with each start."""
    with (config.parent / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, PROGRAM, config, fault, *patient], stderr=log, cwd=config.parent)
        try:
            yield process
        finally:
            process.kill()
            process.wait(PATIENCE_SECONDS)


def log_of(config: Path) -> str:
    return (config.parent / "log").read_text()


def set_aside(config: Path) -> list[dict[str, object]]:
    found = json.loads(asked(config, "status", "--json").stdout)["set_aside"]
    assert isinstance(found, list)
    return found


def ended_twice(config: Path, fault: str, code: int) -> None:
    for _ in range(2):
        with service(config, fault) as process:
            assert process.wait(PATIENCE_SECONDS) == code, log_of(config)


@pytest.mark.parametrize(
    ("fault", "code"),
    [("sleeping match", 1), pytest.param("computing match", -signal.SIGPROF, marks=pytest.mark.simulate)],
)
def test_a_poll_that_hung_twice_is_set_aside_until_its_feed_changes(
    fault: str, code: int, config: Path, origin: Origin
) -> None:
    ended_twice(config, fault, code)
    with service(config, fault) as process:
        eventually(lambda: "poll set aside" in log_of(config))
        assert ("stack of the last process" in log_of(config)) is (code != 1)
        eventually(lambda: len(origin.asked("/good")) > 0)
        (named,) = set_aside(config)
        assert (named["work"], named["because"], named["times"]) == ("poll", "hang", 2)
        assert str(named["of"]).endswith("/bad")
        said = asked(config, "status").stdout
        assert "/bad is set aside: it hung 2 times in a row" in said
        assert process.poll() is None
        origin.serve("/bad", reply(rss(OTHER)))
        eventually(lambda: set_aside(config) == [])
        assert process.poll() is None


def test_a_poll_by_hand_tries_what_is_set_aside(config: Path) -> None:
    ended_twice(config, "sleeping match", 1)
    with service(config, "nothing", "patient"):
        eventually(lambda: "poll set aside" in log_of(config))
        url = str(set_aside(config)[0]["of"])
        polled = json.loads(asked(config, "poll", url, "--json").stdout)["reports"]
        assert [report["status"] for report in polled] == ["ok"], polled
        assert set_aside(config) == []


def is_stuck(config: Path) -> bool:
    """Whether the same poll is at work now and a little later, as no part of one is that goes on."""
    before = CrashMarker(config.parent / "data").ended.units
    time.sleep(0.5)
    now = CrashMarker(config.parent / "data").ended.units
    return before == now and [unit.key.endswith("/bad") for unit in now] == [True]


def killed_at_work(config: Path, *, counts: int) -> None:
    """Stopped first, so that it does not see what the kernel counts from then on."""
    kills = config.parent / "vmstat"
    with service(config, "sleeping match", "patient") as process:
        eventually(lambda: '"started"' in log_of(config))  # before that the mark is the last process's
        eventually(lambda: is_stuck(config))
        os.kill(process.pid, signal.SIGSTOP)
        kills.write_text(f"oom_kill {int(kills.read_text().split()[1]) + counts}\n")
        os.kill(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_SECONDS)


@pytest.mark.parametrize(("counts", "aside"), [pytest.param(0, [], marks=pytest.mark.simulate), (1, ["memory"])])
def test_a_kill_counts_only_if_it_was_for_want_of_memory(counts: int, aside: list[str], config: Path) -> None:
    (config.parent / "vmstat").write_text("oom_kill 7\n")
    for _ in range(2):
        killed_at_work(config, counts=counts)
    with service(config, "counted kills", "patient"):
        eventually(lambda: ("poll set aside" if aside else '"polled"') in log_of(config))
        assert [each["because"] for each in set_aside(config)] == aside
