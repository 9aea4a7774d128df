"""Edits a TOML document byte by byte: what is not edited stays as it was, to the last blank.

`edited` gives the bytes with the edits made. After each it reads them again and compares the data with what was meant
(`changes.meant`), so that no form of TOML that was overlooked can change anything else; then it raises CannotEdit.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import groupby
from operator import getitem
from typing import TYPE_CHECKING, Any, cast

from monitor.config.document import BYTE_ORDER_MARK
from monitor.config.edit.changes import (
    AddItem,
    AddTable,
    CannotEdit,
    Edit,
    MakeTable,
    Remove,
    SetValue,
    equal,
    meant,
    shown_path,
    without_empty,
)
from monitor.config.edit.layout import BLANK, Layout, Pair, Section
from monitor.config.edit.toml import key_of, lines_of, text_of
from monitor.config.positions import KeyPath, parts_of

if TYPE_CHECKING:
    from tree_sitter import Node

Splice = tuple[int, int, bytes]
"""From here to there stands this in place of what was there."""


def edited(source: bytes, edits: Iterable[Edit]) -> bytes:
    """The document after all edits, each at its path in what the one before has left. Raises CannotEdit."""
    body = source.removeprefix(BYTE_ORDER_MARK)
    mark = source[: len(source) - len(body)]
    for array, run in groupby(edits, lambda edit: edit.path if isinstance(edit, AddTable) else None):
        each = list(run)
        body = _with_tables(body, each) if array else reduce(_edited, each, body)
    return mark + body


def _with_tables(source: bytes, edits: Sequence[Edit]) -> bytes:
    """Tables for one array, written at once where each has a header: to read the file again for each of a thousand
    feeds took minutes. The first one shows where.
    """
    first, *others = edits
    body = _edited(source, first)
    layout = Layout(body)
    if not others or first.path in layout.values or _is_in_line(layout, first.path):
        return reduce(_edited, others, body)
    wanted = tomllib.loads(body.decode())
    array: Any = reduce(getitem, first.path, cast("Any", wanted))
    array.extend(dict(each.content) for each in others if isinstance(each, AddTable))
    splices = [_with_table(layout, each.path, each.content) for each in others if isinstance(each, AddTable)]
    place, _, _ = splices[0]
    return _checked(_spliced(body, [(place, place, b"".join(new for _, _, new in splices))]), wanted, first.path)


def _edited(source: bytes, edit: Edit) -> bytes:
    content = tomllib.loads(source.decode())
    wanted = meant(content, edit)
    return _checked(_spliced(source, _splices(Layout(source), edit)), wanted, edit.path)


def _checked(new: bytes, wanted: Mapping[str, Any], path: KeyPath) -> bytes:
    """The new document, if it says what was meant. Raises CannotEdit."""
    try:
        found: dict[str, Any] = tomllib.loads(new.decode())
    except ValueError:  # not TOML, or not UTF-8
        found = {}
    if not equal(*(without_empty(each, path) for each in (found, wanted))):
        raise CannotEdit(f"{shown_path(path)} is written in a way that cannot be edited safely.")
    return new


def _spliced(source: bytes, splices: Sequence[Splice]) -> bytes:
    for start, end, new in sorted(splices, reverse=True):
        source = source[:start] + new + source[end:]
    return source


def _splices(layout: Layout, edit: Edit) -> list[Splice]:
    match edit:
        case AddItem():
            return [_with_item(layout, edit.path, edit.value)]
        case AddTable():
            return [_with_table(layout, edit.path, edit.content)]
        case MakeTable():
            if _is_in_line(layout, edit.path):
                return [_with_value(layout, edit.path, dict(edit.content))]
            return [_section(layout, edit.path, f"[{_header(edit.path)}]", edit.content)]
        case SetValue():
            return [_with_value(layout, edit.path, edit.value)]
        case Remove():
            return _without(layout, edit.path)


# ---- Items of arrays


def _with_item(layout: Layout, path: KeyPath, value: Any) -> Splice:
    node = layout.values.get(path)
    if node is None:
        if layout.below(path) and isinstance(path[-1], str):
            raise CannotEdit(f"{shown_path(path)} is written as tables.")
        return _with_pair(layout, path, [value])
    if node.type == "array":
        return _appended(layout, node, text_of(value))
    old = layout.source[node.start_byte : node.end_byte]
    return node.start_byte, node.end_byte, b"[" + old + f", {text_of(value)}]".encode()


def _appended(layout: Layout, array: "Node", text: str) -> Splice:
    elements = list(parts_of(array))
    if not elements:
        return _as_first(layout, array, text)
    last = elements[-1]
    comma = next((each for each in array.children if each.type == "," and each.start_byte >= last.end_byte), None)
    anchor = comma.end_byte if comma else last.end_byte
    has_lines = layout.begins_line(last.start_byte) and layout.line_end(anchor) < array.end_byte - 1
    if not has_lines:
        return last.end_byte, last.end_byte, f", {text}".encode()
    end = layout.line_end(anchor)
    new = layout.line_break(anchor) + layout.indent(last.start_byte) + text.encode()
    if comma:
        return end, end, new + b","
    rest = layout.source[anchor:end]  # a comment behind the last item stays behind it
    return anchor, end, b"," + rest + new


def _as_first(layout: Layout, array: "Node", text: str) -> Splice:
    """In an array without items; it may have lines, and comments in them."""
    closing = array.end_byte - 1
    if b"\n" not in layout.source[array.start_byte : closing]:
        return array.start_byte + 1, closing, text.encode()
    start = layout.line_start(closing)
    indent = layout.indent(closing) + b"  "
    return start, start, indent + text.encode() + b"," + layout.line_break(start - 1)


def _without_item(layout: Layout, array: "Node", index: int) -> list[Splice]:
    item = list(parts_of(array))[index]
    start, end = item.start_byte, item.end_byte
    before, after = _commas_around(array, item)
    if after and not _is_near(layout, end, after):
        return _apart(layout, start, end, after)
    behind = after.end_byte if after else end
    line_end = layout.line_end(behind)
    is_alone = layout.begins_line(start) and line_end < array.end_byte - 1
    if is_alone and _is_only_comment(layout.source[behind:line_end]):
        return [(layout.line_start(start), layout.next_line(line_end), b"")]
    if after:
        return _apart(layout, start, end, after)
    if before and _is_near(layout, before.end_byte, item):
        return [(before.start_byte, end, b"")]
    return [(start, end, b"")]


def _commas_around(array: "Node", item: "Node") -> tuple["Node | None", "Node | None"]:
    commas = [each for each in array.children if each.type == ","]
    before = [each for each in commas if each.end_byte <= item.start_byte]
    after = [each for each in commas if each.start_byte >= item.end_byte]
    return (before[-1] if before else None), (after[0] if after else None)


def _apart(layout: Layout, start: int, end: int, comma: "Node") -> list[Splice]:
    """Without an item and the comma behind it; comments between the two stay."""
    behind = comma.end_byte
    while layout.source[behind : behind + 1] in (b" ", b"\t"):
        behind += 1
    if _is_near(layout, end, comma):
        return [(start, behind, b"")]
    return [(start, end, b""), (comma.start_byte, behind, b"")]


def _is_near(layout: Layout, end: int, node: "Node") -> bool:
    """Whether only blanks stand between `end` and the node."""
    return not layout.source[end : node.start_byte].strip(BLANK)


def _is_only_comment(rest: bytes) -> bool:
    return not rest.strip() or rest.lstrip(BLANK).startswith(b"#")


# ---- Keys


def _with_value(layout: Layout, path: KeyPath, value: Any) -> Splice:
    node = layout.values.get(path)
    if node is not None:
        return node.start_byte, node.end_byte, text_of(value).encode()
    if layout.below(path):
        raise CannotEdit(f"{shown_path(path)} is written as tables.")
    return _with_pair(layout, path, value)


def _with_pair(layout: Layout, path: KeyPath, value: Any) -> Splice:
    """A key that is not there yet, at the end of its table."""
    table = path[:-1]
    inline = next((table[:n] for n in range(len(table), 0, -1) if _is_inline(layout, table[:n])), None)
    if inline is not None:
        return _inside(layout, inline, pair_of_path(path[len(inline) :], value))
    own = [each for each in layout.sections if each.path == table]
    if own:
        return _below(layout, own[-1], own[-1].pairs, path[len(table) :], value)
    dotted = [(section, pair) for section, pair in layout.pairs() if pair.path[: len(table)] == table]
    if dotted:
        section, pair = dotted[-1]
        return _below(layout, section, [pair], path[len(section.path) :], value)
    return _section(layout, table, f"[{_header(table)}]", {str(path[-1]): value})


def pair_of_path(keys: KeyPath, value: Any) -> str:
    """A pair on one line, its key dotted if it has several parts."""
    return f"{key_of(*map(str, keys))} = {text_of(value)}"


def _is_inline(layout: Layout, path: KeyPath) -> bool:
    node = layout.values.get(path)
    return node is not None and node.type == "inline_table"


def _is_in_line(layout: Layout, path: KeyPath) -> bool:
    """Whether a table around the path is written inline."""
    return any(_is_inline(layout, path[:length]) for length in range(1, len(path)))


def _inside(layout: Layout, table: KeyPath, text: str) -> Splice:
    node = layout.values[table]
    if pairs := layout.inner.get(table):
        return pairs[-1].end, pairs[-1].end, f", {text}".encode()
    return node.start_byte, node.end_byte, f"{{ {text} }}".encode()


def _below(layout: Layout, section: Section, pairs: Sequence[Pair], keys: KeyPath, value: Any) -> Splice:
    """On lines of their own behind the last of the pairs, else below the header, else at the top."""
    *parents, last = map(str, keys)
    lines = [pair_of_path(keys, value)] if parents else lines_of(last, value)
    if not pairs and not section.path:
        line_break = layout.line_break(0)
        return 0, 0, b"".join(line.encode() + line_break for line in lines)
    anchor = pairs[-1].end if pairs else section.head_end
    start = pairs[-1].start if pairs else section.start
    new = layout.line_break(anchor) + layout.indent(start)
    end = layout.line_end(anchor)
    return end, end, b"".join(new + line.encode() for line in lines)


# ---- Tables


def _with_table(layout: Layout, path: KeyPath, content: Any) -> Splice:
    node = layout.values.get(path)
    if node is not None or _is_in_line(layout, path):
        return _with_item(layout, path, dict(content))
    return _section(layout, path, f"[[{_header(path)}]]", content)


def _section(layout: Layout, path: KeyPath, header: str, content: Any) -> Splice:
    """A new section behind those of its table or of the next one around it, else at the end."""
    lines = [header, *(line for key, value in content.items() for line in lines_of(key, value))]
    around = next((found for n in range(len(path), 0, -1) if (found := layout.below(path[:n]))), None)
    if around is None:
        return _at_the_end(layout, lines)
    anchor = layout.tail(around[-1])
    indent = layout.indent(around[-1].start)
    line_break = layout.line_break(anchor)
    return anchor, anchor, line_break + b"".join(line_break + indent + line.encode() for line in lines)


def _at_the_end(layout: Layout, lines: Sequence[str]) -> Splice:
    end = len(layout.source)
    line_break = layout.line_break(0)
    is_open = end and not layout.source.endswith(b"\n")
    gap = (line_break if is_open else b"") + (line_break if layout.source.strip() else b"")
    return end, end, gap + b"".join(line.encode() + line_break for line in lines)


def _header(path: KeyPath) -> str:
    return key_of(*(part for part in path if isinstance(part, str)))


# ---- Removal


def _without(layout: Layout, path: KeyPath) -> list[Splice]:
    array = layout.values.get(path[:-1])
    if array is not None and array.type == "array" and isinstance(path[-1], int):
        return _without_item(layout, array, path[-1])
    for table, pairs in layout.inner.items():
        if table == path[: len(table)] != path and any(_is_within(pair, path) for pair in pairs):
            return _without_inner(pairs, path)
    sections = layout.below(path)
    lines = [pair for section, pair in layout.pairs() if section not in sections and _is_within(pair, path)]
    return [
        *(_without_lines(layout, pair) for pair in lines),
        *(_without_section(layout, section) for section in sections),
    ]


def _without_lines(layout: Layout, pair: Pair) -> Splice:
    """A file that ends without a line break goes on to end without one."""
    start, end = layout.line_start(pair.start), layout.next_line(pair.end)
    if end == len(layout.source) and not layout.source.endswith(b"\n"):
        start = layout.line_end(start - 1) if start else 0
    return start, end, b""


def _is_within(pair: Pair, path: KeyPath) -> bool:
    return pair.path[: len(path)] == path


def _without_inner(pairs: Sequence[Pair], path: KeyPath) -> list[Splice]:
    """Of an inline table, which allows no comma behind its last pair."""
    kept = [pair for pair in pairs if not _is_within(pair, path)]
    if not kept:
        return [(pairs[0].start, pairs[-1].end, b"")]
    splices = []
    for number, pair in enumerate(pairs):
        if pair not in kept:
            is_behind_kept = any(each in kept for each in pairs[:number])
            start = pairs[number - 1].end if is_behind_kept else pair.start
            end = pair.end if is_behind_kept else pairs[number + 1].start
            splices.append((start, end, b""))
    return splices


def _without_section(layout: Layout, section: Section) -> Splice:
    """With the empty lines behind it, if there is one before it or nothing. Comments around it stay: they may be about
    something else.
    """
    start, end = layout.line_start(section.start), layout.next_line(section.end)
    before = layout.source[:start].rstrip(BLANK)
    if not start or before.endswith((b"\n\n", b"\n\r\n")):
        while layout.is_empty_line(end):
            end = layout.next_line(end)
    return start, end, b""
