"""Tables where they do not fit: short cells of a row on one line, and long ones below it in full width.

rich takes a quarter of a millisecond for a row. Where there are no colours, a row that needs no folding is written as
rich would write it, without rich: a poll prints one for each feed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.style import StyleType
    from rich.table import Table
    from rich.text import Text

SHORT = 18
"""Cells up to so many columns are never broken."""

LEAST = 20
"""A long cell in fewer columns than these is hard to read."""

MOST_LINES = 4
"""A long cell on more lines than these, too."""

GAP = 2
INDENT = "    "


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A column of a table, measured."""

    header: str
    cells: Sequence["Text"]
    texts: Sequence[str]
    """What the cells say, without their style."""
    widths: Sequence[int]
    """Of the texts, in columns of a terminal."""
    width: int
    """Of the widest cell; the header is one."""
    limit: int | None
    is_number: bool
    is_plain: bool
    """Whether rich writes each of its cells as it is."""


def print_table(table: "Table", console: "Console") -> None:
    """Print the table as it is if its long cells have room, else row by row."""
    columns = _measured(table)
    if not _has_room(columns, console.width):
        _print_rows(columns, table, console)
    elif _is_plain(table, columns, console):
        _print_plain(_lines(columns), console)
    else:
        console.print(table)


def _measured(table: "Table") -> list[_Column]:
    from rich.cells import cell_len
    from rich.text import Text

    found = []
    for column in table.columns:
        cells = [cell if isinstance(cell, Text) else Text(str(cell)) for cell in column.cells]
        header, texts = str(column.header), [cell.plain for cell in cells]
        widths = [cell_len(text) for text in texts]
        found.append(
            _Column(
                header=header,
                cells=cells,
                texts=texts,
                widths=widths,
                width=max((cell_len(header), *widths)),
                limit=column.max_width,
                is_number=column.justify == "right",
                is_plain=all(text.isprintable() and text == text.strip() for text in (header, *texts)),
            )
        )
    return found


def _has_room(columns: Sequence[_Column], room: int) -> bool:
    long = [min(each.width, each.limit or each.width) for each in columns]
    long = [width for width in long if width > SHORT]
    room = room - sum(each.width for each in columns if each.width <= SHORT) - GAP * (len(columns) - 1)
    if sum(long) <= room or not long:
        return sum(long) <= room
    share = room // len(long)
    return share >= LEAST and ceil(max(long) / share) <= MOST_LINES


def _is_plain(table: "Table", columns: Sequence[_Column], console: "Console") -> bool:
    """Whether nothing has a colour and nothing is folded or cut, so that a line says all of its row."""
    width = sum(each.width for each in columns) + GAP * (len(columns) - 1)
    is_whole = all(each.is_plain and each.width <= (each.limit or each.width) for each in columns)
    is_usual = console.color_system is None and table.show_header
    return is_usual and is_whole and bool(columns) and width <= console.width


def _lines(columns: Sequence[_Column]) -> list[str]:
    """The lines of a table in which nothing is folded."""
    from rich.cells import cell_len

    filled = []
    for each in columns:
        texts, widths = (each.header, *each.texts), (cell_len(each.header), *each.widths)
        blanks = (" " * (each.width - width) for width in widths)
        filled.append([b + t if each.is_number else t + b for t, b in zip(texts, blanks, strict=True)])
    return [(" " * GAP).join(cells) for cells in zip(*filled, strict=True)]


def _print_rows(columns: Sequence[_Column], table: "Table", console: "Console") -> None:
    """The first cell names the row; numbers have their names, and there are no dashes for what is not there."""
    plain: list[str] = []
    for number, row in enumerate(table.rows):
        first, below = _row(columns, number)
        lines = ["".join(map(str, first)), *(INDENT + each.plain for each in below)]
        if console.color_system is None and all(_is_a_line(line, console.width) for line in lines):
            plain += lines
            continue
        _print_plain(plain, console)
        plain = []
        _print_row(first, below, row.style or "", console)
    _print_plain(plain, console)


def _row(columns: Sequence[_Column], number: int) -> tuple[list["str | Text"], list["Text"]]:
    """The parts of the line of a row, and its long cells."""
    first: list[str | Text] = []
    below: list[Text] = []
    for place, column in enumerate(columns):
        text = column.cells[number]
        if place and column.width > SHORT:
            below.append(text)
        elif text.plain not in {"–", ""}:
            name = f"{column.header.lower()} " if column.is_number and first else ""
            first += ["  " if first else "", name, text]
    return first, below


def _print_row(first: Sequence["str | Text"], below: Sequence["Text"], style: "StyleType", console: "Console") -> None:
    from rich.padding import Padding
    from rich.text import Text

    console.print(Text.assemble(*first), style=style)
    for text in below:
        console.print(Padding.indent(text, len(INDENT)), style=style)


def _print_plain(lines: Sequence[str], console: "Console") -> None:
    if lines:
        console.out("\n".join(lines), highlight=False)


def _is_a_line(text: str, columns: int) -> bool:
    from rich.cells import cell_len

    return text.isprintable() and text == text.rstrip() and cell_len(text) <= columns
