"""`lists`: the library and the lists of the config, shown and searched."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.errors import UsageError

OWN = """
[lists]
gulf-coast = ["Florida", "Texas", "@mexico"]
eu = ["EU", "Brussels"]

[[topics]]
name = "Coast"
any = ["@gulf-coast", "@eu", "@ceasefire"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(OWN, "utf-8")
    return path


def run(config: Path, *words: str) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, ["--config", str(config), "lists", *words])


def shown(config: Path, *words: str) -> str:
    result = run(config, *words)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_all_lists_are_named_with_their_languages_and_the_owners_are_marked(config: Path) -> None:
    lines = shown(config).splitlines()
    assert max(map(len, lines)) <= 80
    assert next(line for line in lines if line.startswith("@ceasefire")).split()[1:6] == [
        ".ar",
        ".de",
        ".fr",
        ".ru",
        ".zh",
    ]
    assert [line.split()[0] for line in lines if "(yours)" in line] == ["@eu", "@gulf-coast"]
    names = {each["name"] for each in json.loads(shown(config, "--json"))["lists"]}
    assert {"gulf-coast", "eu", "syria", "syria.ar", "opinion"} <= names


def test_a_word_is_looked_for_in_all_lists(config: Path) -> None:
    assert "@gulf-coast (yours)" in shown(config, "Florida")
    assert "@syria " in shown(config, "Syrian")
    assert "@syria.de" in shown(config, "Damaskus")
    assert "@ceasefire" in shown(config, "cessation", "of", "hostilities")
    missing = shown(config, "Atlantis?")
    assert missing == 'No list has Atlantis. A list of your own, in the config:\n  [lists]\n  name = ["Atlantis"]\n'
    (found,) = json.loads(shown(config, "Florida", "--json"))["lists"]
    assert (found["name"], found["is_own"], found["has"]) == ("gulf-coast", True, ["Florida"])


def test_one_list_is_shown_with_its_terms_and_relatives(config: Path) -> None:
    assert shown(config, "@eu?").startswith("@eu, of your config: 2 terms\n  EU, Brussels\n")
    coast = shown(config, "@gulf-coast")
    assert "Written as: Florida, Texas, @mexico" in coast
    assert "Mexican" in coast
    assert "See also: @ceasefire.ar" in shown(config, "@ceasefire")
    assert json.loads(shown(config, "@eu", "--json"))["lists"][0]["terms"] == ["EU", "Brussels"]
    with pytest.raises(UsageError, match=r'There is no list "syra".*Did you mean "syria"'):
        raise run(config, "@syra").exception or AssertionError


def test_without_a_valid_config_the_library_is_searched(tmp_path: Path) -> None:
    result = run(tmp_path / "none.toml", "Syrian")
    assert result.exit_code == 0
    assert "@syria" in result.stdout
    assert result.stderr.startswith("Only the library is searched, because the config was not read: ")
