"""Where everything of a TOML document stands, in bytes: the tables in their order, and each key and array item.

It reads the syntax tree that `positions` reads for line numbers, and expects a document that tomllib has accepted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.config.edit.changes import CannotEdit
from monitor.config.positions import KeyPath, children_of, key_of, parts_of, tree

if TYPE_CHECKING:
    from tree_sitter import Node

BLANK = b" \t"


@dataclass(frozen=True, slots=True)
class Pair:
    """A key with its value: the whole path of the key, where the pair begins, and the value."""

    path: KeyPath
    start: int
    value: "Node"

    @property
    def end(self) -> int:
        return self.value.end_byte


@dataclass(slots=True)
class Section:
    """A header with the pairs below it; the first section of a document has no header and the path ()."""

    path: KeyPath
    start: int
    head_end: int
    pairs: list[Pair] = field(default_factory=list)

    @property
    def end(self) -> int:
        """Behind its last pair or its header; a comment may follow."""
        return self.pairs[-1].end if self.pairs else self.head_end


class Layout:
    """`values`: each value by its path. `inner`: by the path of an inline table, its pairs."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.sections = [Section((), 0, 0)]
        self.values: dict[KeyPath, Node] = {}
        self.inner: dict[KeyPath, list[Pair]] = {}
        self._sizes: dict[KeyPath, int] = {}
        root = tree(source)
        if root.has_error:
            raise CannotEdit("the file has a form of TOML that cannot be edited safely.")
        for node in root.named_children:
            self._top_level(node)

    # ---- Lines

    def line_start(self, place: int) -> int:
        return self.source.rfind(b"\n", 0, place) + 1

    def line_end(self, place: int) -> int:
        """Before the line break that ends the line of `place`, or the end of the document."""
        found = self.source.find(b"\n", place)
        if found < 0:
            return len(self.source)
        return found - 1 if found > place and self.source[found - 1 : found] == b"\r" else found

    def next_line(self, place: int) -> int:
        found = self.source.find(b"\n", place)
        return len(self.source) if found < 0 else found + 1

    def indent(self, place: int) -> bytes:
        """The blanks at the beginning of the line of `place`."""
        line = self.source[self.line_start(place) : place]
        return line[: len(line) - len(line.lstrip(BLANK))]

    def begins_line(self, place: int) -> bool:
        return not self.source[self.line_start(place) : place].strip(BLANK)

    def line_break(self, place: int) -> bytes:
        """As the line of `place` ends, else as the first line does."""
        for start in (place, 0):
            end = self.source.find(b"\n", start)
            if end >= 0:
                return b"\r\n" if self.source[end - 1 : end] == b"\r" else b"\n"
        return b"\n"

    def is_empty_line(self, place: int) -> bool:
        """Whether nothing but blanks is from `place` to the end of its line, and the document does not end there."""
        return place < len(self.source) and not self.source[place : self.next_line(place)].strip()

    def tail(self, section: Section) -> int:
        """The end of the last line of a section: comments right below it are its own if an empty line follows them."""
        end = self.line_end(section.end)
        place = self.next_line(section.end)
        while self.source[place : self.next_line(place)].lstrip(BLANK).startswith(b"#"):
            place, last = self.next_line(place), self.line_end(place)
            if place == len(self.source) or self.is_empty_line(place):
                end = last
        return end

    # ---- Places

    def pairs(self) -> Iterator[tuple[Section, Pair]]:
        """The pairs that stand in lines of their own."""
        return ((section, pair) for section in self.sections for pair in section.pairs)

    def below(self, path: KeyPath) -> list[Section]:
        """The sections of a table, its inner ones included."""
        return [each for each in self.sections if path and each.path[: len(path)] == path]

    # ---- The walk

    def _top_level(self, node: "Node") -> None:
        if node.type == "pair":
            self._pair(node, (), self.sections[0].pairs)
        elif node.type in ("table", "table_array_element"):
            closing = next(each for each in node.children if each.type in ("]", "]]"))
            section = Section(self._header(node), node.start_byte, closing.end_byte)
            self.sections.append(section)
            for pair in children_of(node, "pair"):
                self._pair(pair, section.path, section.pairs)

    def _header(self, node: "Node") -> KeyPath:
        *parents, last = key_of(node)
        path: KeyPath = ()
        for key in parents:
            path = self._latest((*path, key))
        path = (*path, last)
        if node.type == "table_array_element":
            self._sizes[path] = self._sizes.get(path, 0) + 1
        return self._latest(path)

    def _latest(self, path: KeyPath) -> KeyPath:
        return (*path, self._sizes[path] - 1) if path in self._sizes else path

    def _pair(self, node: "Node", table: KeyPath, among: list[Pair]) -> None:
        *_, value = parts_of(node)
        path = (*table, *key_of(node))
        among.append(Pair(path, node.start_byte, value))
        self._value(value, path)

    def _value(self, node: "Node", path: KeyPath) -> None:
        self.values[path] = node
        if node.type == "inline_table":
            for pair in children_of(node, "pair"):
                self._pair(pair, path, self.inner.setdefault(path, []))
        elif node.type == "array":
            for index, element in enumerate(parts_of(node)):
                self._value(element, (*path, index))
