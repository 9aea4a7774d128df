"""Completion of what is typed, in bash as a person uses it, and manual pages."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import typer.main
from daemons import asked
from hypothesis import given
from hypothesis import strategies as st
from program import EDITABLE
from terminal import Terminal
from typer.testing import CliRunner

from monitor.cli import app
from monitor.cli.shell import man
from monitor.cli.shell.candidates import candidates
from monitor.cli.shell.completion import SCRIPTS, answer
from monitor.cli.shell.line import offered, read_line

BREAKS = " \t\n\"'@><=;|&(:"
NAMES = ['Syria: "the" cease-fire', "Kenya's * $HOME `x` \\ & co", "Früh & spät", "停火 协议"]
CONFIG = """
include = ["more.toml"]
[storage]
folder = "data"
[[feeds]]
url = "https://a.example/rss?x=1&y=2"
outlet = "The Harbour"
[[digests]]
name = "Früh & spät"
"""
PROGRAM = typer.main.get_command(app)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    topics = "".join(f"[[topics]]\nname = '''{name}'''\n" for name in NAMES)
    (tmp_path / "more.toml").write_text(topics, encoding="utf-8")
    return tmp_path


def found(*words: str) -> list[str]:
    return [value for value, _ in candidates(PROGRAM, words[:-1], words[-1])]


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (("news-monitor", "dig"), ["digest"]),
        (("news-monitor", "digest", "pr"), ["preview"]),
        (("news-monitor", "topics", "check", ""), NAMES),
        (("news-monitor", "topics", "check", NAMES[0], "K"), NAMES[1:2]),
        (("news-monitor", "topics", "explain", NAMES[0], ""), []),
        (("news-monitor", "stories", "list", "--topic", "Sy"), NAMES[:1]),
        (("news-monitor", "digest", "preview", ""), ["Früh & spät"]),
        (("news-monitor", "deliveries", "list", "--digest", ""), ["Früh & spät"]),
        (("news-monitor", "poll", ""), ["The Harbour", "https://a.example/rss?x=1&y=2"]),
        (("news-monitor", "--verbose", "feeds", "show", "T"), ["The Harbour"]),
        (("news-monitor", "digest", "preview", "--format", ""), ["text", "html", "eml"]),
        (("news-monitor", "status", "--l"), ["--live"]),
        (("news-monitor", "status", "--c"), ["--config"]),
        (("news-monitor", "lists", "@syria.d"), ["@syria.de"]),
        (("news-monitor", "stories", "show", ""), []),
        (("news-monitor", "topics", "check", "-c", "none.toml", "--"), ["--json", "--config", "--verbose", "--help"]),
    ],
)
def test_what_may_come_next(words: tuple[str, ...], values: list[str], folder: Path) -> None:
    assert found(*words) == values


def test_stories_are_offered_with_their_headlines_and_no_database_is_made(folder: Path) -> None:
    assert found("news-monitor", "stories", "mute", "") == []
    assert not (folder / "data").exists()


@pytest.mark.parametrize("content", [None, "[[", "[[topics]]\nname = 3\n", "topics = 3", "include = 4", b"\xff"])
def test_whatever_is_wrong_nothing_is_printed(
    content: str | bytes | None, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "config.toml").unlink()
    if content is not None:
        (folder / "config.toml").write_bytes(content.encode() if isinstance(content, str) else content)
    for words in (["words", "news-monitor", "topics", "check", ""], ["bash"], [], ["bash", "news-monitor poll ", ""]):
        answer(PROGRAM, words)
    assert capsys.readouterr() == ("", "")


@given(
    name=st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_characters="\x7f"), min_size=1),
    length=st.integers(0, 10),
)
def test_a_name_typed_in_part_in_any_quotes_is_completed_to_itself(name: str, length: int) -> None:
    """What is kept of the line and what is offered is, read by a shell, the name."""
    begun = name[:length]
    plain = read_line("x ", BREAKS)
    typed = {
        "": offered(plain, begun),
        '"': '"' + offered(read_line('x "', BREAKS), begun),
        "'": "'" + offered(read_line("x '", BREAKS), begun),
    }
    for quote, text in typed.items():
        line = read_line(f"x {text}", BREAKS)
        assert line.words == ("x",)
        assert line.partial == begun
        kept = begun[: line.kept]
        again = read_line(f"x {offered(plain, kept)}{quote if line.quote else ''}{offered(line, name)}", BREAKS)
        assert again.partial == name


def test_what_no_line_can_hold_is_not_offered() -> None:
    assert offered(read_line("x ", BREAKS), "a\nb") == ""


def test_the_scripts(folder: Path) -> None:
    for shell, script in SCRIPTS.items():
        assert CliRunner().invoke(app, ["completion", shell]).stdout == script
    assert asked(folder / "config.toml", "completion", "csh").returncode == 2


# ---- The shells themselves


@pytest.fixture
def environment(folder: Path) -> dict[str, str]:
    """For a shell in which `news-monitor` completes, and else prints what it was called with."""
    tools = folder / "bin"
    tools.mkdir()
    command = tools / "news-monitor"
    command.write_text(
        f'#!/bin/sh\nif [ "$1" = __complete ]; then exec {EDITABLE} "$@"; fi\nprintf "<%s>" "$@"\necho " end"\n'
    )
    command.chmod(0o755)
    return {"HOME": str(folder), "PATH": f"{tools}:{os.defpath}", "LANG": "C.UTF-8", "TERM": "dumb"}


def called(command: list[str | Path], folder: Path, environment: dict[str, str], typed: str) -> str:
    """With what arguments the program is called by a line that is typed into the shell of this command."""
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"needs {command[0]}")
    with Terminal(command, folder, environment) as shell:
        shell.until("$ ")
        shell.type(typed)
        shell.type("\r")
        calls: list[str] = re.findall(r"((?:<[^<>]*>)+) end", shell.until(" end"))
        return calls[-1]


@pytest.mark.whole
@pytest.mark.parametrize(
    ("typed", "arguments"),
    [
        ("news-monitor dig\tsh\tX", "<digest><show><X>"),
        ("news-monitor topics check Sy\t", f"<topics><check><{NAMES[0]}>"),
        ('news-monitor topics check "Sy\t', f"<topics><check><{NAMES[0]}>"),
        ("news-monitor topics check 'Sy\t", f"<topics><check><{NAMES[0]}>"),
        ("news-monitor topics check Syria:\t", f"<topics><check><{NAMES[0]}>"),
        ("news-monitor topics check Syria:\\ \t", f"<topics><check><{NAMES[0]}>"),
        ("news-monitor topics check K\t", f"<topics><check><{NAMES[1]}>"),
        ('news-monitor topics check "K\t', f"<topics><check><{NAMES[1]}>"),
        ("news-monitor topics check 'K\t", f"<topics><check><{NAMES[1]}>"),
        ("news-monitor topics check 停\t", f"<topics><check><{NAMES[3]}>"),
        ("news-monitor poll https:\t", "<poll><https://a.example/rss?x=1&y=2>"),
        ("news-monitor poll The\\ H\t", "<poll><The Harbour>"),
    ],
)
def test_bash_completes_names_with_blanks_quotes_and_colons(
    typed: str, arguments: str, folder: Path, environment: dict[str, str]
) -> None:
    (folder / "rc").write_text(f"PS1='$ '\nbind 'set enable-bracketed-paste off'\n{SCRIPTS['bash']}")
    assert called(["bash", "--noprofile", "--rcfile", folder / "rc", "-i"], folder, environment, typed) == arguments


OTHERS = [
    ("news-monitor dig\tsh\tX", "<digest><show><X>"),
    ("news-monitor topics check Sy\t", f"<topics><check><{NAMES[0]}>"),
    ("news-monitor topics check K\t", f"<topics><check><{NAMES[1]}>"),
    ("news-monitor topics check 停\t", f"<topics><check><{NAMES[3]}>"),
    ("news-monitor poll https\t", "<poll><https://a.example/rss?x=1&y=2>"),
    ("news-monitor poll The\\ H\t", "<poll><The Harbour>"),
    ('news-monitor poll "The H\t', "<poll><The Harbour>"),
    ("news-monitor poll 'The H\t", "<poll><The Harbour>"),
]
"""What is typed into a shell that quotes by itself."""


@pytest.mark.whole
@pytest.mark.parametrize(("typed", "arguments"), OTHERS)
def test_zsh_completes_them(typed: str, arguments: str, folder: Path, environment: dict[str, str]) -> None:
    functions = folder / "functions"
    functions.mkdir()
    (functions / "_news-monitor").write_text(SCRIPTS["zsh"])
    (folder / ".zshrc").write_text("PS1='$ '\nfpath=(~/functions $fpath)\nautoload -Uz compinit\ncompinit -D\n")
    assert called(["zsh", "-i"], folder, environment, typed) == arguments


@pytest.mark.whole
@pytest.mark.parametrize(("typed", "arguments"), OTHERS)
def test_fish_completes_them(typed: str, arguments: str, folder: Path, environment: dict[str, str]) -> None:
    scripts = folder / ".config/fish/completions"
    scripts.mkdir(parents=True)
    (scripts / "news-monitor.fish").write_text(SCRIPTS["fish"])
    (scripts.parent / "config.fish").write_text("function fish_prompt; echo -n '$ '; end\nset -g fish_greeting\n")
    assert called(["fish", "-i"], folder, environment, typed) == arguments


# ---- Manual pages


def test_a_page_for_each_command_that_groff_finds_no_fault_with(folder: Path) -> None:
    done = CliRunner().invoke(app, ["man", "pages"])
    assert done.exit_code == 0, done.output
    pages = sorted((folder / "pages").iterdir())
    assert {"news-monitor.1", "news-monitor-topics.1", "news-monitor-init.1"} <= {page.name for page in pages}
    if shutil.which("groff") is None:
        pytest.skip("needs groff")
    for page in pages:
        run = ["groff", "-man", "-Kutf8", "-Tutf8", "-ww", str(page)]
        made = subprocess.run(run, capture_output=True, text=True, timeout=60, check=True)
        assert made.stderr == ""
        assert page.stem.upper() in made.stdout


def test_the_page_of_the_program_is_printed_and_names_every_command() -> None:
    text = CliRunner().invoke(app, ["man"]).stdout
    for name in PROGRAM.commands:  # type: ignore[attr-defined]
        assert f'.SS "{man.escaped(name)}"' in text


@pytest.mark.parametrize(
    ("text", "page"),
    [
        (".SH not a request", "\\&.SH not a request"),
        ("'br", "\\(aqbr"),
        ("a\\fB b", "a\\efB b"),
        ("--json", "\\-\\-json"),
        ('say "x" `y` ~', "say \\(dqx\\(dq \\(gay\\(ga \\(ti"),
    ],
)
def test_help_is_text_for_groff(text: str, page: str) -> None:
    assert man.escaped(text) == page


def test_a_folder_that_cannot_be_written_is_a_sentence(folder: Path) -> None:
    (folder / "file").touch()
    done = asked(folder / "config.toml", "man", "file")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
