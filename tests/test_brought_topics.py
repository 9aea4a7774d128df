"""Lists of words that people bring, as spreadsheets and editors write them, and what becomes of each line."""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from daemons import asked
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import load
from monitor.parse.word_list import MOST_CHARACTERS, MOST_IN_A_CELL, column_list, text_list
from monitor.workbench.brought_topics import BroughtTopics, brought_topics

LISTS = {"syria": ("Syria", "Syrian*"), "talks": ("talks", "negotiation*")}
CONFIG = """# kept
[[feeds]]
url = "https://quay.example/feed"

[[topics]]
name = "Kesh"
any = ["Kesh"]

[[digests]]
name = "Daily"
to = ["desk@home.example"]
"""


def lines(text: str) -> list[tuple[int, str]]:
    return [(each.number, each.text) for each in text_list(text.encode()).lines]


def cells(text: str, column: str = "") -> list[tuple[int, str]]:
    found = column_list(text.encode(), column)
    assert not found.problem
    assert not any(each.problem for each in found.lines)
    return [(each.number, each.text) for each in found.lines]


def test_a_text_file_has_a_topic_in_each_line() -> None:
    assert lines("# mine\n#\nSyria talks\n\n  Kesh \r\n#tag\rlast") == [
        (3, "Syria talks"),
        (5, "Kesh"),
        (6, "#tag"),
        (7, "last"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1251"])
def test_encodings_of_editors_and_spreadsheets(encoding: str) -> None:
    text = "Kesh harbour\nПорт Новая Гавань" if encoding.startswith("w") else "Kesh harbour\nPort Said Hafen"
    assert [each.text for each in text_list(text.encode(encoding)).lines] == text.split("\n")


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("Kesh\nQuay\n", "", [(1, "Kesh"), (2, "Quay")]),
        ("Topic,Note\nKesh,x\nQuay,\n", "topic", [(2, "Kesh"), (3, "Quay")]),
        ("Note;Topic\nx, y;Kesh\n;;;\n;Quay\n", "Topic", [(2, "Kesh"), (4, "Quay")]),
        ("a\tKesh\nb\tQuay", "2", [(1, "Kesh"), (2, "Quay")]),
        ("sep=;\nTopic;n\nKesh;1\n", "Topic", [(3, "Kesh")]),
        ('Topic,n\n"""Red Sea"" ships",1\n', "Topic", [(2, '"Red Sea" ships')]),
        ('n,Topic\n"two\nlines",Kesh\nz,Quay\n', "Topic", [(2, "Kesh"), (4, "Quay")]),
        ("n,Topic\nonly\nz,Kesh\n", "Topic", [(3, "Kesh")]),
        ("2,1\nKesh,Quay\n", "1", [(2, "Quay")]),
        ('"a;b;c",Topic\nx,Kesh\n', "Topic", [(2, "Kesh")]),
    ],
)
def test_tables(text: str, column: str, expected: list[tuple[int, str]]) -> None:
    assert cells(text, column) == expected


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", "", "has no words"),
        ("\n\n", "1", "has no words"),
        ("Topic\n", "Topic", "has no words"),
        ("a,b\n1,2", "", 'has 2 columns. Name one with --column: 1 "a", 2 "b"'),
        ("a,b\n1,2", "c", 'has no column "c". Name one with --column: 1 "a", 2 "b"'),
        ("a,b\n1,2", "3", 'has no column "3"'),
        ("x" * (MOST_IN_A_CELL + 1), "1", "cannot be read: line 1 has a cell of more than"),
    ],
)
def test_tables_that_cannot_be_read(text: str, column: str, words: str) -> None:
    found = column_list(text.encode(), column)
    assert words in found.problem
    assert not found.problem.endswith(".")
    assert not found.lines


