"""What is shipped to run the daemon by: hardened, unprivileged, and in agreement with the program (rule S16)."""

import configparser
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from monitor.cli import EXIT_CODES
from monitor.cli.init import _example
from monitor.daemon.service import GRACE
from monitor.daemon.watchdog import WatchdogLimits

DEPLOY = Path(__file__).parents[1] / "deploy"
DOCKERFILE = DEPLOY / "Dockerfile"
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
    assert unit["Type"] == "notify"
    assert unit["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert int(unit["WatchdogSec"]) == WatchdogLimits().wrong.total_seconds()
    assert int(unit["TimeoutStopSec"]) > GRACE.total_seconds()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_the_systemd_of_this_machine_understands_every_line(tmp_path: Path) -> None:
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace("/opt/news-monitor/bin/news-monitor", "/bin/true"))
    command = ["systemd-analyze", "verify", "--man=no", str(copy)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert [line for line in run.stderr.splitlines() if UNIT.name in line] == []


def test_the_unit_and_a_config_below_etc_have_one_folder(tmp_path: Path) -> None:
    folder = Path(service()["Environment"].removeprefix("XDG_DATA_HOME=")) / service()["StateDirectory"]
    for place in ("/etc/news-monitor/config.toml", "/etc/other.toml", "/etc/a/b/c.toml"):
        assert tomllib.loads(_example(Path(place)).decode())["storage"]["folder"] == str(folder)
    for elsewhere in (tmp_path / "config.toml", Path("/etcetera/c.toml"), Path("/home/ann/etc/c.toml")):
        assert "folder" not in tomllib.loads(_example(elsewhere).decode())["storage"]


def test_the_image_gets_what_it_copies_and_nothing_else() -> None:
    kept = {line[1:] for line in (DEPLOY.parent / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    lines = [line.split() for line in DOCKERFILE.read_text().splitlines() if re.match("COPY (?!--)", line)]
    copied = {source for _, *sources, _ in lines for source in sources}
    assert kept == copied
    assert all((DEPLOY.parent / source).exists() for source in copied)
    assert "*" in (DEPLOY.parent / ".dockerignore").read_text().splitlines()


def test_the_image_is_built_from_pinned_parts() -> None:
    text = DOCKERFILE.read_text()
    assert re.search(r"^ARG PYTHON=\d+\.\d+\.\d+-", text, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"python:${PYTHON}"}
    installs = re.findall(r"pip install ([^&\n\\]+)", text)
    assert all("--require-hashes" in each or "--no-index" in each for each in installs), installs
    locked = (DEPLOY.parent / "requirements" / "dev.txt").read_text()
    blocks = re.findall(r"^\S.*(?:\n .*)*", (DEPLOY.parent / "requirements" / "build.txt").read_text(), re.MULTILINE)
    assert [each for each in blocks if each not in locked] == []
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text())
    for needed in project["build-system"]["requires"]:
        assert any(each.startswith(f"{needed.partition('>')[0]}==") for each in blocks)


def test_compose_keeps_the_data_where_its_comment_says_and_limits_the_log() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    assert "source: ../data" in text
    assert "create_host_path: false" in text
    assert "max-size: 10m" in text
    uid = re.search(r"--uid (\d+)", DOCKERFILE.read_text())
    assert uid
    assert f"chown -R {uid[1]} data" in text


def test_the_container_is_not_restarted_because_of_a_recipient() -> None:
    assert 'CMD ["news-monitor", "status", "--live"]' in DOCKERFILE.read_text()


def test_what_a_new_start_cannot_mend_is_not_started_again() -> None:
    hopeless = {str(code) for code in EXIT_CODES.values()} - {str(TEMPORARY_FAILURE)}
    assert set(service()["RestartPreventExitStatus"].split()) == hopeless


def test_the_service_waits_for_the_disk_of_its_data() -> None:
    """A start without it ends for good: a folder that cannot be used is no matter of a restart."""
    unit = (DEPLOY / "news-monitor.service").read_text().split("[Service]")[0]
    assert "RequiresMountsFor=/var/lib/news-monitor" in unit.splitlines()


def test_a_parser_that_is_killed_for_memory_does_not_stop_the_service() -> None:
    assert service()["OOMPolicy"] == "continue"


def test_the_image_is_unprivileged_has_one_volume_and_says_how_it_is() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    words = [line.split()[0] for line in lines if re.match(r"[A-Z]+ ", line)]
    assert words.count("VOLUME") == words.count("USER") == words.count("HEALTHCHECK") == 1
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert "USER root" not in lines


def test_the_container_publishes_the_port_of_the_page_to_its_machine_alone() -> None:
    assert 'ports: ["127.0.0.1:8222:8222"]' in (DEPLOY / "compose.yaml").read_text()
    assert "EXPOSE 8222" in DOCKERFILE.read_text()
    assert 'listen = "127.0.0.1:8222"' in (DEPLOY.parent / "config.example.toml").read_text()
    assert "127.0.0.1:8222" in UNIT.read_text()
