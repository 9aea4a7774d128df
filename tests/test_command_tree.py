"""Every command of the program: its help, its options, whether machines can read it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from monitor.cli import app

WITHOUT_JSON = {"run", "demo", "digest preview", "completion", "man", "export"}
"""A daemon, a play, the text of an edition, scripts and pages: no facts; and one whose facts are JSON anyway. All
others have `--json`.
"""

TYPES = ("<bool>", "<str>", "<int", "<path>", "<list", "[[", "]]", "{", "...]", "_ ")


def _walked(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield words, command
    for name, each in getattr(command, "commands", {}).items():
        yield from _walked(each, (*words, name))


TREE = dict(_walked(typer.main.get_command(app)))
LEAVES = {" ".join(words): each for words, each in TREE.items() if not hasattr(each, "commands")}


def helped(words: tuple[str, ...]) -> str:
    done = CliRunner().invoke(app, [*words, "--help"], terminal_width=80)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_every_command_that_prints_facts_prints_them_as_json() -> None:
    with_json = {name for name, each in LEAVES.items() if any("--json" in param.opts for param in each.params)}
    assert set(LEAVES) - with_json == WITHOUT_JSON


@pytest.mark.parametrize("words", TREE, ids=" ".join)
def test_help_fits_80_columns_and_shows_no_type_of_the_library(words: tuple[str, ...]) -> None:
    text = helped(words)
    assert [line for line in text.splitlines() if len(line) > 80] == []
    usage = text.split("\n\n")[0]
    assert not [each for each in TYPES if each in usage], usage
    assert not [each for each in TYPES[:5] if each in text]


@pytest.mark.parametrize("name", LEAVES)
def test_every_argument_and_option_is_explained_and_what_it_takes_is_named(name: str) -> None:
    for param in LEAVES[name].params:
        assert param.help or param.name == "help", f"{name} {param.opts}"
        if param.param_type_name == "argument" or not (param.is_flag or isinstance(param.default, int)):
            assert param.metavar, f"{name} {param.opts} needs a metavar"


def test_the_help_of_the_program_has_every_command_once_by_what_it_is_for() -> None:
    text = helped(())
    for name in TREE[()].commands:
        assert len(re.findall(rf"^  {re.escape(name)} ", text, re.MULTILINE)) == 1, name
    assert "Set up:" in text
    assert "More:" not in text, "name the new command in SECTIONS of cli/frame.py"


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_has_a_sentence(name: str) -> None:
    assert (LEAVES[name].help or "").strip().split("\n\n")[0].endswith("."), name


@pytest.mark.parametrize("words", TREE, ids=" ".join)
def test_the_options_of_the_program_are_in_the_help_of_each_command(words: tuple[str, ...]) -> None:
    text = helped(words)
    assert "--config" in text
    assert "-v, --verbose" in text
