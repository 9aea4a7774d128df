"""Plain text in columns: display width, wrapping, and isolation of right-to-left words (rule E11)."""

import unicodedata
from collections.abc import Iterable, Iterator

COLUMNS = 72
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
SMALLEST_ROOM = 8
"""However deep the indent, a line has room for so many columns."""


def width(text: str) -> int:
    """Columns in a terminal: two for wide characters, none for marks and invisible ones."""
    return len(text) if text.isascii() else sum(_columns(character) for character in text)


def isolated(text: str) -> str:
    """Right-to-left text shielded, so that it cannot reorder what stands around it; other text as it is."""
    has_rtl = not text.isascii() and any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)
    return f"{ISOLATE}{text}{END_ISOLATE}" if has_rtl else text


def wrapped(text: str, first: str = "", rest: str | None = None, columns: int = COLUMNS) -> str:
    """`text` in lines of at most `columns`, the first begun with `first`, the others with `rest` (as wide a blank).

    Words are never broken, except those wider than a line; an address is not broken at all.
    """
    follow = " " * width(first) if rest is None else rest
    room = max(columns - max(width(first), width(follow)), SMALLEST_ROOM)
    lines = list(_balanced(_lines(text, room)))
    return "\n".join((follow if number else first) + line for number, line in enumerate(lines)).rstrip()


def flush(text: str, tail: str, columns: int = COLUMNS) -> str:
    """`tail` at the right margin of the last line of `text`, or of a line of its own if there is no room."""
    if not tail:
        return text
    last = text.rpartition("\n")[2]
    gap = columns - width(last) - width(tail)
    return f"{text}{' ' * gap}{tail}" if gap >= len("  ") else f"{text}\n{tail:>{columns}}"


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _lines(text: str, room: int) -> Iterator[str]:
    line, used = "", 0
    for piece in _pieces(text, room):
        wide = width(piece)
        if line and used + 1 + wide > room:
            yield line
            line, used = piece, wide
        else:
            line, used = (f"{line} {piece}", used + 1 + wide) if line else (piece, wide)
    yield line


def _pieces(text: str, room: int) -> Iterator[str]:
    for word in text.split():
        if width(word) <= room or "://" in word:
            yield word
        else:
            yield from _broken(word, room)


def _broken(word: str, room: int) -> Iterator[str]:
    piece, used = "", 0
    for character in word:
        wide = _columns(character)
        if used + wide > room:
            yield piece
            piece, used = "", 0
        piece, used = piece + character, used + wide
    yield piece


def _balanced(lines: Iterable[str]) -> Iterator[str]:
    """An isolation ends with its line: one that goes on is closed, and opened again on the next line."""
    depth = 0
    for line in lines:
        opened = ISOLATE * depth + line
        depth = opened.count(ISOLATE) - opened.count(END_ISOLATE)
        yield opened + END_ISOLATE * depth
