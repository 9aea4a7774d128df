"""Tables where they do not fit: short cells of a row on one line, and long ones below it in full width."""

from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Column, Table

SHORT = 18
"""Cells up to so many columns are never broken."""

LEAST = 20
"""A long cell in fewer columns than these is hard to read."""

MOST_LINES = 4
"""A long cell on more lines than these, too."""

GAP = 2
INDENT = "    "


def print_table(table: "Table", console: "Console") -> None:
    """Print the table as it is if its long cells have room, else row by row."""
    if _has_room(table, console):
        console.print(table)
        return
    for number in range(table.row_count):
        _print_row(table, number, console)


def _has_room(table: "Table", console: "Console") -> bool:
    widths = [_width(each) for each in table.columns]
    limits = [each.max_width or width for each, width in zip(table.columns, widths, strict=True)]
    long = [min(pair) for pair in zip(widths, limits, strict=True) if min(pair) > SHORT]
    room = console.width - sum(width for width in widths if width <= SHORT) - GAP * (len(widths) - 1)
    if sum(long) <= room or not long:
        return sum(long) <= room
    share = room // len(long)
    return share >= LEAST and ceil(max(long) / share) <= MOST_LINES


def _width(column: "Column") -> int:
    from rich.cells import cell_len

    return max(cell_len(str(each)) for each in (column.header, *column.cells))


def _print_row(table: "Table", number: int, console: "Console") -> None:
    """The first cell names the row; numbers have their names, and there are no dashes for what is not there."""
    from rich.padding import Padding
    from rich.text import Text

    first, below = Text(), list[Text]()
    for place, column in enumerate(table.columns):
        cell = list(column.cells)[number]
        text = cell if isinstance(cell, Text) else Text(str(cell))
        if place and _width(column) > SHORT:
            below.append(text)
        elif text.plain not in {"–", ""}:
            name = f"{str(column.header).lower()} " if column.justify == "right" and first else ""
            first = Text.assemble(first, "  " if first else "", name, text)
    style = table.rows[number].style or ""
    console.print(first, style=style)
    for text in below:
        console.print(Padding.indent(text, len(INDENT)), style=style)
