"""Where each key and array element of a TOML document stands, for messages that name a line.

The standard library's parser keeps no positions, so a second one (tree-sitter) provides
them. It gives lines only: tomllib decides what a document means and whether it is valid, and
`positions` expects a document that tomllib has accepted.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

KeyPath = tuple[str | int, ...]
"""The way to a value: keys and indices from 0, as in `("topics", 1, "all", 1, 2)`."""

KEYS = ("bare_key", "quoted_key", "dotted_key")


def positions(source: bytes) -> Mapping[KeyPath, int]:
    """The line (from 1) of every table, key and array element.

    A table written in several places has the line of the first.
    """
    walk = _Walk()
    for node in Parser(Language(tree_sitter_toml.language())).parse(source).root_node.named_children:
        walk.top_level(node)
    return walk.lines


@dataclass(slots=True)
class _Walk:
    """One pass over the syntax tree; `sizes` counts the tables of each `[[array]]` so far."""

    lines: dict[KeyPath, int] = field(default_factory=dict)
    sizes: dict[KeyPath, int] = field(default_factory=dict)

    def top_level(self, node: Node) -> None:
        if node.type == "pair":
            self.pair(node, ())
        elif node.type in ("table", "table_array_element"):
            path = self.header(node)
            for pair in _children(node, "pair"):
                self.pair(pair, path)

    def header(self, node: Node) -> KeyPath:
        """The path that a `[table]` or `[[array]]` header opens. In it, the name of an array of
        tables stands for its last element.
        """
        *parents, last = _key(node)
        path: KeyPath = ()
        for key in parents:
            path = self._mark(self._latest((*path, key)), node)
        path = (*path, last)
        if node.type == "table_array_element":
            self._mark(path, node)
            self.sizes[path] = self.sizes.get(path, 0) + 1
        return self._mark(self._latest(path), node)

    def pair(self, node: Node, path: KeyPath) -> None:
        for key in _key(node):
            path = self._mark((*path, key), node)
        *_, value = _parts(node)
        self.value(value, path)

    def value(self, node: Node, path: KeyPath) -> None:
        if node.type == "inline_table":
            for pair in _children(node, "pair"):
                self.pair(pair, path)
        elif node.type == "array":
            for index, element in enumerate(_parts(node)):
                self.value(element, self._mark((*path, index), element))

    def _latest(self, path: KeyPath) -> KeyPath:
        return (*path, self.sizes[path] - 1) if path in self.sizes else path

    def _mark(self, path: KeyPath, node: Node) -> KeyPath:
        self.lines.setdefault(path, node.start_point[0] + 1)
        return path


def _parts(node: Node) -> Iterator[Node]:
    return (child for child in node.named_children if child.type != "comment")


def _children(node: Node, kind: str) -> Iterator[Node]:
    return (child for child in node.named_children if child.type == kind)


def _key(node: Node) -> list[str]:
    """The parts of a header's or a pair's key, unquoted by tomllib, the parser that decides."""
    written = next(child for child in node.named_children if child.type in KEYS).text or b""
    parts = []
    table = tomllib.loads(f"{written.decode()} = {{}}")
    while table:
        [(part, table)] = table.items()
        parts.append(part)
    return parts
