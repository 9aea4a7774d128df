"""Which Pythons `make smoke` tries: every one that is new enough and runs, each once."""

import sys
from pathlib import Path

import pytest
from smoke import folders, interpreters


def fake(folder: Path, name: str, version: str, home: str = "/opt/python") -> Path:
    """A program that answers as the Python of this version would."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {version} {home}\n")
    path.chmod(0o755)
    return path


def test_those_of_the_path_come_with_those_that_pyenv_keeps(tmp_path: Path) -> None:
    (tmp_path / "kept" / "versions" / "3.13.0" / "bin").mkdir(parents=True)
    environment = {"PATH": f"{tmp_path}/a::{tmp_path}/b", "PYENV_ROOT": f"{tmp_path}/kept"}
    assert [each.relative_to(tmp_path).parts[0] for each in folders(environment)] == ["a", "b", "kept"]


def test_home_is_where_pyenv_is_looked_for_otherwise(tmp_path: Path) -> None:
    place = tmp_path / ".pyenv" / "versions" / "3.12.1" / "bin"
    place.mkdir(parents=True)
    assert list(folders({"HOME": str(tmp_path)})) == [place]


def test_each_that_is_new_enough_is_tried_once_the_oldest_first(tmp_path: Path) -> None:
    fake(tmp_path, "python3.12", "3 12 1", "/opt/twelve")
    fake(tmp_path, "python3", "3 12 1", "/opt/twelve")
    fake(tmp_path, "python3.11", "3 11 2", "/usr")
    fake(tmp_path, "python3.10", "3 10 13", "/opt/ten")
    fake(tmp_path / "other", "python3.11", "3 11 7", "/home of/ann")
    found = interpreters([tmp_path, tmp_path / "other", tmp_path / "nowhere"])
    assert [(each.version, each.home) for each in found] == [
        ((3, 11, 2), "/usr"),
        ((3, 11, 7), "/home of/ann"),
        ((3, 12, 1), "/opt/twelve"),
    ]


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 127\n", "#!/bin/sh\necho hello\n", "not a program"])
def test_what_does_not_answer_as_a_python_is_left_out(tmp_path: Path, text: str) -> None:
    path = tmp_path / "python3.12"
    path.write_text(text)
    path.chmod(0o755)
    fake(tmp_path, "python3.12-config", "3 12 1")
    assert interpreters([tmp_path]) == []


def test_the_python_of_the_tests_is_found() -> None:
    found = interpreters([Path(sys.base_prefix) / "bin"])
    assert sys.version_info[:3] in {each.version for each in found}
