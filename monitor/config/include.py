"""`include = ["my-lists.toml"]`: named lists in separate files, which several configs can share.

These lists join those of the config before anything is checked. Each list remembers its file, so that a
mistake is reported with the line of that file. An included file contains lists and nothing else.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING, replace
from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import PlainValidator

from monitor.config.document import Document, read_document
from monitor.config.findings import line_of, on_one_line
from monitor.config.positions import KeyPath, Lines
from monitor.config.table import Adapter, Reading, check, folder
from monitor.errors import ConfigError, Problem

KEY = "include"
SECTION = "lists"
PATHS = Adapter(list[Annotated[Path, PlainValidator(folder)]])


def with_included(document: Document, reading: Reading) -> Document:
    """The config with the lists of the files it includes. Its own come first, then those of the file named first."""
    for included in _documents(document, reading):
        document = _joined(document, included)
    return document


def _documents(document: Document, reading: Reading) -> Iterator[Document]:
    if KEY not in document.content:
        return
    paths = check(PATHS, document.content[KEY], (KEY,), reading)
    for index, path in enumerate(() if paths is MISSING else paths):
        if _is_missing(path):
            message = f"there is no file {path}; paths are relative to the folder of this config."
            reading.findings.error((KEY, index), message)
            continue
        try:
            included = read_document(path, reading.instead)
        except ConfigError as error:
            reading.findings.elsewhere.extend(error.problems)
        else:
            reading.findings.elsewhere.extend(_strangers(included))
            if not included.content:
                message = f"{path} has no [lists] any more: restore the file from a copy, or remove it from include."
                reading.findings.lack((KEY, index), message)
            yield included


def _is_missing(path: Path) -> bool:
    """Not so if it cannot be looked for: reading it says why."""
    try:
        return not path.is_file()
    except OSError:
        return False


def _strangers(included: Document) -> Iterator[Problem]:
    """What is not allowed in an included file, including lists without a [lists] line above them."""
    for key, value in included.content.items():
        if key != SECTION or not isinstance(value, dict):
            line, message = (
                line_of((key,), included.lines),
                "an included file may contain only lists, below a [lists] line.",
            )
            yield Problem(file=included.file, line=line, key=on_one_line(key), message=message)


def _joined(document: Document, included: Document) -> Document:
    own, more = document.content.get(SECTION, {}), included.content.get(SECTION, {})
    if not isinstance(own, dict) or not isinstance(more, dict):
        return document
    new = {name: terms for name, terms in more.items() if name not in own}
    return replace(
        document,
        content={**document.content, SECTION: own | new},
        lines=Lines(partial(_joined_lines, document.lines, included.lines, new.keys())),
        files={**document.files, **{(SECTION, name): included.file for name in new}},
    )


def _joined_lines(
    own: Mapping[KeyPath, int], included: Mapping[KeyPath, int], lists: Collection[str | int]
) -> Mapping[KeyPath, int]:
    """The lines of the config, and the lines of the given lists in the included file."""
    more = {path: line for path, line in included.items() if path[0] == SECTION and set(path[1:2]) & set(lists)}
    return {**own, **more}
