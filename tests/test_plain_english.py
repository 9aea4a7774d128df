"""The check of wording finds a listed phrase wherever people read it, and accepts lines that say why they need one."""

from pathlib import Path

import pytest
from plain_english import PHRASES, ROOT, files, findings


def found(folder: Path, name: str, text: str) -> list[str]:
    """The findings in a file with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return list(findings(path, folder))


@pytest.mark.parametrize(
    ("name", "text", "line", "phrase"),
    [
        ("message.py", 'raise ValueError(f"{name} is no day; write monday.")\n', 1, "is no day"),
        ("message.py", 'print(\n    "The Quay Post fails since Monday."\n)\n', 2, "fails since"),
        ("docstring.py", '"""One line.\n\nThe reader is told.\n"""\n', 3, "is told"),
        ("docstring.py", 'def mute() -> None:\n    """No more of this story."""\n', 2, "No more of"),
        ("comment.py", "count = 1\n# starts anew with each poll\n", 2, "anew"),
        ("guide.md", "# Guide\n\nThe daemon mends what it can.\n", 3, "mends"),
        ("mail.txt.j2", "{{ title }}\nArticles that tell of the strike\n", 2, "tell of"),
        ("config.toml", "# what becomes of a message\n", 1, "what becomes of"),
    ],
)
def test_a_listed_phrase_is_found_with_its_place_and_better_words(
    tmp_path: Path, name: str, text: str, line: int, phrase: str
) -> None:
    (finding,) = found(tmp_path, name, text)
    assert finding.startswith(f"{name}:{line}: “{phrase}” → ")
    assert finding.split(" → ")[1]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("code.py", 'mend = ["anew"]  # plain: the name of a test feed\n'),
        ("code.py", "told = mend(anew)\n"),
        ("code.py", '"""Twins can be told apart by their links; there is no mail address."""\n'),
        ("guide.md", "Sing a new song, anew. <!-- plain: a title -->\n"),
        ("guide.md", "The feed has been failing since Monday; restart the daemon.\n"),
    ],
)
def test_names_exempt_lines_and_usual_words_pass(tmp_path: Path, name: str, text: str) -> None:
    assert found(tmp_path, name, text) == []


def test_an_exemption_needs_a_reason(tmp_path: Path) -> None:
    assert found(tmp_path, "code.py", 'title = "anew"  # plain:\n')


def test_every_phrase_has_better_words() -> None:
    assert all(better.strip() for better in PHRASES.values())


def test_texts_of_all_kinds_are_checked_and_history_is_not() -> None:
    checked = {path.relative_to(ROOT).as_posix() for path in files()}
    for name in ("monitor/cli/__init__.py", "docs/operate.md", "templates/notes.txt.j2", "config.example.toml"):
        assert name in checked
    assert not [name for name in checked if name.startswith("docs/decisions/")]


def test_the_project_itself_has_none() -> None:
    assert [finding for path in files() for finding in findings(path)] == []
