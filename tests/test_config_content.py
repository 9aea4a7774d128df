"""A config that lost its content is valid TOML, and is refused all the same; an unfinished one is a draft."""

import json
import os
import signal
import sqlite3
from pathlib import Path

import pytest
from daemons import daemon, done, eventually, log_of, said
from databases import lay_beside
from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.config import load
from monitor.errors import ConfigError
from monitor.resources import resource

LISTS = '[lists]\nports = ["quay", "harbour"]\n'
POLLING = '[polling]\nallow_private = ["127.0.0.1"]\nallow_ports = [9]\n'
FEEDS = '[[feeds]]\nurl = "http://127.0.0.1:9/ports.xml"\n'
TOPICS = '[[topics]]\nname = "Port strikes"\nall = ["strike", "@ports"]\n'
DIGESTS = '[[digests]]\nname = "Morning"\nto = ["desk@harbour.example"]\nat = "06:30"\n'
PLACE = '[storage]\nfolder = "data"\n[polling]\nallow_private = ["127.0.0.1"]\nallow_ports = [9]\n'
WHOLE = LISTS + FEEDS + TOPICS + DIGESTS + PLACE

NO_FEEDS, NO_TOPICS, NO_REPORT = "has no [[feeds]]", "has no [[topics]]", "has no [[digests]]"
ALL = (NO_FEEDS, NO_TOPICS, NO_REPORT)

UNFINISHED: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "no byte": (b"", ALL),
    "blanks": (b" \n\t\n", ALL),
    "comments": (b"# [[feeds]]\n# url = 1\n", ALL),
    "a byte order mark": (b"\xef\xbb\xbf", ALL),
    "a byte order mark and a comment": (b"\xef\xbb\xbf# begun\n", ALL),
    "lists": (LISTS.encode(), ALL),
    "empty arrays": (b"feeds = []\ntopics = []\ndigests = []\n", ALL),
    "settings": (PLACE.encode(), ALL),
    "cut after the feeds": ((POLLING + LISTS + FEEDS).encode(), (NO_TOPICS, NO_REPORT)),
    "cut after the topics": ((POLLING + FEEDS + LISTS + TOPICS).encode(), (NO_REPORT,)),
    "no feeds": ((LISTS + TOPICS + DIGESTS).encode(), (NO_FEEDS,)),
    "no topics": ((POLLING + FEEDS + DIGESTS).encode(), (NO_TOPICS,)),
}
unfinished = pytest.mark.parametrize(("content", "lacks"), UNFINISHED.values(), ids=UNFINISHED.keys())

BROKEN: dict[str, bytes] = {
    "in a value": (LISTS + FEEDS + TOPICS + DIGESTS).encode()[:-4],
    "in a header": (FEEDS + TOPICS + "[[dige").encode(),
    "in a letter": (WHOLE + 'x = "é').encode()[:-1],
    "in a topic": (FEEDS + DIGESTS + '[[topics]]\nname = "Port strikes"\nall = ["strike",').encode(),
    "in a digest": (FEEDS + LISTS + TOPICS + '[[digests]]\nname = "Morning"\n').encode(),
    "zeros of a disk": b"\0" * 512,
}
broken = pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["--config", str(config), *words], env={"COLUMNS": "400"})


def text_of(result: Result) -> str:
    return result.output + str(result.exception)


@unfinished
def test_it_is_refused_and_a_draft_says_what_to_add(config: Path, content: bytes, lacks: tuple[str, ...]) -> None:
    config.write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        load(config, {})
    assert [problem.message.partition(",")[0] for problem in refused.value.problems] == list(lacks)
    checked, draft = run(config, "check"), run(config, "check", "--draft")
    assert (checked.exit_code, checked.stdout, draft.exit_code) == (2, "", 0)
    for lack in lacks:
        assert f"{config}: {lack}" in checked.stderr
        assert f"{config}: {lack}" in draft.stderr
    assert checked.stderr.count("Add it at the end of the file: [[") == len(lacks)
    assert "a draft that lacks" in draft.stdout
    found = json.loads(run(config, "check", "--draft", "--json").stdout)
    assert (found["ok"], len(found["missing"])) == (True, len(lacks))
    assert json.loads(run(config, "check", "--json").stdout)["ok"] is False


