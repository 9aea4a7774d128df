"""In which language a text is: right or not said. The table of texts is tests/language_texts.txt."""

from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest
from editions import article
from table import each_row

from monitor.digest.entries import item
from monitor.spoken_language import comparable, identified_language, spoken_language

ANSWERED = frozenset(
    "ar de en es fa fr it nl pl pt ru tr uk ur zh ja ko he hi".split()  # noqa: SIM905 (codes read better as text)
)
LEAST_SHARE = 0.5
"""Of the texts of a language that must be identified: what is wrong is worse than what is not said."""


def rows() -> list[tuple[str, str, str]]:
    lines = (Path(__file__).parent / "language_texts.txt").read_text("utf-8").splitlines()
    cut = (line.partition("\t") for line in lines if not line.startswith("#"))
    return [(language, *map(str.strip, text.partition("|")[::2])) for language, _, text in cut]  # type: ignore[misc]


@pytest.mark.parametrize("is_loud", [False, True])
@pytest.mark.parametrize("has_text", [True, False])
def test_what_is_said_is_right(*, has_text: bool, is_loud: bool) -> None:
    def is_right(language: str, title: str, text: str) -> None:
        words = [title, text if has_text else ""]
        found = identified_language(*(word.upper() if is_loud else word for word in words))
        assert found in {language, ""}

    each_row(is_right, rows())


def test_most_texts_of_each_language_are_identified() -> None:
    for language, group in groupby(rows(), key=lambda row: row[0]):
        found = [identified_language(*row[1:]) for row in group]
        if language in ANSWERED:
            assert found.count(language) >= LEAST_SHARE * len(found), language


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("", ""),
        ("12:30 – 14:00", ""),
        ("Reuters", ""),
        ("US$ 5.4 m (+3 %)", ""),
        ("EM FX NOTES: yuan firm as rupee slips", ""),  # capitals are names here
        ("Müller, Łódź, Şırnak", ""),  # names have letters of anywhere
        ("The mayor said: Ограда была сломана вчера ночью", ""),
        ("中央銀行金利据置", ""),  # Chinese or Japanese
        ("新品「の」系列上市并且开始在全国各地的商店里销售", ""),
        ("Ἡ πόλις ἀποφασίζει", "el"),
        ("กรุงเทพฯ อนุมัติงบประมาณ", "th"),
        ("די שטאָט האָט באַשלאָסן", ""),  # Yiddish
        ("Совет города принял бюджет", ""),  # no letter that others lack
        ("नगर सभा बजेट", ""),
        ("The Prime Minister of Turkey, Erdoğan, said that the talks would go on", "en"),
        ("L’ONU et l’OMS n’ont pas réagi", "fr"),
    ],
)
def test_what_is_not_clear_is_not_said(title: str, expected: str) -> None:
    assert identified_language(title) == expected


@pytest.mark.parametrize("unit", ["a", "ы", "中", "ßñ", "'", "\u0301", "i\u0307", "a'", "\x00", "\ud800"])
def test_only_the_beginning_of_a_text_is_read(unit: str) -> None:
    whole = unit * 1_000_000
    assert identified_language(whole, whole) == identified_language(whole[:1_000], whole[:1_000])


def test_the_same_text_is_the_same_language_in_any_order_of_calls() -> None:
    first = [identified_language(title, text) for _, title, text in rows()]
    last = [identified_language(title, text) for _, title, text in reversed(rows())]
    assert first == last[::-1]


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (("ru", "uk"), ("ru", "uk")),
        (("ru", "cyrillic"), ("cyrillic", "cyrillic")),
        (("he", "hebrew"), ("hebrew", "hebrew")),
        (("en", "ru"), ("en", "cyrillic")),
        (("en", ""), ("en", "")),
    ],
)
def test_a_language_and_its_script_are_no_two_languages(pair: tuple[str, str], expected: tuple[str, str]) -> None:
    assert comparable(*pair) == expected


def test_a_script_is_said_where_its_language_is_not_clear() -> None:
    assert spoken_language(["Совет города принял бюджет"]) == "cyrillic"
    assert spoken_language(["12:30"]) == ""


def test_a_headline_is_marked_with_what_somebody_says_else_with_what_its_text_shows() -> None:
    unnamed = replace(article(1, "Kuraklığın ardından", language=""), identified_language="tr")
    assert item(unnamed).language == "tr"
    assert item(replace(unnamed, language="de")).language == "de"
    assert item(replace(unnamed, identified_language="")).language == ""
