"""Where each key and array element of a TOML document stands, for messages that name a line.

The standard library's parser keeps no positions, so a second one (tree-sitter) is asked for
them. It gives lines only: what a document means, and whether it is TOML at all, is tomllib's
word, and `positions` expects a document that tomllib has accepted. Nobody is asked before a mistake is found.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

KeyPath = tuple[str | int, ...]
"""The way to a value: keys and indices from 0, as in `("topics", 1, "all", 1, 2)`."""

KEYS = ("bare_key", "quoted_key", "dotted_key")


class Lines(Mapping[KeyPath, int]):
    """The line of each key, found when the first one is asked for: a config without a mistake is not read twice."""

    def __init__(self, find: Callable[[], Mapping[KeyPath, int]]) -> None:
        self._find = find

    @cached_property
    def _found(self) -> Mapping[KeyPath, int]:
        return self._find()

    def __getitem__(self, path: KeyPath) -> int:
        return self._found[path]

    def __iter__(self) -> Iterator[KeyPath]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def positions(source: bytes) -> Mapping[KeyPath, int]:
    """The line (from 1) of every table, key and array element.

    A table written in several places has the line of the first.
    """
    walk = _Walk()
    for node in tree(source).named_children:
        walk.top_level(node)
    return walk.lines


def tree(source: bytes) -> "Node":
    """The syntax tree of a document."""
    import tree_sitter_toml
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_toml.language())).parse(source).root_node


@dataclass(slots=True)
class _Walk:
    """One pass over the syntax tree; `sizes` counts the tables of each `[[array]]` so far."""

    lines: dict[KeyPath, int] = field(default_factory=dict)
    sizes: dict[KeyPath, int] = field(default_factory=dict)

    def top_level(self, node: "Node") -> None:
        if node.type == "pair":
            self.pair(node, ())
        elif node.type in ("table", "table_array_element"):
            path = self.header(node)
            for pair in children_of(node, "pair"):
                self.pair(pair, path)

    def header(self, node: "Node") -> KeyPath:
        """The path that a `[table]` or `[[array]]` header opens. In it, the name of an array of
        tables stands for its last element.
        """
        *parents, last = key_of(node)
        path: KeyPath = ()
        for key in parents:
            path = self._mark(self._latest((*path, key)), node)
        path = (*path, last)
        if node.type == "table_array_element":
            self._mark(path, node)
            self.sizes[path] = self.sizes.get(path, 0) + 1
        return self._mark(self._latest(path), node)

    def pair(self, node: "Node", path: KeyPath) -> None:
        for key in key_of(node):
            path = self._mark((*path, key), node)
        *_, value = parts_of(node)
        self.value(value, path)

    def value(self, node: "Node", path: KeyPath) -> None:
        if node.type == "inline_table":
            for pair in children_of(node, "pair"):
                self.pair(pair, path)
        elif node.type == "array":
            for index, element in enumerate(parts_of(node)):
                self.value(element, self._mark((*path, index), element))

    def _latest(self, path: KeyPath) -> KeyPath:
        return (*path, self.sizes[path] - 1) if path in self.sizes else path

    def _mark(self, path: KeyPath, node: "Node") -> KeyPath:
        self.lines.setdefault(path, node.start_point[0] + 1)
        return path


def parts_of(node: "Node") -> "Iterator[Node]":
    return (child for child in node.named_children if child.type != "comment")


def children_of(node: "Node", kind: str) -> "Iterator[Node]":
    return (child for child in node.named_children if child.type == kind)


def key_of(node: "Node") -> list[str]:
    """The parts of a header's or a pair's key, unquoted by the parser whose word counts."""
    written = next(child for child in node.named_children if child.type in KEYS).text or b""
    parts = []
    table = tomllib.loads(f"{written.decode()} = {{}}")
    while table:
        [(part, table)] = table.items()
        parts.append(part)
    return parts