@pytest.mark.parametrize(
    ("text", "number", "words", "others"),
    [
        ('Topic,n\nKesh, "x"\nQuay,1,2\nHill,1', 3, "has 3 cells, and the first row 2", ["Kesh", "Hill"]),
        ('Topic,n\n"Kesh\nQuay",1\nHill,1', 2, "line break", ["Hill"]),
        ('Topic,n\nKesh,1\nQuay,"open\nHill,1\n', 3, "never closed", ["Kesh"]),
        (f"Topic,n\nKesh,{'x' * (MOST_IN_A_CELL + 1)}\nHill,1", 2, "more than 131,072", ["Hill"]),
        (f"Topic,n\n{'x' * (MOST_CHARACTERS + 1)},1\nHill,1", 2, "is longer than 1,000", ["Hill"]),
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_the_others_are_read(
    text: str, number: int, words: str, others: list[str]
) -> None:
    found = column_list(text.encode(), "Topic").lines
    bad = [each for each in found if each.problem]
    assert [(each.number, words in each.problem) for each in bad] == [(number, True)]
    assert [each.text for each in found if not each.problem] == others


@given(st.text(alphabet='a,;\t"\n\r ', max_size=80), st.sampled_from(["", "1", "2", "a"]))
def test_no_table_is_too_strange(text: str, column: str) -> None:
    found = column_list(text.encode(), column)
    assert bool(found.problem) is not bool(found.lines)
    numbers = [each.number for each in found.lines]
    assert numbers == sorted(set(numbers))


def test_a_hostile_table_is_read_in_steps_that_grow_as_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell that is too long begins the reading again: how much the reader of CSV is given is counted."""
    real = csv.reader

    def steps(size: int) -> int:
        read = 0

        def counted(source: Iterable[str], delimiter: str) -> Any:
            def lines() -> Iterator[str]:
                nonlocal read
                for line in source:
                    read += len(line)
                    yield line

            return real(lines(), delimiter=delimiter)

        monkeypatch.setattr(csv, "reader", counted)
        unit = '"\n' + "x" * 99 + "\n" + "y" * (MOST_IN_A_CELL + 1) + "\n" + '"",""","\n'
        column_list(("a,b\n" + unit * size).encode(), "a")
        return read

    assert steps(16) <= 2.2 * steps(8)


# ---- What becomes of the lines


def brought(*texts: str, configured: tuple[str, ...] = ()) -> BroughtTopics:
    files = [(f"{number}.txt", text_list(text.encode())) for number, text in enumerate(texts, 1)]
    return brought_topics(files, configured, LISTS, {"syria"})


def test_each_line_becomes_a_topic_or_is_named() -> None:
    found = brought(
        'Syria talks\nKESH\nsyria TALKS\nSyria, Iraq\nSyria without Iraq\nA\tb\n,\n"Port, Ltd" -sport',
        "syria talks\nHarbour",
        "",
        configured=("Kesh",),
    )
    assert [(each.place.line, each.topic.name) for each in found.new] == [
        (1, "Syria talks"),
        (8, '"Port, Ltd" -sport'),
        (2, "Harbour"),
    ]
    assert found.new[0].topic.rules[0].all == (("@syria",), ("@talks",))
    assert [(each.place.line, each.written) for each in found.known] == [(2, "KESH")]
    assert [(each.place.file, each.place.line, each.reason) for each in found.repeated] == [
        ("1.txt", 3, "repeats line 1 of 1.txt."),
        ("2.txt", 1, "repeats line 1 of 1.txt."),
    ]
    reasons = {each.place.line: each.reason for each in found.refused}
    assert list(reasons) == [4, 5, 6, 7]
    assert "one topic in each line" in reasons[4]
    assert reasons[5].startswith('what "without" refers to is not clear')
    assert "--column 1" in reasons[6]
    assert "needs a word" in reasons[7]
    assert found.problems == (("3.txt", "has no words"),)


# ---- The command


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


def test_a_list_is_imported(config: Path, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("Syria ceasefire\nkesh\nSyria, Iraq\n(Kenya or Uganda) floods -football\nTürkei or Ägypten\n")
    tried = asked(config, "topics", "import", str(words), "--dry-run")
    assert tried.returncode == 0, tried.stderr
    told = " ".join(tried.stdout.split())
    assert "1: Syria ceasefire: looks for each of: @syria, @ceasefire" in told
    assert 'words.txt:2: "kesh" – is in the config already.' in told
    assert 'words.txt:3: "Syria, Iraq" – has a comma' in told
    assert "Topics: 3 new, 1 in the config already, 1 refused." in told
    assert config.read_text(encoding="utf-8") == CONFIG
    answer = asked(config, "topics", "import", str(words), "--yes")
    assert answer.returncode == 0, answer.stderr
    after = config.read_text(encoding="utf-8")
    assert after.startswith(CONFIG[: CONFIG.index("[[digests]]")].rstrip())
    topics = load(config, {}, is_draft=True).topics
    assert [each.name for each in topics][1:] == [
        "Syria ceasefire",
        "(Kenya or Uganda) floods -football",
        "Türkei or Ägypten",
    ]
    assert topics[2].rules[0].none == ("football",)
    assert topics[3].rules[0].all == (("Türkei", "Ägypten"),)
    again = json.loads(asked(config, "topics", "import", str(words), "--json").stdout)
    assert (again["new"], len(again["known"]), again["file"]) == ([], 4, "")
    assert config.read_text(encoding="utf-8") == after


def test_a_spreadsheet_is_imported_as_json(config: Path, tmp_path: Path) -> None:
    table = tmp_path / "words.csv"
    table.write_bytes("Thema;Notiz\r\nKesh port;a\r\nSyria ceasefire;b\r\n".encode("utf-16"))
    asked_for = asked(config, "topics", "import", str(table))
    assert asked_for.returncode == 2
    assert '1 "Thema", 2 "Notiz"' in " ".join(asked_for.stdout.split())
    only_shown = json.loads(
        asked(config, "topics", "import", str(table), "--column", "thema", "--dry-run", "--json").stdout
    )
    assert only_shown["file"] == ""
    answer = json.loads(asked(config, "topics", "import", str(table), "--column", "thema", "--json").stdout)
    assert [(each["line"], each["name"]) for each in answer["new"]] == [(2, "Kesh port"), (3, "Syria ceasefire")]
    assert answer["file"] == str(config)
    assert len(load(config, {}, is_draft=True).topics) == 3


def test_doubts_and_digests_that_list_their_topics_are_said(config: Path, tmp_path: Path) -> None:
    config.write_text(CONFIG + 'topics = ["Kesh"]\n', encoding="utf-8")
    (tmp_path / "w.txt").write_text('"停"\n', encoding="utf-8")
    told = " ".join(asked(config, "topics", "import", str(tmp_path / "w.txt"), "--dry-run").stdout.split())
    assert "Write two or more" in told
    assert "add the new ones, or they are not mailed" in told


def test_mistakes_are_said(config: Path, tmp_path: Path) -> None:
    missing = asked(config, "topics", "import", str(tmp_path / "none.txt"))
    assert missing.returncode == 2
    assert "none.txt" in missing.stderr
    (tmp_path / "big.txt").write_bytes(b"x\n" * 2_500_001)
    big = asked(config, "topics", "import", str(tmp_path / "big.txt"))
    assert "longer than 5,000,000 bytes" in big.stderr
