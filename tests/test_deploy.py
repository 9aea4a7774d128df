"""What is shipped to run the daemon by: hardened, unprivileged, and in agreement with the program (rule S16)."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from monitor.cli import EXIT_CODES
from monitor.daemon.service import GRACE
from monitor.daemon.watchdog import WatchdogLimits

DEPLOY = Path(__file__).parents[1] / "deploy"
UNIT = DEPLOY / "news-monitor.service"
TEMPORARY_FAILURE = 75


def service() -> dict[str, str]:
    unit = configparser.RawConfigParser(strict=False, comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(UNIT)
    return dict(unit["Service"])


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_the_unit_is_hardened() -> None:
    command = ["systemd-analyze", "security", "--offline=yes", "--threshold=15", str(UNIT)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout[-400:] + run.stderr


def test_the_unit_speaks_the_programs_protocol() -> None:
    unit = service()
    assert unit["Type"] == "notify-reload"
    assert int(unit["WatchdogSec"]) == WatchdogLimits().wrong.total_seconds()
    assert int(unit["TimeoutStopSec"]) > GRACE.total_seconds()


def test_what_a_new_start_cannot_mend_is_not_started_again() -> None:
    hopeless = {str(code) for code in EXIT_CODES.values()} - {str(TEMPORARY_FAILURE)}
    assert set(service()["RestartPreventExitStatus"].split()) == hopeless


def test_a_parser_that_is_killed_for_memory_does_not_stop_the_service() -> None:
    assert service()["OOMPolicy"] == "continue"


def test_the_image_is_unprivileged_has_one_volume_and_says_how_it_is() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    words = [line.split()[0] for line in lines if re.match(r"[A-Z]+ ", line)]
    assert words.count("VOLUME") == words.count("USER") == words.count("HEALTHCHECK") == 1
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert "USER root" not in lines