def test_what_is_missing_in_included_files_as_well_is_said_of_them(config: Path) -> None:
    shared = "".join(f'[[feeds]]\nurl = "https://coast{number}.example/rss"\n' for number in range(2))
    (config.parent / "feeds.toml").write_text(shared)
    config.write_text('include = ["feeds.toml"]\n' + LISTS + TOPICS + DIGESTS)
    assert load(config, {}).missing == ()
    (config.parent / "feeds.toml").write_text("# none yet\n")
    checked = run(config, "check")
    assert "has no [[feeds]], and no file that it includes has one, so nothing would be read" in checked.stderr
    config.write_text('include = ["feeds.toml"]\n' + LISTS + TOPICS)
    assert "has no [[digests]], so nobody" in run(config, "check").stderr


@broken
def test_a_file_that_is_cut_within_a_table_is_a_mistake_in_a_draft_too(config: Path, content: bytes) -> None:
    config.write_bytes(content)
    assert run(config, "check").exit_code == 2
    assert run(config, "check", "--draft").exit_code == 2


@pytest.mark.parametrize("step", [29, pytest.param(1, marks=pytest.mark.simulate)])
def test_every_prefix_of_the_example_is_refused_until_a_digest_is_in_it(config: Path, step: int) -> None:
    lines = resource("config.example.toml").read_text("utf-8").splitlines(keepends=True)
    complete = next(number for number, line in enumerate(lines) if line.startswith("to = ")) + 1
    for count in range(0, complete, step):
        config.write_text("".join(lines[:count]), "utf-8")
        with pytest.raises(ConfigError):
            load(config, {})
    config.write_text("".join(lines[:complete]), "utf-8")
    assert load(config, {}).missing == ()


def test_what_is_missing_is_named_beside_the_mistakes(config: Path) -> None:
    config.write_text(FEEDS + "[polling]\nconcurency = 2\n")
    said_ = run(config, "check", "--json").stdout
    messages = " ".join(each["message"] for each in json.loads(said_)["problems"])
    assert all(each in messages for each in (NO_TOPICS, NO_REPORT, "unknown key"))


def test_lists_of_an_included_file_count_and_one_that_lost_them_is_named(config: Path) -> None:
    config.write_text('include = ["ports.toml"]\n' + WHOLE.removeprefix(LISTS))
    (config.parent / "ports.toml").write_text(LISTS)
    assert run(config, "check").exit_code == 0
    (config.parent / "ports.toml").write_text("# nothing left\n")
    config.write_text('include = ["ports.toml"]\n' + WHOLE)
    refused = run(config, "check")
    assert (refused.exit_code, "ports.toml holds nothing any more" in refused.stderr) == (2, True)
    assert run(config, "check", "--draft").exit_code == 0


def test_feeds_and_topics_of_an_included_file_count(config: Path) -> None:
    (config.parent / "more.toml").write_text(FEEDS + TOPICS)
    config.write_text('include = ["more.toml"]\n' + LISTS + DIGESTS + PLACE)
    assert run(config, "check").exit_code == 0
    (config.parent / "more.toml").write_text(TOPICS)
    refused = run(config, "check")
    assert (refused.exit_code, NO_FEEDS in refused.stderr) == (2, True)


def test_what_its_owner_has_disabled_is_paused_and_not_lost(config: Path) -> None:
    config.write_text(LISTS + FEEDS + TOPICS + DIGESTS + "enabled = false\n" + PLACE)
    checked = run(config, "check")
    assert (checked.exit_code, "all [[digests]] are disabled" in checked.stderr) == (0, True)
    assert "feeds are read meanwhile" in checked.stderr
    shown = run(config, "status").stdout
    assert "All [[digests]] are disabled" in shown
    assert "All is well" not in shown


def test_a_weekly_roll_up_is_a_report(config: Path) -> None:
    config.write_text(LISTS + FEEDS + TOPICS + DIGESTS.replace('at = "06:30"', 'kind = "roll-up"') + PLACE)
    assert run(config, "check").exit_code == 0


