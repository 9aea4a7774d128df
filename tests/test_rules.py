"""docs/rules.md is complete: what is cited is listed there, and what is listed there is cited by code or a test."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "rules.md"

LETTERS = {"P": "polling", "I": "identity", "S": "security", "D": "durability", "E": "e-mail"}
"""Any of these with a number is a citation, wherever it stands; another letter only after the word "rule"."""

UNUSED = {"S12"}
"""Numbers below the highest of their letter that mean nothing, as the page says."""

CODE = re.compile(rf"(?<![\w%/.#=\\+&-])([{''.join(LETTERS)}])([1-9]\d?)(?![\w%])")
RANGE = re.compile(rf"{CODE.pattern}(?:–|-| to )\1([1-9]\d?)(?![\w%])")
NAMED = re.compile(r"\brules?\s+([A-Z][1-9]\d?)(?![\w%])", re.IGNORECASE)
ROW = re.compile(r"^\| ([A-Z][1-9]\d?) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)

SUFFIXES = {".py", ".md", ".toml", ".j2", ".service", ".yaml"}
CODE_AND_TESTS = ("monitor", "templates", "migrations", "deploy", "benchmarks", "tests")


def cited(text: str) -> set[str]:
    """The codes of rules in a text. "S3–S6" cites four."""
    ranges = (range(int(first), int(last) + 1) for _, first, last in RANGE.findall(text))
    letters = (letter for letter, _, _ in RANGE.findall(text))
    between = {f"{letter}{number}" for letter, numbers in zip(letters, ranges, strict=True) for number in numbers}
    return between | {"".join(found) for found in CODE.findall(text)} | set(NAMED.findall(text))


def files(*folders: str) -> Iterator[Path]:
    """What people write in these folders, but for the page itself and the examples in this file."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES)
    return (path for path in found if path not in {PAGE, Path(__file__)} and "golden" not in path.parts)


def rules() -> dict[str, tuple[str, ...]]:
    return {code: cells for code, *cells in ROW.findall(PAGE.read_text(encoding="utf-8"))}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("addresses that may be dialled (rules S1, S2)", {"S1", "S2"}),
        ("nothing of it is (rule D18).", {"D18"}),
        ("what it lists (D7, P5).", {"D7", "P5"}),
        ("Rule D11's five days", {"D11"}),
        ("refused in bounded time (S3–S6).", {"S3", "S4", "S5", "S6"}),
        ("refused in bounded time (S3-S6).", {"S3", "S4", "S5", "S6"}),
        ("clocks that jump (rules D1 to D3)", {"D1", "D2", "D3"}),
        ("FLOOR = 15  # P6: a public server", {"P6"}),
        ("**Context.** Rule I5 bounds\nthe writes", {"I5"}),
        ("by no rule Q7 that anybody knows", {"Q7"}),
        ("a sheet of A4, the M23 and the G7", set()),
        ("an F1 of 0.9, the model e5-small, ruff's E501", set()),
        ("%D8%B3%D9%88 and =E2=80=93 and #E8E5DE and #D4", set()),
        ("P100, I0, D07, XS3, S3x, \\S1", set()),
    ],
)
def test_a_citation_is_told_from_what_looks_like_one(text: str, codes: set[str]) -> None:
    assert cited(text) == codes


def test_every_code_that_is_cited_is_a_rule() -> None:
    listed = rules().keys()
    pages = [*files(*CODE_AND_TESTS, "docs"), *ROOT.glob("*.md"), ROOT / "config.example.toml"]
    unknown = {
        f"{path.relative_to(ROOT)}: {code}"
        for path in pages
        for code in cited(path.read_text(encoding="utf-8"))
        if code not in listed
    }
    assert unknown == set()


def test_every_rule_is_cited_by_code_or_a_test() -> None:
    found = set().union(*(cited(path.read_text(encoding="utf-8")) for path in files(*CODE_AND_TESTS)))
    assert rules().keys() - found == set()


def test_the_rules_are_listed_in_order_each_once_without_gaps() -> None:
    codes = [code for code, *_ in ROW.findall(PAGE.read_text(encoding="utf-8"))]
    last = {letter: max(int(code[1:]) for code in codes if code[0] == letter) for letter in LETTERS}
    whole = [f"{letter}{number}" for letter in LETTERS for number in range(1, last[letter] + 1)]
    assert codes == [code for code in whole if code not in UNUSED]


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_has_a_heading_and_a_sentence_on_what_it_stands_for(letter: str) -> None:
    page, name = PAGE.read_text(encoding="utf-8"), LETTERS[letter]
    section = page.split(f"\n## {letter}: {name}\n")[1].split("\n## ")[0]
    assert section.startswith(f"\n{letter} is for {name}: ")
    assert {code[0] for code, *_ in ROW.findall(section)} == {letter}


def test_every_rule_has_what_holds_a_reason_and_a_source() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("\n| ") == len(rules()) + len(LETTERS), "a row that is not code, rule, reason and source"
    assert {code for code, cells in rules().items() if min(map(len, map(str.strip, cells))) < len("tests")} == set()
