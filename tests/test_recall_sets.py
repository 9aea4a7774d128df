"""Labelled sets: the format is checked with file and line, and figures are those of the texts that are scored."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from benchmarks.recall.__main__ import described, main
from benchmarks.recall.sets import FOLDER, LabelledSet, kappa, problems

TOPICS = "# Two\n\n1. **Kesh truce** (a conflict): that.\n2. **Tide mill**: this.\n"
RULES = (
    '[[topics]]\nname = "Kesh truce"\nall = [["Kesh"], ["truce"]]\n'
    '[[topics]]\nname = "Tide mill"\nany = ["tide mill"]\n'
)
CALM = "Library van repaired by bell ringers"

Row = Mapping[str, object]


def text(name: str, day: str, title: str = CALM) -> Row:
    fixed = {"text": "", "source": "Quay Courier", "language": "en"}
    return {"id": name, "title": title, "published": f"2031-{day}T08:00:00Z", **fixed}


def a_set(folder: Path, **changed: Sequence[Row] | str) -> LabelledSet:
    """A set of two topics; `changed`: other rows (or text) for a file, by its name without suffix."""
    past = [
        text(f"p{day}-{place}", f"05-{day:02d}", title) for day in range(1, 9) for place, title in enumerate(_past(day))
    ]
    held = [
        text("h1", "06-01", "Truce in Kesh holds for a day"),
        text("h2", "06-01", "Morato ends siege of Kesh valley"),
        text("h3", "06-02"),
    ]
    files: dict[str, Sequence[Row] | str] = {
        "topics": TOPICS,
        "first": RULES,
        "past": past,
        "past_labels": [
            {"id": each["id"], "topics": ["Kesh truce"] if "Kesh" in str(each["title"]) else []} for each in past
        ],
        "heldout": held,
        "labels": [
            {"id": "h1", "topics": ["Kesh truce"]},
            {"id": "h2", "topics": ["Kesh truce"]},
            {"id": "h3", "topics": []},
        ],
    }
    suffixes = {"topics": ".md", "first": ".toml", "tuned": ".toml"}
    for name, rows in (files | changed).items():
        content = rows if isinstance(rows, str) else "".join(f"{json.dumps(each)}\n" for each in rows)
        (folder / f"{name}{suffixes.get(name, '.jsonl')}").write_text(content, "utf-8")
    return LabelledSet(folder)


def _past(day: int) -> Sequence[str]:
    return CALM, f"Truce in Kesh valley: Morato speaks on day {day} of the siege", f"Harbour festival {day}"


def test_the_sets_here_are_in_order() -> None:
    for folder in FOLDER.iterdir():
        if (folder / "topics.md").exists():
            assert list(problems(LabelledSet(folder))) == []


def test_a_set_is_scored(tmp_path: Path) -> None:
    lines = list(
        described(a_set(tmp_path, labels_second=[{"id": f"h{place}", "topics": []} for place in (1, 2, 3)]), draws=20)
    )
    assert lines[:2] == ["3 texts, 2 topics, 2 relevant pairs", "kappa of two labellers 0.00"]
    rows = {tuple(line.split(" | ")[0].split(", ")[1:]): line.split(" | ") for line in lines[3:]}
    assert rows["0", "no"][2].startswith("0.50")
    assert rows["3", "no"][2].startswith("1.00")
    assert rows["3", "no"][3:] == ["1.00", "1", "1.00", "0 of 3"]
    assert rows["5", "yes"][5] == "1.00"


@pytest.mark.parametrize(
    ("file", "rows", "expected"),
    [
        ("heldout", [{"id": "h1"}], "heldout.jsonl:1: not a JSON object with a text for title, text"),
        ("heldout", "{\n\n[]\n", "heldout.jsonl:3: not a JSON object"),
        ("heldout", [text("p1-0", "06-01")], "heldout.jsonl:1: the id 'p1-0' is that of past.jsonl:1"),
        ("heldout", [text("h1", "06-01", " ")], "heldout.jsonl:1: has no title"),
        ("heldout", [text("h1", "06-99")], "heldout.jsonl:1: `published` is not a time in UTC"),
        (
            "heldout",
            [{**text("h1", "06-01"), "published": "2031-06-01T08:00:00"}],
            "heldout.jsonl:1: `published` is not a",
        ),
        (
            "heldout",
            [text("h1", "05-08")],
            "heldout.jsonl: begins on 2031-05-08, and the texts before it end on 2031-05-08",
        ),
        ("labels", [{"id": "h1"}], "labels.jsonl:1: not a JSON object with a list of `topics`"),
        ("labels", [{"id": "h1", "topics": ["Kesh"]}], "labels.jsonl:1: topics.md has no topic 'Kesh'"),
        ("labels", [{"id": "h9", "topics": []}], "labels.jsonl:1: no text has the id 'h9'"),
        ("labels", [{"id": "h1", "topics": []}] * 2, "labels.jsonl:2: 'h1' is labelled more than once"),
        ("labels", [{"id": "h1", "topics": []}], "labels.jsonl: 'h3' is not labelled"),
        ("labels_second", [{"id": "h1", "topics": []}], "labels_second.jsonl: 'h2' is not labelled"),
        ("first", RULES.replace("Tide mill", "Tides"), "first.toml: topics.md has no topic 'Tides'"),
        ("tuned", RULES.split('[[topics]]\nname = "Tide', maxsplit=1)[0], "tuned.toml: has no topic 'Tide mill'"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, rows: Sequence[Row] | str, expected: str
) -> None:
    of = a_set(tmp_path, **{file: rows})
    assert any(each.startswith(expected) for each in problems(of)), list(problems(of))
    assert main([str(of.folder)]) == 1
    assert expected in capsys.readouterr().err


def test_missing_files_and_folders_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    of = a_set(tmp_path)
    (tmp_path / "labels.jsonl").unlink()
    assert list(problems(of)) == ["labels.jsonl: is missing"]
    assert main(["third"]) == 1
    assert "third: no such folder" in capsys.readouterr().err
    a_set(tmp_path)
    assert main([str(tmp_path), "--check"]) == 0
    assert "3 texts to be scored, nothing wrong" in capsys.readouterr().out


def test_kappa_is_one_for_the_same_and_nothing_for_chance() -> None:
    ids, topics = [str(each) for each in range(10)], ["a"]
    half = {("a", each) for each in ids[:5]}
    assert kappa(half, half, ids, topics) == 1
    assert kappa(half, {("a", each) for each in ids}, ids, topics) == pytest.approx(0)
    assert kappa(set(), set(), ids, topics) == 1
