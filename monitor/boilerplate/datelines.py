"""Place and time before the first sentence: "DAMASCUS (AFP) –", "MANILA, Philippines –", a line with a time.

They are left out of quotes only: a short item may name its place nowhere else.
"""

import re
from collections.abc import Sequence

DATELINE_CHARACTERS = 90

PLACE_WORDS = 6
PLACE_LETTERS, PLACE_LETTERS_BEFORE_COLON = 4, 6
"""A place in capitals before a dash; before a colon a short one is rather who speaks: "NATO: no plans"."""

DATE_LINE_WORDS = 5
"""Weekday, month, "at", "AM", a zone."""

_CREDIT = r"(?:\s?\([^()\n]{2,40}\)|\s?/[^/\n]{2,30}/)"
_DATELINE = re.compile(
    rf"(?P<place>[^\n]{{0,{DATELINE_CHARACTERS}}}?)"
    rf"(?:(?P<credit>{_CREDIT})\s*(?:[-–—:.]+\s+|\n)|\s(?P<dash>[-–—]{{1,2}})\s+|:\s+)"
)
_NEWSWIRE = re.compile(r"(?:РИА|ТАСС|Интерфакс|DPA|AFP|AP)\b[^\n.]{0,15}\.\s+")
"""Behind the dash: "МОСКВА, 12 мая — РИА Новости."."""
_LINE = re.compile(rf"[^\n]{{6,{DATELINE_CHARACTERS}}}(?=\n)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_FIGURES = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W\d_]+")


def dateline(text: str, start: int) -> int:
    """Where the line with a time, or the place and agency before the first sentence, ends; `start` if there is none."""
    line = _LINE.match(text, start)
    if line and _is_date(line[0]):
        return line.end()
    found = _DATELINE.match(text, start)
    if not found or not _is_place(found):
        return start
    newswire = _NEWSWIRE.match(text, found.end())
    return newswire.end() if newswire else found.end()


def _is_date(line: str) -> bool:
    return bool(_YEAR.search(line)) and len(_FIGURES.findall(line)) > 1 and len(_WORDS.findall(line)) <= DATE_LINE_WORDS


def _is_place(found: re.Match[str]) -> bool:
    words = found["place"].split()
    if len(words) > PLACE_WORDS or not _are_names(words):
        return False
    first = found["place"].partition(",")[0].strip()
    least = PLACE_LETTERS if found["dash"] else PLACE_LETTERS_BEFORE_COLON
    return bool(found["credit"]) or (first.isupper() and len(first) >= least)


def _are_names(words: Sequence[str]) -> bool:
    """Whether none is a small word; the name of a month behind a figure may be."""
    return not any(
        word[0].islower() and not (number and words[number - 1][0].isdigit()) for number, word in enumerate(words)
    )
