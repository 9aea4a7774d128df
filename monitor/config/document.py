"""Reads a file as a TOML document with line numbers. The content is checked elsewhere."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from monitor.config.findings import on_one_line
from monitor.config.positions import KeyPath, Lines, positions
from monitor.errors import ConfigError, Problem
from monitor.unusable import why

SECRET_WORDS = ("password", "token", "auth", "key", "headers", "proxy", "://")
"""A line that contains one of these may hold a secret and is not printed."""

SHOWN_CHARACTERS = 100
MOST_PARTS = 100
"""Of one key. tomllib takes quadratic time over the parts: a key of 50,000 would keep it busy for half an hour."""

_PART = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"(?m)(?:^|[\[{{,])[ \t]*+{_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{MOST_PARTS},}}+[ \t]*+[=\]]")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # some editors write a byte order mark, which TOML does not allow


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file holds, as tomllib reads it, and the line of each key.

    What was included from another file is in `files` with that file, and in `own` with its path there, both by the
    first two parts of its path here; its lines are lines there. `included`: the files that it names,
    `absent` those of them that are not there yet, and `blank` those that hold nothing.
    """

    file: Path
    content: dict[str, Any]
    lines: Mapping[KeyPath, int]
    files: Mapping[KeyPath, Path] = field(default_factory=dict)
    own: Mapping[KeyPath, KeyPath] = field(default_factory=dict)
    included: tuple[Path, ...] = ()
    absent: tuple[Path, ...] = ()
    blank: tuple[Path, ...] = ()


def read_document(path: Path, instead: Mapping[Path, bytes] | None = None) -> Document:
    """Raises ConfigError if the file cannot be read or is not TOML; then nothing else can be checked.

    `instead` has, by its real path, what a file would hold after an edit.
    """
    source = _source(path, instead or {})
    return Document(file=path, content=_content(source.decode(), path), lines=Lines(partial(positions, source)))


def _source(path: Path, instead: Mapping[Path, bytes]) -> bytes:
    try:
        planned = instead.get(path.resolve()) if instead else None
        source = (path.read_bytes() if planned is None else planned).removeprefix(BYTE_ORDER_MARK)
        source.decode()
    except OSError as error:
        raise _unreadable(path, 0, f"cannot be read: {why(path, error)}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _unreadable(path, line, "is not UTF-8 text here; save the file as UTF-8.") from error
    return source


def _content(text: str, path: Path) -> dict[str, Any]:
    if found := _LONG_KEY.search(text):
        line = text.count("\n", 0, found.start() + 1) + 1
        raise _unreadable(path, line, f"has a key of more than {MOST_PARTS} parts; a dot in a name needs quotes.")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, reason = _place(str(error), text.count("\n") + 1)
        here = text.split("\n")[line - 1].strip()[:SHOWN_CHARACTERS]
        shown = "" if any(word in here for word in SECRET_WORDS) else f" in `{here}`"
        message = f"is not valid TOML: {reason}{shown}. Put text in quotes, and close every quote and bracket."
        raise _unreadable(path, line, on_one_line(message)) from error
    except ValueError as error:  # Python refuses to read numbers of thousands of digits
        found = re.search(r"[0-9_]{1000}", text)
        line = text.count("\n", 0, found.start()) + 1 if found else 0
        raise _unreadable(path, line, "has a number that is too long to read.") from error
    except RecursionError as error:
        raise _unreadable(path, 0, "is nested too deeply.") from error


def _place(message: str, last_line: int) -> tuple[int, str]:
    """The line number at the end of tomllib's message, and the text before it."""
    reason, _, place = message.rpartition(" (at ")
    line = re.search(r"line ([0-9]+)", place)
    return (int(line[1]) if line else last_line), reason or message


def _unreadable(path: Path, line: int, message: str) -> ConfigError:
    return ConfigError((Problem(file=path, line=line, key="", message=message),))
