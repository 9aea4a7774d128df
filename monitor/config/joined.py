"""Two documents as one: the tables of an included file behind those of the config.

Each joined table keeps its file, its number there and its lines, so that a message names the place where it is
written, and an edit changes that file.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from monitor.config.document import Document
from monitor.config.findings import line_of, on_one_line, quoted
from monitor.config.positions import KeyPath, Lines
from monitor.errors import Problem

ARRAYS = ("feeds", "topics")
"""Sections of numbered tables: those of an included file come behind the others."""

NAMED = ("groups", "lists")
"""Sections of named parts. A list of the config comes before one of the same name; a second group is a mistake."""

SECTIONS = (*ARRAYS, *NAMED)

Heads = Mapping[KeyPath, KeyPath]
"""Section and number or name of what an included file holds: there → in the joined document."""


def with_tables(document: Document, included: Document) -> tuple[Document, list[Problem]]:
    """The document with the tables of an included file, and what of them is there already and must not be."""
    content, heads, repeated = dict(document.content), dict[KeyPath, KeyPath](), list[Problem]()
    for section in SECTIONS:
        more, own = included.content.get(section), content.get(section, [] if section in ARRAYS else {})
        if section in ARRAYS and isinstance(more, list) and isinstance(own, list):
            heads |= {(section, index): (section, len(own) + index) for index in range(len(more))}
            content[section] = [*own, *more]
        elif section in NAMED and isinstance(more, dict) and isinstance(own, dict):
            heads |= {(section, name): (section, name) for name in more if name not in own}
            repeated += [_repeated(name, document, included) for name in more if name in own and section == "groups"]
            content[section] = {**own, **{name: part for name, part in more.items() if name not in own}}
        # anything else is reported where sections are read
    return _with_heads(document, included, heads, content), repeated


def _with_heads(document: Document, included: Document, heads: Heads, content: dict[str, Any]) -> Document:
    return replace(
        document,
        content=content,
        lines=Lines(partial(_lines, document.lines, included.lines, heads)),
        files={**document.files, **dict.fromkeys(heads.values(), included.file)},
        own={**document.own, **{there: here for here, there in heads.items()}},
    )


def _lines(own: Mapping[KeyPath, int], included: Mapping[KeyPath, int], heads: Heads) -> Mapping[KeyPath, int]:
    more = {(*heads[path[:2]], *path[2:]): line for path, line in included.items() if path[:2] in heads}
    return {**own, **more}


def _repeated(name: str, document: Document, included: Document) -> Problem:
    path = ("groups", name)
    other = f"{document.files.get(path, document.file)}:{line_of(path, document.lines)}"
    message = f"the same group as [groups.{quoted(name)}] in {other}; delete one, or give it another name."
    line = line_of(path, included.lines)
    return Problem(file=included.file, line=line, key=on_one_line(f"groups.{name}"), message=message)
