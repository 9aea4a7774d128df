"""The facts of an article → a line of CSV (RFC 4180) that no spreadsheet takes for a formula.

A spreadsheet runs a cell that begins with = + - @ or one of their full-width forms, also behind white space: a headline
could send what is in the sheet to its author. Such a cell gets an apostrophe in front, as spreadsheets write "text"
themselves. Where a semicolon parts the columns of CSV, a cell may also begin behind a semicolon: the apostrophe
stands there, too. In an address, which has to stay one, the sign behind the semicolon is percent-encoded.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from monitor.export.record import Record
from monitor.plain_text import one_line

BYTE_ORDER_MARK = "\ufeff"
"""In front of the first line, it tells Excel that the file is UTF-8."""

CELL_CHARACTERS = 32_000
"""A spreadsheet takes 32,767 in a cell; Excel puts the rest into the next row."""

BETWEEN = " | "
"""Between the values of one cell."""

SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫−"
_FORMULA = re.compile(rf"^(?=\s*[{SIGNS}])")
_BEHIND_SEMICOLON = re.compile(rf"(;[\s'\"]*)(?=[{SIGNS}])")
_IN_ADDRESS = re.compile(rf"(;['\"]*)([{SIGNS}])")

_NEEDS_QUOTES = re.compile(r'[",;\t\r\n]|^\s|\s$')

Cells = Mapping[str, tuple[str, Callable[[Record], str]]]


def _plain(key: str) -> Callable[[Record], str]:
    return lambda record: _text("" if record[key] is None else f"{record[key]}")


def _of_topics(name: Callable[[Record], str]) -> Callable[[Record], str]:
    return lambda record: _text(BETWEEN.join(map(name, record["topics"])))


def _address(record: Record) -> str:
    return _IN_ADDRESS.sub(lambda found: f"{found[1]}{_encoded(found[2])}", _text(record["url"] or ""))


def _encoded(sign: str) -> str:
    return "".join(f"%{each:02X}" for each in sign.encode())


def _found(topic: Record) -> str:
    """The words that prove a match, each once; those on the page behind the article stand last."""
    said = dict.fromkeys(each["found"] for each in topic["evidence"] if each["field"] != "page")
    on_page = dict.fromkeys(each["found"] for each in topic["evidence"] if each["field"] == "page")
    return "; ".join(filter(None, (", ".join(said), f"on the page: {', '.join(on_page)}" if on_page else "")))


COLUMNS: Cells = {
    "id": ("#meta+id", _plain("id")),
    "first_seen": ("#date+reported", _plain("first_seen_at")),
    "published": ("#date+published", _plain("published_at")),
    "outlet": ("#org+name+outlet", _plain("outlet")),
    "publisher": ("#org+name+publisher", _plain("publisher")),
    "country": ("#country+code+v_iso2", _plain("country")),
    "language": ("#meta+lang+code", _plain("language")),
    "author": ("#contact+name", _plain("author")),
    "title": ("#meta+title", _plain("title")),
    "url": ("#meta+url", _address),
    "topics": ("#meta+topic+list", _of_topics(lambda topic: topic["name"])),
    "tier": ("#meta+tier+list", _of_topics(lambda topic: topic["tier"])),
    "story": ("#event+id", _plain("story_id")),
    "evidence": ("#meta+evidence+list", _of_topics(_found)),
}
"""Name → hashtag of the Humanitarian Exchange Language, and what stands in the cell."""


def header_line() -> str:
    """The names of the columns."""
    return _line(COLUMNS)


def tag_line() -> str:
    """The row of hashtags, which stands behind the names."""
    return _line(tag for tag, _ in COLUMNS.values())


def csv_line(record: Record) -> str:
    return _line(_safe(cell(record)) for _, cell in COLUMNS.values())


def _text(text: str) -> str:
    return one_line(text, CELL_CHARACTERS)


def _safe(cell: str) -> str:
    """A cell that is read as text, whatever it begins with, and whatever parts the columns."""
    return _BEHIND_SEMICOLON.sub(r"\1'", _FORMULA.sub("'", cell))


def _line(cells: Iterable[str]) -> str:
    return ",".join(map(_quoted, cells)) + "\r\n"


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell
