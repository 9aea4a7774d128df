"""Lists of words that people bring: a text file with one topic in each line, or a column of a spreadsheet (CSV, TSV).

Pure, and it takes linear time. It says what stands where; what the words mean is for `workbench.brought_topics`.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from monitor.parse.encodings import decoded

MOST_CHARACTERS = 1_000
"""A longer line is no topic, and is not read."""

MOST_IN_A_CELL = 131_072
"""Where Python's reader of CSV ends: a quote that is never closed makes one cell of all that follows."""

DELIMITERS = ("\t", ";", ",")
"""Excel writes semicolons where the comma is the decimal sign."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_SEPARATOR_LINE = re.compile(r"sep=([\t;,])\s*", re.IGNORECASE)
"""How a file names its delimiter to Excel, in the first line."""
_QUOTED = re.compile(r'"[^"]*"')
_UTF_16 = 0.4
"""Of the bytes that are NUL: UTF-16 without a mark, in Latin letters, has a half of them."""
_NAMED_COLUMNS = 20
_TOO_LONG = f"has a cell of more than {MOST_IN_A_CELL:,} characters: probably a quote is opened and not closed."
_IN_QUOTES = "Put a cell in quotes if it contains the sign that separates cells."
_OPEN = "a quote is opened there and never closed, so that nothing from there on was read. Close it and try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line, or one cell."""

    number: int
    """The line of the file in which it begins, from 1."""
    text: str
    """What stands there, without blanks around it; "" where it could not be read."""
    problem: str = ""
    """Why it cannot be one topic, as a sentence; "" if it may be one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordList:
    """What a file has."""

    lines: tuple[Line, ...]
    """In the order of the file, without those that are empty and comments."""
    problem: str = ""
    """Why the file cannot be read so, as the rest of a sentence that begins with its name; "" if it can."""


def text_list(data: bytes) -> WordList:
    """The lines of a text file. A line that begins with `#` and a blank is a comment."""
    numbered = enumerate(map(str.strip, _LINE_END.split(_text(data))), 1)
    lines = (_line(number, text) for number, text in numbered if text and text != "#" and not text.startswith("# "))
    return _found(lines)


def column_list(data: bytes, column: str) -> WordList:
    """A column of a table: by its name in the first row, or by its number from 1, and then the first row counts too.

    "" is the only column of a table that has one, and the first row counts.
    """
    rows = _rows(_text(data))
    first = next(rows, None)
    if first is None:
        return WordList(lines=(), problem="has no words")
    if first.problem:
        return WordList(lines=(), problem=f"cannot be read: line {first.first} {first.problem.rstrip('.')}")
    names = [each.strip() for each in first.cells]
    place = next((place for place, name in enumerate(names) if column and name.casefold() == column.casefold()), None)
    if place is not None:
        return _found(_cells(rows, place, len(names)))
    if not column and len(names) == 1:
        return _found(_cells(_with_first(first, rows), 0, 1))
    number = int(column) if re.fullmatch("[1-9][0-9]{0,3}", column) else 0
    if 0 < number <= len(names):
        return _found(_cells(_with_first(first, rows), number - 1, len(names)))
    shown = ", ".join(f'{number} "{name[:40]}"' for number, name in islice(enumerate(names, 1), _NAMED_COLUMNS))
    asked = f'has no column "{column}"' if column else f"has {len(names)} columns"
    return WordList(lines=(), problem=f"{asked}. Name one with --column: {shown}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One row of a table."""

    first: int
    cells: Sequence[str]
    problem: str = ""


def _found(lines: Iterator[Line]) -> WordList:
    found = tuple(lines)
    return WordList(lines=found, problem="" if found else "has no words")


def _line(number: int, text: str) -> Line:
    if len(text) > MOST_CHARACTERS:
        return Line(number=number, text=text[:100], problem=f"is longer than {MOST_CHARACTERS:,} characters.")
    if "\t" in text:
        return Line(number=number, text=text, problem="has a tab. If this is a table, name a column: --column 1")
    return Line(number=number, text=text)


def _text(data: bytes) -> str:
    is_marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not is_marked and data.count(0) > _UTF_16 * len(data):
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", "replace")
    return decoded(data, "").text.removeprefix("\ufeff")


def _rows(text: str) -> Iterator[_Row]:
    """The rows, each with the lines of the file that it has."""
    lines = [f"{each}\n" for each in _LINE_END.split(text)]
    separator = _SEPARATOR_LINE.fullmatch(lines[0])
    start = 1 if separator else 0
    delimiter = separator[1] if separator else _delimiter(lines)
    while start < len(lines):
        reader = csv.reader((lines[n] for n in range(start, len(lines))), delimiter=delimiter)
        done = start
        try:
            for cells in reader:
                first, done = done + 1, start + reader.line_num
                if any(map(str.strip, cells)):
                    yield _Row(first=first, cells=cells, problem=_never_closed(lines, done, cells))
            start = len(lines)
        except csv.Error:
            yield _Row(first=done + 1, cells=(), problem=_TOO_LONG)
            start = done + 1


def _never_closed(lines: Sequence[str], last: int, cells: Sequence[str]) -> str:
    """Of the last row, whether a quote takes all the rest of the file into one cell."""
    return _OPEN if last == len(lines) and cells[-1].endswith("\n") else ""


def _delimiter(lines: Sequence[str]) -> str:
    """The sign that stands most often in the first line with words, outside of quotes."""
    first = _QUOTED.sub("", next((each for each in lines if each.strip()), ""))
    return max(DELIMITERS, key=lambda sign: (first.count(sign), sign == ","))


def _with_first(first: _Row, rows: Iterator[_Row]) -> Iterator[_Row]:
    yield first
    yield from rows


def _cells(rows: Iterator[_Row], place: int, columns: int) -> Iterator[Line]:
    for row in rows:
        text = row.cells[place].strip() if place < len(row.cells) else ""
        problem = row.problem
        if not problem and any(map(str.strip, row.cells[columns:])):
            problem = f"has {len(row.cells)} cells, and the first row {columns}. {_IN_QUOTES}"
        elif not problem and _LINE_END.search(text):
            problem = "has a line break in it, or a quote that is not closed. Write one topic in each cell."
        if problem:
            yield Line(number=row.first, text=" ".join(text[:100].split()), problem=problem)
        elif text:
            yield _line(row.first, text)