READING = (
    *(("feeds", "list"), ("topics", "list"), ("topics", "check"), ("digest", "list"), ("stories", "list")),
    *(("deliveries", "list"), ("migrate",), ("backup", "--to", "copy.db")),
)
WRITING = (
    *(("run",), ("digest", "send"), ("digest", "resend", "1", "--to", "a@b.example"), ("deliveries", "retry", "1")),
    *(("deliveries", "cancel", "1"), ("restore", "--drill")),
)


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_what_only_reads_works_with_a_draft(
    config: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(config.parent)
    config.write_text(WHOLE)
    assert run(config, "migrate").exit_code == 0
    config.write_text(PLACE)
    assert run(config, *words).exit_code == 0


@pytest.mark.parametrize("words", WRITING, ids=" ".join)
def test_what_the_service_would_do_needs_a_finished_config(config: Path, words: tuple[str, ...]) -> None:
    config.write_text(PLACE + LISTS + FEEDS + TOPICS)
    refused = run(config, *words)
    assert isinstance(refused.exception, ConfigError)
    assert NO_REPORT in text_of(refused)
    assert not (config.parent / "data").exists()


def test_status_and_doctor_name_what_is_missing(config: Path) -> None:
    config.write_text(PLACE + LISTS + FEEDS)
    shown = run(config, "status")
    assert (shown.exit_code, NO_TOPICS in shown.stdout, NO_REPORT in shown.stdout) == (1, True, True)
    examined = run(config, "doctor", "--offline")
    assert (examined.exit_code, NO_TOPICS in examined.stdout) == (1, True)


def test_a_poll_without_feeds_says_so_and_one_without_the_rest_says_what_it_does_not_do(config: Path) -> None:
    config.write_text(PLACE + TOPICS + LISTS + DIGESTS)
    refused = run(config, "poll")
    assert isinstance(refused.exception, ConfigError)
    assert NO_FEEDS in text_of(refused)
    config.write_text(PLACE + FEEDS)
    polled = run(config, "poll")
    assert (NO_TOPICS in polled.stderr, NO_REPORT in polled.stderr, "1 feed, 1 failed" in polled.stdout) == (True,) * 3


def test_a_poll_with_a_draft_does_not_make_digests_begin_anew(config: Path) -> None:
    def since() -> list[tuple[object, ...]]:
        connection = sqlite3.connect(config.parent / "data" / "news-monitor.db")
        try:
            return connection.execute("SELECT name, configured_at, is_configured FROM digests").fetchall()
        finally:
            connection.close()

    config.write_text(WHOLE)
    run(config, "poll")
    before = since()
    config.write_text(LISTS + FEEDS + TOPICS + PLACE)
    run(config, "poll")
    assert since() == before


def noted(config: Path) -> str:
    """What the operator will be told of the config."""
    connection = sqlite3.connect(config.parent / "data" / "news-monitor.db")
    try:
        return " ".join(row[0] for row in connection.execute("SELECT text FROM notes WHERE kind = 'config'"))
    finally:
        connection.close()


@pytest.mark.whole
def test_a_start_with_an_emptied_config_ends_with_exit_code_2(config: Path) -> None:
    config.write_bytes(b"")
    refused = done(config, "run")
    assert (refused.returncode, all(lack in refused.stderr for lack in ALL)) == (2, True)


@pytest.mark.whole
@pytest.mark.parametrize("content", [b"", (LISTS + FEEDS + PLACE).encode()], ids=["emptied", "cut"])
def test_a_reload_of_what_is_left_is_refused_and_noted_for_the_operator(config: Path, content: bytes) -> None:
    config.write_text(WHOLE + '[operator]\nto = ["owner@harbour.example"]\n')
    lay_beside(config)
    with daemon(config) as process:
        eventually(said(config, '"started"'))
        config.write_bytes(content)
        os.kill(process.pid, signal.SIGHUP)
        eventually(said(config, "config refused"))
        eventually(lambda: bool(noted(config)))
        assert process.poll() is None
    assert NO_TOPICS in noted(config)
    assert NO_TOPICS in str([line for line in log_of(config) if str(line["event"]).startswith("config refused")])
