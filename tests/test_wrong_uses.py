"""Wrong uses of the command line: each answer says what is wrong, where, and what to do, in a few lines."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from daemons import CONFIG, asked
from test_command_tree import LEAVES
from typer.testing import CliRunner

from monitor.cli import app, settings

WRONG = [
    # words, exit code, what the answer says
    (("statsu",), 2, ("statsu", "Did you mean 'status'", "news-monitor --help")),
    (("feed", "list"), 2, ("'feed'", "feeds", "news-monitor --help")),
    (("feeds", "lits"), 2, ("'lits'", "list", "news-monitor feeds --help")),
    (("status", "--jsn"), 2, ("--jsn", "Did you mean --json?", "news-monitor status --help")),
    (("status", "now"), 2, ('"now" is too much', "news-monitor status --help")),
    (("feeds", "show"), 2, ("FEED is missing", "news-monitor feeds show --help")),
    (("feeds", "show", "nobody"), 2, ("nobody", "news-monitor feeds list")),
    (("feeds", "show", "https://harbour.example/rss", "--limit", "many"), 2, ("--limit", "not a whole number")),
    (("feeds", "show", "x", "--limit", "0"), 2, ("--limit: the least is 1",)),
    (("stories", "show", "first"), 2, ("ID: it is not a whole number",)),
    (("stories", "show", "4711"), 2, ("no story 4711", "stories list")),
    (("stories", "mute", "4711"), 2, ("no story 4711", "stories list")),
    (("stories", "list", "--since", "yesterday"), 2, ("--since", "yesterday", "30m")),
    (("stories", "list", "--topic", "Syria"), 2, ('"Syria"', "news-monitor topics list", "config.toml")),
    (("topics", "check", "Syria ceasfire"), 2, ('Did you mean "Syria ceasefire"', "config.toml")),
    (("topics", "explain", "Syria ceasefire"), 2, ("--title", "--text")),
    (("topics", "explain", "Syria ceasefire", "9"), 2, ("No stored article", '"9"')),
    (("topics", "sources", "Syria ceasefire", "--add", "99"), 2, ("--add", "numbers from 1", '"99"')),
    (("topics", "test", "--input", "missing.jsonl"), 2, ("missing.jsonl", "cannot be read")),
    (("topics", "test", "--input", "x", "--since", "3d"), 2, ("--since", "--input", "one of them")),
    (("topics", "suggest", "Syria ceasefire", "--wrong", "all"), 2, ("--wrong", "4711")),
    (("lists", "@narnia"), 2, ('"narnia"', "news-monitor lists")),
    (("digest", "preview", "Nightly"), 2, ('"Nightly"', '"Daily"', "config.toml")),
    (("digest", "preview", "--format", "pdf"), 2, ("--format", "'text', 'html', 'eml'")),
    (("digest", "preview", "--at", "noon"), 2, ('"noon"', "2026-03-01 07:00")),
    (("digest", "show", "Daily/2020-01-01"), 2, ("Daily/2020-01-01",)),
    (("deliveries", "show", "3"), 2, ("3", "deliveries list")),
    (("deliveries", "list", "--state", "lost"), 2, ("--state", "'queued'", "'sent'")),
    (("poll", "https://nowhere.example/rss"), 2, ("No feed has the URL", "nowhere.example")),
    (("why",), 2, ("URL-OR-WORDS is missing", "news-monitor why --help")),
    (("restore",), 2, ("no good backup",)),
    (("restore", "missing.db"), 2, ("no file missing.db", "backups")),
    (("backup", "--to", "config.toml"), 2, ("config.toml",)),
    (("mail", "test"), 2, ("--to",)),
    (("status", "--config", "missing.toml"), 2, ("missing.toml", "--config names it", "news-monitor init")),
    (("feeds", "--config=missing.toml", "list"), 2, ("missing.toml", "--config names it")),
    (("status", "--config"), 2, ("--config",)),
    (("init", "--topic", "Ports", "--maildir", "m", "--server", "mail.example"), 2, ("--maildir", "--server")),
]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(url="https://harbour.example/rss", port=443), encoding="utf-8")
    asked(path, "migrate")
    return path


@pytest.mark.parametrize(("words", "code", "told"), WRONG, ids=[" ".join(words) for words, *_ in WRONG])
def test_a_wrong_use_is_answered_in_a_few_lines(
    words: tuple[str, ...], code: int, told: tuple[str, ...], config: Path
) -> None:
    free = words[0] == "init"
    done = asked(config.with_name("new.toml") if free else config, *words)
    assert done.returncode == code, done.stderr
    assert [each for each in told if each not in done.stderr] == [], done.stderr
    assert "Traceback" not in done.stderr
    assert "Usage:" not in done.stderr
    assert len(done.stderr.splitlines()) <= 4, done.stderr
    assert done.stdout == ""


def test_options_of_the_program_are_read_behind_the_command_too(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = config.rename(config.with_name("there.toml"))
    for words in (
        ("topics", "list", "--config", str(there)),
        ("topics", "list", f"--config={there}", "--json"),
        ("topics", "--config", str(there), "list"),
        ("topics", "list", "-v", "-c", str(there)),
        ("topics", "explain", "Syria ceasefire", "--title", "--config", "-c", str(there)),
    ):
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, f"{words}: {done.output}{done.exception}"
    done = CliRunner().invoke(app, ["lists", "--", "--config"])
    assert "--config" in done.output


def test_ctrl_c_ends_a_command_in_one_line(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(settings, "outline_of", interrupted)
    done = asked(config, "status")
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "Interrupted.")


@pytest.mark.whole
def test_an_output_that_cannot_be_written_is_a_sentence(config: Path) -> None:
    run = [sys.executable, "-m", "monitor", "--config", str(config), "topics", "list"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(run, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        "What the command prints could not be written: No space left on device.\n",
    )
    closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *run], capture_output=True, text=True, check=False)
    assert "Traceback" not in closed.stderr


EVERY = [name for name in LEAVES if name not in {"run", "worker", "demo", "init", "restore", "doctor"}]
ARGUMENTS = {
    "why": ["truce"],
    "feeds show": ["https://harbour.example/rss"],
    "topics misses": ["Syria ceasefire"],
    "topics suggest": ["Syria ceasefire"],
    "topics sources": ["Syria ceasefire"],
    "topics explain": ["Syria ceasefire", "--title", "Truce in Syria"],
}


@pytest.mark.whole
@pytest.mark.parametrize("name", EVERY)
def test_a_closed_pipe_ends_a_command_quietly(name: str, config: Path) -> None:
    for more in ([], ["--json"], ["--help"]):
        run = [sys.executable, "-m", "monitor", "--config", str(config), *name.split(), *ARGUMENTS.get(name, []), *more]
        reading, writing = os.pipe()
        os.close(reading)
        with open(writing, "w") as nowhere:  # noqa: PTH123 (a number)
            ways = {"stdin": subprocess.DEVNULL, "stdout": nowhere, "stderr": subprocess.PIPE}
            done = subprocess.run(run, **ways, text=True, timeout=60, check=False)  # type: ignore[call-overload]
        assert "Traceback" not in done.stderr, done.stderr
        assert not re.search("Broken ?pipe|Exception ignored", done.stderr, re.IGNORECASE), done.stderr
