"""Log events: one line each, whoever wrote the text, without secrets, in the form the reader of stderr wants."""

import io
import json
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from monitor.cli.logs import configure_logs

NASTY = "Truce\n2026-01-01 CRITICAL all is lost\x1b[2J\x9b2J\u202e\x00"


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("monitor").setLevel(logging.NOTSET)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def fail() -> None:
    raise OSError(NASTY)


def said() -> None:
    """One event of ours, one of a library, one with a traceback."""
    configure_logs(is_verbose=True)
    log = structlog.get_logger("monitor.test")
    log.info("polled", feed=NASTY, what=[NASTY])
    logging.getLogger("library").warning("asked %s", NASTY)
    try:
        fail()
    except OSError:
        log.exception("failed", url="https://u:p@post.example/feed?token=s3cret&a=1")


@pytest.mark.parametrize("out", [io.StringIO(), Terminal()], ids=["elsewhere", "terminal"])
def test_nothing_a_stranger_wrote_begins_a_line_or_rules_the_terminal(
    out: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", out)
    said()
    text = out.getvalue()
    colours = ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[3")
    assert not [line for line in text.splitlines() if line.startswith("2026-01-01 CRITICAL")]
    assert "\x1b[2J" not in text
    assert not {"\x9b", "\x00", "\u202e"} & set(text)
    assert all(text.startswith(colours, at) for at, char in enumerate(text) if char == "\x1b")
    assert "s3cret" not in text
    assert "u:p@" not in text


def test_elsewhere_an_event_is_one_json_object(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    said()
    events = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [event["event"].split()[0] for event in events] == ["polled", "asked", "failed"]
    assert "Traceback" in events[2]["exception"]


def test_in_the_journal_an_event_is_one_line_with_its_priority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "journal").open("w+") as out:
        found = os.fstat(out.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{found.st_dev}:{found.st_ino}")
        monkeypatch.setattr(sys, "stderr", out)
        said()
        out.seek(0)
        lines = out.read().splitlines()
    assert [line[:9] for line in lines] == ["<6>polled", "<4>asked ", "<3>failed"]
    assert "timestamp" not in "".join(lines)
    assert "s3cret" not in lines[2]
