"""What is broken inside the service is seen outside: no sign of life for the manager, and an end with an error."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from databases import lay_beside
from manager import FakeManager, fake_manager

pytestmark = pytest.mark.whole

PATIENCE_SECONDS = 40
PROGRAM = Path(__file__).with_name("broken_service.py")
CONFIG = """
[[feeds]]
url = "https://post.example/feed"
enabled = false

[[topics]]
name = "Syria ceasefire"

[[digests]]
name = "Daily"
to = ["you@reader.example"]

[storage]
folder = "data"
"""


@contextmanager
def service(folder: Path, fault: str, manager: FakeManager) -> Iterator[subprocess.Popen[str]]:
    config = folder / "config.toml"
    config.write_text(CONFIG)
    lay_beside(config)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, PROGRAM, config, fault], stderr=log, text=True, env=manager.environment
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait(PATIENCE_SECONDS)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("trigger", "no tick of"),
        pytest.param("job store", "no tick of", marks=pytest.mark.simulate),
        pytest.param("executor", "no tick of", marks=pytest.mark.simulate),
        ("hanging step", "a request that hangs"),
        ("locked database", "the database does not answer"),
    ],
)
def test_a_service_that_does_not_work_gives_no_sign_of_life_and_ends_itself(
    fault: str, reason: str, tmp_path: Path
) -> None:
    with fake_manager() as manager, service(tmp_path, fault, manager) as process:
        assert process.wait(PATIENCE_SECONDS) == 1
    said = manager.said
    log = (tmp_path / "log").read_text()
    assert "service hangs, restarting" in log
    assert reason in log
    assert "most recent call first" in log
    assert [message for message in said if "READY" in message] == said[:1]
    assert "WATCHDOG" not in said[-1]
    assert reason in said[-1]["STATUS"]


def test_a_job_that_always_fails_leaves_the_others_at_work(tmp_path: Path) -> None:
    with fake_manager() as manager, service(tmp_path, "job", manager) as process:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while manager.count("WATCHDOG") < 60:
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.05)
    assert "job failed" in (tmp_path / "log").read_text()


def test_damage_beside_something_that_hangs_ends_it_with_exit_3_as_well(tmp_path: Path) -> None:
    with fake_manager() as manager, service(tmp_path, "damage beside a hang", manager) as process:
        assert process.wait(PATIENCE_SECONDS) == 3
    assert "the file is damaged" in (tmp_path / "log").read_text()
