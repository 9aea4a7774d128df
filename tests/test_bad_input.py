"""Bad input through the real command: all mistakes of a config at once, each bad feed with its reason."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from house import Story, rss
from origin import Origin, reply, status
from program import EDITABLE, Program

pytestmark = pytest.mark.whole

MARK = "# wrong"
FIVE_MISTAKES = f"""\
[[feeds]]
url = "ftp://harbour.example/feed.xml"  {MARK}

[[feeds]]
url = "https://harbour.example/feed.xml"
interval = "soon"  {MARK}

[[topics]]
name = "Syria ceasefire"
all = [
  ["Syria*"],
  ["@truces"],  {MARK}
]

[[digests]]
name = "Daily"
to = ["you@reader.example"]
timezone = "Europe/Londres"  {MARK}

[polling]
concurency = 4  {MARK}
"""
WORDS = ["ftp", "soon", "truces", "Londres", "concurency"]
"""What each complaint quotes, in order of lines."""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(command=EDITABLE, folder=tmp_path)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/gone", status(404))
        origin.serve("/page", reply(b"<!doctype html><title>Sign in</title><p>Welcome back"))
        origin.serve("/empty", reply(b""))
        origin.serve("/good", reply(rss(Story(id="ferry", title="Ferry late"))))
        yield origin


def marked_lines(text: str) -> list[int]:
    return [number for number, line in enumerate(text.splitlines(), start=1) if line.endswith(MARK)]


def test_check_names_all_five_mistakes_with_their_lines(program: Program) -> None:
    program.config.write_text(FIVE_MISTAKES)
    checked = program("check")
    lines = checked.stderr.splitlines()
    assert (checked.returncode, checked.stdout) == (2, "")
    assert [line.partition(": ")[0] for line in lines] == [
        f"{program.config}:{number}" for number in marked_lines(FIVE_MISTAKES)
    ]
    assert all(word in line for word, line in zip(WORDS, lines, strict=True))


def test_check_says_the_same_to_a_program(program: Program) -> None:
    program.config.write_text(FIVE_MISTAKES)
    checked = program("check", "--json")
    answer = json.loads(checked.stdout)
    assert (checked.returncode, answer["ok"]) == (2, False)
    assert [problem["line"] for problem in answer["problems"]] == marked_lines(FIVE_MISTAKES)


@pytest.mark.parametrize("command", [["poll"], ["digest", "preview"], ["run"]], ids=" ".join)
def test_no_command_works_with_half_a_config(program: Program, command: list[str]) -> None:
    program.config.write_text(FIVE_MISTAKES)
    refused = program(*command)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == program("check").stderr
    assert list((program.folder / "home").iterdir()) == []


def test_a_file_that_is_no_toml_is_told_with_the_line(program: Program) -> None:
    program.config.write_text('[[feeds]]\nurl = "https://harbour.example/feed.xml\n')
    checked = program("check")
    assert checked.returncode == 2
    assert checked.stderr.startswith(f"{program.config}:2: ")


def test_each_bad_feed_has_its_reason_and_the_good_one_is_stored(program: Program, origin: Origin) -> None:
    assert program("init", "--example").returncode == 0
    paths = ("/gone", "/page", "/empty", "/good")
    program.watch("http://127.0.0.1:1/feed", *map(origin.url, paths), ports=(1, origin.port))
    polled = program("poll", "--json")
    assert polled.returncode == 0, polled.stderr
    reports = {report["url"]: report for report in json.loads(polled.stdout)["reports"]}
    told = {url: (report["status"], report["reason"], report["counts"]["new"]) for url, report in reports.items()}
    assert told == {
        "http://127.0.0.1:1/feed": ("no connection", "the connection failed: Connection refused", 0),
        origin.url("/gone"): ("HTTP error", "HTTP 404 (Not Found)", 0),
        origin.url("/page"): ("not a feed", "This is an HTML page titled “Sign in”, not a feed.", 0),
        origin.url("/empty"): ("empty body", "the server sent an empty document", 0),
        origin.url("/good"): ("ok", "", 1),
    }
    again = program("poll")
    assert again.returncode == 0
    assert again.stdout.splitlines()[-1] == "5 feeds, 4 failed; 0 new articles, 0 changed, 0 flagged."
