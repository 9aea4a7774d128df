"""The guards of `make lint` bite: each is shown a breach, planted in a copy, and must name it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.whole

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout in which a breach may be planted."""
    for name in ("monitor", "pyproject.toml"):
        source = ROOT / name
        ignore = shutil.ignore_patterns("__pycache__", "*.toml")
        (shutil.copytree(source, tmp_path / name, ignore=ignore) if source.is_dir() else shutil.copy(source, tmp_path))
    return tmp_path


def told_by(folder: Path, *command: str) -> str:
    """What a check says; it must fail."""
    run = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": str(BIN)},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert run.returncode != 0, run.stdout
    return run.stdout + run.stderr


def plant(folder: Path, file: str, line: str) -> None:
    path = folder / "monitor" / file
    path.write_text(f"{path.read_text() if path.exists() else ''}\n{line}\n")


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("policy/slots.py", "import monitor.store", "Imports go one way BROKEN"),
        ("store/feeds.py", "import monitor.jobs", "Imports go one way BROKEN"),
        ("homeless.py", '"""A room nobody has named."""', "homeless"),
        ("digest/__init__.py", "import httpx", "httpx and httpcore are known to fetch alone BROKEN"),
        ("fetch/wire.py", "import feedparser", "feedparser is known to parse alone BROKEN"),
        ("pages/robots.py", "import trafilatura", "trafilatura is known to parse alone BROKEN"),
        ("jobs/publish.py", "import sqlalchemy", "sqlalchemy and alembic are known to store alone BROKEN"),
        ("digest/__init__.py", "import jinja2", "jinja2 is known to render and to the page alone BROKEN"),
        ("jobs/publish.py", "import apscheduler", "apscheduler is known to daemon alone BROKEN"),
    ],
)
def test_an_import_against_the_grain_breaks_its_contract(copy: Path, file: str, line: str, contract: str) -> None:
    plant(copy, file, line)
    assert contract in " ".join(told_by(copy, "lint-imports", "--no-cache").split())


@pytest.mark.parametrize(
    ("file", "line", "rule"),
    [
        ("policy/slots.py", "import random", "TID251"),
        ("policy/slots.py", "NOW = datetime.now(UTC)", "TID251"),
        ("policy/slots.py", 'import os\nHOME = os.environ["HOME"]', "TID251"),
        ("policy/slots.py", "import  json", "F401"),
    ],
)
def test_reading_the_clock_chance_or_environment_elsewhere_is_refused(
    copy: Path, file: str, line: str, rule: str
) -> None:
    plant(copy, file, line)
    assert rule in told_by(copy, "ruff", "check", "--no-cache", "monitor/policy/slots.py")


def test_untyped_code_is_refused(copy: Path) -> None:
    plant(copy, "resources.py", "def untyped(x):\n    return x")
    assert "no-untyped-def" in told_by(copy, "mypy", "--cache-dir", str(copy / "cache"), "monitor/resources.py")


def test_unformatted_code_is_refused(copy: Path) -> None:
    plant(copy, "resources.py", "x = {  'a':1 }")
    assert "would be reformatted" in told_by(copy, "ruff", "format", "--no-cache", "--check", "monitor/resources.py")
