"""How commands print JSON, tables and times. The commands decide what is printed.

Foreign text is made one safe line here (rule S11): in a cell by `add_row`, elsewhere by `shown`, and in JSON by
escapes that every JSON parser undoes. rich is imported only by functions that draw, so that JSON output stays quick.
"""

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.cli import local_time
from monitor.files import PRIVATE
from monitor.plain_text import escaped, one_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

RIGHT = ">"
TERMINAL_COLUMNS = 80


def print_json(value: Any, *, indent: int | None = 2) -> None:
    """Print JSON for people: letters are not escaped, times are in ISO 8601, terminal control
    characters are escaped.
    """
    written = json.dumps(value, ensure_ascii=False, indent=indent, default=_plain_value)
    print("\n".join(_safe_lines(written)))


def print_json_line(value: Any) -> None:
    """Print JSON on one line, in ASCII, for programs that read line by line."""
    print(json.dumps(value, default=_plain_value))


def write_file(path: Path, content: bytes) -> None:
    """Write what may be private into a file that its owner alone can read, whatever was there before (rule S17)."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.fchmod(descriptor, PRIVATE)
        file.write(content)


def shown(text: object) -> str:
    """Foreign text, uncut."""
    return one_line(str(text), None)


def print_wrapped(text: str, *, first: str = "") -> None:
    """Print text, which may be foreign, in lines of 80 columns; `first` stands before it, and blanks below that."""
    from monitor.render.columns import wrapped

    print(wrapped(shown(text), first=first, columns=TERMINAL_COLUMNS, has_paths=True))


def console(*, has_markup: bool = False) -> "Console":
    """A console that prints text unchanged: no markup unless it is ours, and ":fire:" is not replaced."""
    from rich.console import Console

    class Unread(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Unread(markup=has_markup, highlight=False, emoji=False)


def table(*columns: str, has_header: bool = True) -> "Table":
    """A table without lines. A name that begins with ">" marks a column of numbers: right-aligned, never wrapped."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold", show_header=has_header)
    for name in columns:
        if name.startswith(RIGHT):
            made.add_column(name.removeprefix(RIGHT), justify="right", no_wrap=True)
        else:
            made.add_column(name, overflow="fold")
    return made


def add_row(to: "Table", *cells: object, style: str | None = None) -> None:
    """Add a row; cells may hold foreign text. In a column of numbers, None and 0 become a dash."""
    from rich.text import Text

    to.add_row(*(Text(_cell(cell)) for cell in cells), style=style)


def iso(moment: datetime | None, timespec: str = "auto") -> str | None:
    return None if moment is None else moment.isoformat(timespec=timespec)


def print_table(made: "Table") -> None:
    """Print a table, row by row where it is too wide."""
    from monitor.cli.narrow import print_table as print_it

    print_it(made, console())


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, as a person would say it; after two days, the date."""
    if moment is None:
        return "never"
    passed = now - moment
    if passed < timedelta(minutes=2):
        return "just now"
    if passed < timedelta(hours=2):
        return f"{passed // timedelta(minutes=1)} minutes ago"
    if passed < timedelta(days=2):
        return f"{passed // timedelta(hours=1)} hours ago"
    return local_time.stamp(moment)


def size(count: int) -> str:
    """A number of bytes in the unit that people use for it, with powers of ten as disks have them."""
    for unit, name in ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "KB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}" if count < 100 * unit else f"{count / unit:,.0f} {name}"
    return f"{count} B"


def span(length: timedelta) -> str:
    """A duration in the few characters of a column."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 100:
        return f"{minutes} min"
    days = minutes // 1440
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{days} d" if days < 2 * 365 else f"{days // 365} y"


def _cell(cell: object) -> str:
    return shown(cell) if isinstance(cell, str) else f"{cell or '–'}"


def _safe_lines(written: str) -> Iterator[str]:
    for line in written.split("\n"):  # these line breaks are ours: line breaks in foreign text are escaped
        yield escaped(line, form=_json_escape)


def _json_escape(sign: str) -> str:
    return json.dumps(sign)[1:-1]


def _plain_value(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{value!r} cannot be written as JSON")
