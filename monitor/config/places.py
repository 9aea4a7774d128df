"""Where in the TOML a part of a topic is written, and the line as it would be with one more term. Writes nothing.

The proposed line is tried: with it the file must be the same document, with that term and nothing else changed.
"""

import tomllib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.config.document import read_document
from monitor.config.findings import Findings, line_of
from monitor.config.positions import KeyPath
from monitor.config.table import Reading
from monitor.config.topics import origins_of
from monitor.plain_text import escaped


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedLine:
    """A line of a config, as it is; `proposed`: as it would be with the term, "" if that is not one line."""

    file: Path
    line: int
    written: str
    proposed: str = ""


def place_of_group(files: Sequence[Path], topic: str, rule: int, group: int, term: str = "") -> PlacedLine | None:
    """The line where the group's last term is written, and the same with `term` in the group. None if it is written
    nowhere: a topic that is only a name has no groups. `files`: the config and those that it includes.
    """
    found = _Topic.find(files, topic)
    origin = found.origin(("rules", rule, "all", group)) if found else None
    if found is None or origin is None:
        return None
    value = _value(found.content, origin)
    last = (*origin, len(value) - 1) if isinstance(value, list) and value else origin
    return found.placed(last, origin, term)


def place_of_key(files: Sequence[Path], topic: str, rule: int, key: str) -> PlacedLine | None:
    """The line of a key of a topic or of one of its rules; None if it is not there."""
    found = _Topic.find(files, topic)
    if found is None:
        return None
    of_rule = found.origin(("rules", rule)) or found.path
    paths = [(*table, key) for table in (of_rule, found.path) if _has(found.content, (*table, key))]
    return found.placed(paths[0], paths[0], "") if paths else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Topic:
    """A topic where it is written."""

    file: Path
    source: list[str]
    content: Mapping[str, Any]
    lines: Mapping[KeyPath, int]
    path: KeyPath
    origins: Mapping[KeyPath, KeyPath]

    @classmethod
    def find(cls, files: Sequence[Path], topic: str) -> "_Topic | None":
        """In the first file that has it; one that is not there has none."""
        found = (cls.read(file, topic) for file in files if file.is_file())
        return next((each for each in found if each), None)

    @classmethod
    def read(cls, file: Path, topic: str) -> "_Topic | None":
        document = read_document(file)
        tables = document.content.get("topics", [])
        index = next((n for n, each in enumerate(tables) if each.get("name") == topic), None)
        if index is None:
            return None
        path: KeyPath = ("topics", index)
        reading = Reading(file=file, environ={}, lines=document.lines, findings=Findings(), is_with_terms=False)
        return cls(
            file=file,
            source=file.read_text("utf-8-sig").split("\n"),
            content=document.content,
            lines=document.lines,
            path=path,
            origins=origins_of(tables[index], path, reading),
        )

    def origin(self, part: KeyPath) -> KeyPath | None:
        return self.origins.get((*self.path, *part))

    def placed(self, path: KeyPath, group: KeyPath, term: str) -> PlacedLine:
        number = line_of(path, self.lines)
        written = self.source[number - 1].rstrip("\r")
        proposed = self._with(path, group, number, term) if term else ""
        return PlacedLine(file=self.file, line=number, written=written.strip(), proposed=proposed.strip())

    def _with(self, path: KeyPath, group: KeyPath, number: int, term: str) -> str:
        """The line with the term behind the last one of the group, wherever that stands on it; "" if it does not."""
        last, is_alone, line = _value(self.content, path), path == group, self.source[number - 1].rstrip("\r")
        for quoted in (_quoted(last), f"'{last}'"):
            new = f"[{quoted}, {_quoted(term)}]" if is_alone else f"{quoted}, {_quoted(term)}"
            start = line.rfind(quoted)
            while start >= 0:
                changed = line[:start] + new + line[start + len(quoted) :]
                if self._is_meant(number, changed, group, term):
                    return changed
                start = line.rfind(quoted, 0, start)
        return ""

    def _is_meant(self, number: int, line: str, group: KeyPath, term: str) -> bool:
        wanted = deepcopy(dict(self.content))
        table = _value(wanted, group[:-1])
        old = table[group[-1]]
        table[group[-1]] = [*old, term] if isinstance(old, list) else [old, term]
        try:
            return tomllib.loads("\n".join([*self.source[: number - 1], line, *self.source[number:]])) == wanted
        except tomllib.TOMLDecodeError:
            return False


def _value(content: Any, path: KeyPath) -> Any:
    for part in path:
        content = content[part]
    return content


def _has(content: Any, path: KeyPath) -> bool:
    try:
        _value(content, path)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _quoted(term: object) -> str:
    """As TOML writes text, in the form that people use."""
    text = str(term).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped(text)}"'
