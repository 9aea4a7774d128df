"""`digest review`: the draft of a digest is shown, changed and released by a command, where no daemon runs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from drafts import with_draft
from origin import Origin
from typer.testing import CliRunner, Result

from monitor.cli import app


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    with Origin() as origin:
        yield with_draft(tmp_path, origin)


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["digest", "review", "--config", str(config), *words])


def stories(config: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(config, "--json").stdout)["draft"]["stories"]
    return found


def test_a_draft_is_shown_changed_and_released(config: Path) -> None:
    shown = run(config)
    assert "The draft of Daily waits until" in shown.stdout
    assert "Aid convoy" in shown.stdout
    one, two, three = (str(each["story"]) for each in stories(config))
    changed = run(config, "--drop", one, "--first", three, "--comment", f"{three}: Nobody expects a result.")
    assert changed.exit_code == 0, changed.output
    assert [(str(each["story"]), each["form"], each["comment"]) for each in stories(config)] == [
        (three, "story", "Nobody expects a result."),
        (two, "story", ""),
        (one, "dropped", ""),
    ]
    assert _status(config)["editions"][0]["drafted"]
    run(config, "--keep", one, "--comment", f"{three}:")
    assert {each["form"] for each in stories(config)} == {"story"}
    assert not any(each["comment"] for each in stories(config))
    released = run(config, "--drop", one, "--release")
    assert released.exit_code == 0, released.output
    assert "you@reader.example: sent" in released.stdout
    assert "No draft" in run(config).stdout
    assert json.loads(run(config, "--json").stdout)["draft"] is None
    assert "No draft" in str(run(config, "--release").exception)
    past = CliRunner().invoke(app, ["digest", "show", "--config", str(config), "--json", "1"])
    assert json.loads(past.stdout)["review"]["dropped"] == 1


def _status(config: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CliRunner().invoke(app, ["status", "--config", str(config), "--json"]).stdout)
    return found


def test_mistakes_say_what_to_write(config: Path) -> None:
    assert "has no story 99" in str(run(config, "--drop", "99").exception)
    assert 'write it as "12: ' in str(run(config, "--comment", "no number").exception)
    first = stories(config)[0]["story"]
    assert "at most 280" in str(run(config, "--comment", f"{first}:{'x' * 281}").exception)


def test_a_digest_that_waits_for_nobody_says_how_to(config: Path) -> None:
    config.write_text(config.read_text().replace('review = "20m"', ""))
    run(config, "--release")  # the draft was made, and is released
    assert 'write review = "15m"' in run(config).stdout
    assert 'write review = "15m"' in str(run(config, "--release").exception)
