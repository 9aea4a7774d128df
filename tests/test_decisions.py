"""The decision notes: one layout, an index that lists each of them, and no number that nobody accounts for."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "docs" / "decisions"
INDEX = (FOLDER / "README.md").read_text(encoding="utf-8")
NOTES = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
NUMBERS = [int(path.name[:4]) for path in NOTES]
ROWS = re.findall(r"^\| \[(\d+)\]\(([^)]+)\) \| (\S.*\.) \|$", INDEX, flags=re.MULTILINE)


def never_used() -> set[int]:
    (line,) = re.findall(r"^Never used: ([\d, ]+)\.", INDEX, flags=re.MULTILINE)
    return set(map(int, line.split(",")))


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.stem)
def test_a_note_has_its_number_a_title_and_three_parts(note: Path) -> None:
    text = note.read_text(encoding="utf-8")
    assert re.match(r"\d{4}-[a-z0-9]+(-[a-z0-9]+)*\.md$", note.name)
    assert re.match(rf"# {int(note.name[:4])}\. \S.*\n\n\*\*Context\.\*\*", text)
    assert re.findall(r"^\*\*(\w+)\.\*\*", text, flags=re.MULTILINE) == ["Context", "Choice", "Consequence"]
    assert "\n#" not in text, "three parts are all the headings that one page needs"


def test_the_index_lists_every_note_once_in_order() -> None:
    assert [(int(number), file) for number, file, _ in ROWS] == list(zip(NUMBERS, [n.name for n in NOTES], strict=True))
    assert INDEX.count("\n| [") == len(ROWS), "a row without a link or a sentence"


def test_a_number_is_used_once_or_said_to_be_unused() -> None:
    assert len(set(NUMBERS)) == len(NUMBERS)
    assert never_used() == set(range(1, max(NUMBERS) + 1)) - set(NUMBERS)
