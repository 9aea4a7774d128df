"""The command line: what it prints, where it writes, how it exits."""

import json
import logging
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from monitor.cli import EXIT_CODES, app, main
from monitor.cli.logs import configure_logs, presentable
from monitor.errors import NewsMonitorError
from monitor.resources import resource


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words, catch_exceptions=True)


def exited(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of the program as it is really started."""
    monkeypatch.setattr("sys.argv", ["news-monitor", *words])
    with pytest.raises(SystemExit) as exit_:
        main()
    return int(exit_.value.code or 0)


@pytest.fixture(autouse=True)
def _somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def test_init_writes_the_example_and_check_finds_it(tmp_path: Path) -> None:
    assert run("init", "--example").exit_code == 0
    assert (tmp_path / "config.toml").read_bytes() == resource("config.example.toml").read_bytes()
    checked = run("check")
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert "2 topics, 1 digest:" in checked.stdout


def test_init_overwrites_nothing_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text("mine")
    assert exited(monkeypatch, "init") == 2
    assert (tmp_path / "config.toml").read_text() == "mine"
    assert run("init", "--example", "--force").exit_code == 0
    assert run("init", "--example", "deep/down/other.toml").exit_code == 0
    assert (tmp_path / "deep/down/other.toml").exists()


def test_init_keeps_the_link_and_the_mode_of_a_config(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("mine")
    (tmp_path / "kept").chmod(0o600)
    (tmp_path / "config.toml").symlink_to("kept")
    assert run("init", "--example", "--force").exit_code == 0
    assert (tmp_path / "config.toml").is_symlink()
    assert (tmp_path / "kept").read_bytes() == resource("config.example.toml").read_bytes()
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"kept", "config.toml"}


def test_check_without_a_config_says_where_it_looked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check").exit_code == 2
    assert exited(monkeypatch, "poll") == 2
    assert "news-monitor init" in capsys.readouterr().err


def test_check_as_json_lists_every_problem(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[[feeds]]\nurl = "ftp://x.example"\n[[topics]]\nnam = "x"\n')
    checked = run("check", "--json")
    assert checked.exit_code == 2
    found = json.loads(checked.stdout)
    assert found["ok"] is False
    assert {problem["line"] for problem in found["problems"] if not problem["warning"]} >= {2, 4}


def test_migrate_makes_the_database_and_then_has_nothing_to_do() -> None:
    run("init", "--example")
    assert "from nothing to" in run("migrate").stdout
    assert "already" in run("migrate").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("poll", "https://unknown.example/feed"), "No feed has the URL or outlet"),
        (("digest", "preview", "Nightly"), 'There is no digest "Nightly"'),
    ],
)
def test_a_name_that_is_not_there_is_a_usage_error(
    words: tuple[str, ...], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("init", "--example")
    assert exited(monkeypatch, *words) == 2
    assert told in capsys.readouterr().err


def test_a_preview_comes_as_text_page_or_message(tmp_path: Path) -> None:
    run("init", "--example")
    text = run("digest", "preview").stdout
    assert "DAILY" in text.upper()
    assert "<!doctype html>" in run("digest", "preview", "--format", "html").stdout.lower()
    assert run("digest", "preview", "--format", "eml", "-o", "next.eml").exit_code == 0
    assert b"multipart/alternative" in (tmp_path / "next.eml").read_bytes()


def test_every_error_has_an_exit_code_of_its_kind() -> None:
    kinds = set(NewsMonitorError.__subclasses__())
    assert {kind for kind in kinds if kind not in EXIT_CODES} == {
        kind for kind in kinds if kind.__name__ in {"StoreError", "DeliveryError"}
    }
    assert set(EXIT_CODES.values()) == {2, 3, 4, 75}


def test_the_version_and_the_help_are_there() -> None:
    assert run("--version").stdout.startswith("news-monitor 0.")
    for words in ((), ("poll",), ("digest",), ("digest", "preview"), ("digest", "send"), ("run",), ("demo",)):
        assert run(*words, "--help").exit_code == 0


@pytest.mark.parametrize(
    ("words", "summary"),
    [
        (
            (),
            "The old file is kept under another name. Stop the daemon first. database",
        ),  # and the next
        (("digest",), "Nothing is sent, and nothing is marked as listed. send"),
    ],
)
def test_help_has_the_whole_summary_of_each_command(words: tuple[str, ...], summary: str) -> None:
    assert summary in " ".join(run(*words, "--help").stdout.split())


def test_a_demo_needs_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").write_text("")
    assert exited(monkeypatch, "demo", "--keep", str(tmp_path)) == 2


def test_a_log_event_is_one_line_whatever_a_feed_says(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(is_verbose=True)
    structlog.get_logger("monitor.test").info("polled", feed="evil\n2026 CRITICAL \x1b[2J", secret=None)
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["feed"] == "evil\\n2026 CRITICAL \\x1b[2J"
    assert "\x1b" not in line
    assert presentable(None, "info", {"n": 1}) == {"n": 1}
    logging.getLogger("library").warning("one\ntwo")
    assert json.loads(capsys.readouterr().err)["event"] == "one\\ntwo"
    logging.getLogger().handlers.clear()
