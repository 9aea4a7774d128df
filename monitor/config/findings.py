"""Collects the problems of a config while it is read, and reports them in the words of the file.

A finding names a path in the document. This module turns the path into a line and a key as a
person would write it. What counts as a problem is decided elsewhere.
"""

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.config.positions import KeyPath
from monitor.errors import Problem
from monitor.plain_text import escaped

NOTHING: Mapping[KeyPath, KeyPath] = {}


@dataclass(frozen=True, slots=True)
class Finding:
    """One error or warning, at a place in the document."""

    path: KeyPath
    message: str
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Findings:
    """Collects everything that the readers of the sections find; nothing stops at the first problem.

    `missing`: what an unfinished config still lacks, which is not an error in a draft. `elsewhere`: problems of an
    included file itself, already in words. `files`: what the service has to read as well, and where it is named.
    """

    items: list[Finding] = field(default_factory=list)
    missing: list[Finding] = field(default_factory=list)
    elsewhere: list[Problem] = field(default_factory=list)
    files: list[tuple[KeyPath, Path]] = field(default_factory=list)

    def error(self, path: KeyPath, message: str) -> None:
        self.items.append(Finding(path, message))

    def warn(self, path: KeyPath, message: str) -> None:
        self.items.append(Finding(path, message, is_warning=True))

    def lack(self, path: KeyPath, message: str) -> None:
        self.missing.append(Finding(path, message))

    def broken_keys(self, table: KeyPath) -> set[str | int]:
        """The keys directly in `table` at or under which there is an error."""
        depth = len(table)
        errors = (item.path for item in self.items if not item.is_warning)
        return {path[depth] for path in errors if len(path) > depth and path[:depth] == table}


def problems(
    findings: Iterable[Finding],
    *,
    file: Path,
    document: Mapping[str, Any],
    lines: Mapping[KeyPath, int],
    files: Mapping[KeyPath, Path],
    own: Mapping[KeyPath, KeyPath] = NOTHING,
) -> tuple[Problem, ...]:
    """The findings in the order of the file, each reported once; then those in the included `files`, whose tables have
    the numbers that they have there (`own`).
    """
    told = []
    for finding in findings:
        path = _written(finding.path, document)
        key, message = on_one_line(key_text(path, document, own)), on_one_line(finding.message)
        place, line = files.get(path[:2], file), line_of(path, lines)
        told.append(Problem(file=place, line=line, key=key, message=message, is_warning=finding.is_warning))
    order = list(dict.fromkeys((file, *files.values())))
    return tuple(sorted(dict.fromkeys(told), key=lambda problem: (order.index(problem.file), problem.line)))


def key_text(path: KeyPath, document: Mapping[str, Any], own: Mapping[KeyPath, KeyPath] = NOTHING) -> str:
    """A path as a person would write it: `polling.interval`, or `topics[1] "Syria": all[1][2]`."""
    match path:
        case (str(section), int(index), *rest):
            name, (_, number) = _name(document, section, index), own.get(path[:2], path[:2])
            head = f"{section}[{number}] {quoted(name)}" if name else f"{section}[{number}]"
            return f"{head}: {_dotted(rest)}" if rest else head
        case _:
            return _dotted(path)


SHOWN_NUMBERS = 10**18
"""Whether the value has a number that Python refuses to print: TOML allows thousands of digits in other bases."""


def quoted(value: object, limit: int = 60) -> str:
    """A value roughly as TOML writes it, on one line and at most `limit` characters long."""
    match value:
        case bool():
            text = str(value).lower()
        case str():
            text = f'"{escaped(value)}"'
        case int() if abs(value) > SHOWN_NUMBERS:
            text = "a number this large"
        case dict():
            text = "a table"
        case _:
            text = str(value).replace("'", '"')
    return text if len(text) <= limit else text[: limit - 1] + "…"


def on_one_line(text: str) -> str:
    """The text with spaces for line breaks, and with terminal control characters escaped."""
    return escaped(" ".join(text.split()))


def unknown_key(key: str, known: Collection[str]) -> str:
    """The message for an unknown key, with the known key that may be meant."""
    return f"unknown key.{did_you_mean(key, known)} Keys: {' '.join(known)}."


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` Did you mean "all"?`, or nothing when no known word is close."""
    lowered = {candidate.casefold(): candidate for candidate in known}
    close = difflib.get_close_matches(word.casefold(), lowered, n=1, cutoff=0.6)
    return f" Did you mean {quoted(lowered[close[0]])}?" if close else ""


def line_of(path: KeyPath, lines: Mapping[KeyPath, int]) -> int:
    """The line of the path, or of the nearest table around it; 0 if there is none."""
    prefixes = (path[:length] for length in range(len(path), 0, -1))
    return next((lines[prefix] for prefix in prefixes if prefix in lines), 0)


def _written(path: KeyPath, document: Mapping[str, Any]) -> KeyPath:
    """As much of the path as the document has: `all = ["a"]` has no `all[0][0]`, its `all[0]` is the term."""
    value: Any = document
    for depth, part in enumerate(path):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part]
        else:
            return path[:depth]
    return path


def _name(document: Mapping[str, Any], section: str, index: int) -> str:
    """What a person would call this table of an array: its name, if it has one."""
    table = document[section][index]
    name = table.get("name") if isinstance(table, dict) else None
    return name if isinstance(name, str) else ""


def _dotted(path: Iterable[str | int]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")
