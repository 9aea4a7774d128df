"""Plain text in columns: display width, wrapping, and isolation of right-to-left words (rule E11)."""

import unicodedata
from collections.abc import Iterable, Iterator

from rich.cells import cell_len, chop_cells

UNICODE = "latest"
"""Fixed, and not taken from the environment: the same edition is rendered the same way everywhere."""

COLUMNS = 72
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
SMALLEST_ROOM = 8
"""The least columns of a line, however deep its indent."""


def width(text: str) -> int:
    """Columns in a terminal: two for wide characters, none for marks; an emoji of several parts is one character."""
    return cell_len(text, UNICODE)


def isolated(text: str) -> str:
    """Right-to-left text shielded, so that it cannot reorder what stands around it; other text as it is."""
    has_rtl = not text.isascii() and any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)
    return f"{ISOLATE}{text}{END_ISOLATE}" if has_rtl else text


def wrapped(
    text: str, first: str = "", rest: str | None = None, columns: int = COLUMNS, *, has_paths: bool = False
) -> str:
    """`text` in lines of at most `columns`, the first begun with `first`, the others with `rest` (as wide a blank).

    Words are never broken, except those wider than a line; an address is not broken at all, nor is a path if the text
    `has_paths`: both are copied.
    """
    follow = " " * width(first) if rest is None else rest
    room = max(columns - max(width(first), width(follow)), SMALLEST_ROOM)
    lines = list(_balanced(_lines(text, room, has_paths=has_paths)))
    return "\n".join((follow if number else first) + line for number, line in enumerate(lines)).rstrip()


def flush(text: str, tail: str, columns: int = COLUMNS) -> str:
    """`tail` at the right margin of the last line of `text`, or of a line of its own if there is no room."""
    if not tail:
        return text
    last = text.rpartition("\n")[2]
    gap = columns - width(last) - width(tail)
    return f"{text}{' ' * gap}{tail}" if gap >= len("  ") else f"{text}\n{tail:>{columns}}"


def _lines(text: str, room: int, *, has_paths: bool) -> Iterator[str]:
    line, used = "", 0
    for piece in _pieces(text, room, has_paths=has_paths):
        wide = width(piece)
        if line and used + 1 + wide > room:
            yield line
            line, used = piece, wide
        else:
            line, used = (f"{line} {piece}", used + 1 + wide) if line else (piece, wide)
    yield line


def _pieces(text: str, room: int, *, has_paths: bool) -> Iterator[str]:
    for word in text.split():
        is_copied = "://" in word or (has_paths and word.startswith("/"))
        if is_copied or width(word) <= room:
            yield word
        else:
            yield from chop_cells(word, room, UNICODE)


def _balanced(lines: Iterable[str]) -> Iterator[str]:
    """Close an isolation at the end of each line, and open it again on the next line if it continues."""
    depth = 0
    for line in lines:
        opened = ISOLATE * depth + line
        depth = opened.count(ISOLATE) - opened.count(END_ISOLATE)
        yield opened + END_ISOLATE * depth
