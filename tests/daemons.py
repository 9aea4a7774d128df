"""The daemon as a process of its own, for tests: its config, its log, commands beside it."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from house import Story
from typer.testing import CliRunner

from monitor.cli import app, exit_code
from monitor.errors import NewsMonitorError

PATIENCE_SECONDS = 60
TRUCE = Story(id="truce", title="Syria truce holds")
CONFIG = """
[[feeds]]
url = "{url}"

[[topics]]
name = "Syria ceasefire"
all = ["Syria*", "truce"]

[[digests]]
name = "Daily"
to = ["you@reader.example"]
at = "07:00"

[storage]
folder = "data"

[polling]
host_gap = "0s"
allow_private = ["127.0.0.1"]
allow_ports = [{port}]
"""


def command(config: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "monitor", "--config", str(config), *words]


def done(config: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, to its end."""
    return subprocess.run(
        command(config, *words), capture_output=True, text=True, timeout=PATIENCE_SECONDS * 2, check=False
    )


def asked(config: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The same command in this process, for tests that are not about its process: to start one takes longer."""
    result = CliRunner().invoke(app, ["--config", str(config), *words])
    code, stderr, error = result.exit_code, result.stderr, result.exception
    if isinstance(error, NewsMonitorError):  # as `main` says it
        code, stderr = exit_code(error), f"{stderr}{error}\n"
    elif error is not None and not isinstance(error, SystemExit):
        raise error
    return subprocess.CompletedProcess(words, code, result.stdout, stderr)


@contextmanager
def daemon(config: Path, environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A running daemon; whatever is left of it at the end is killed."""
    log = (config.parent / "log").open("a")
    process = subprocess.Popen(command(config, "run"), stderr=log, text=True, env=environment)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE_SECONDS)
        log.close()


def log_of(config: Path) -> list[dict[str, object]]:
    lines = (config.parent / "log").read_text().splitlines()
    return [json.loads(line) for line in lines]


def eventually(claim: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not claim():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def said(config: Path, event: str) -> Callable[[], bool]:
    return lambda: (config.parent / "log").exists() and event in (config.parent / "log").read_text()
