"""What can be changed in a config, and what its data are afterwards. How that is written is decided in `splice`."""

import math
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from monitor.config.positions import KeyPath


class CannotEdit(Exception):
    """The change cannot be made in this file; the text is the reason, as a sentence for people."""


@dataclass(frozen=True, slots=True)
class AddItem:
    """Append an item to the array at `path`. A key that is missing is added; a term that stands alone in an array of
    groups (`all = ["a", "b"]`) becomes a group of two.
    """

    path: KeyPath
    value: Any


@dataclass(frozen=True, slots=True)
class AddTable:
    """Append a table to the array of tables at `path`, such as `("topics",)`."""

    path: KeyPath
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MakeTable:
    """Add a table that is not there yet, such as `("groups", "Gulf")`."""

    path: KeyPath
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SetValue:
    """Give a key of a table a value, whether it has one or not; the table is made if it is missing."""

    path: KeyPath
    value: Any


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove a key, an item of an array or a table, with all that belongs to it."""

    path: KeyPath


Edit = AddItem | AddTable | MakeTable | SetValue | Remove


def meant(content: Mapping[str, Any], edit: Edit) -> dict[str, Any]:
    """The data after an edit. Raises CannotEdit if there is nothing at its path that could be edited so."""
    changed: dict[str, Any] = deepcopy(dict(content))
    *way, last = edit.path
    parent = _parent(changed, way, is_made=not isinstance(edit, Remove))
    try:
        match edit:
            case AddItem():
                _add(parent, last, edit.value)
            case AddTable():
                _array(parent, last).append(dict(edit.content))
            case MakeTable():
                if last in parent:
                    raise CannotEdit(f"{shown_path(edit.path)} is there already.")
                parent[last] = dict(edit.content)
            case SetValue():
                parent[last] = edit.value
            case Remove():
                del parent[last]
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise CannotEdit(f"there is nothing like that at {shown_path(edit.path)}.") from error
    return changed


def equal(left: Any, right: Any) -> bool:
    """Whether two documents say the same: 1 is neither 1.0 nor true, and what is not a number equals itself."""
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left):
        return math.isnan(right)
    return type(left) is type(right) and bool(left == right)


def without_empty(content: Mapping[str, Any], path: KeyPath) -> Mapping[str, Any]:
    """The data without the tables and arrays on the way to `path` that are empty: the last table of an array written
    in headers takes the array with it.
    """
    bare: dict[str, Any] = deepcopy(dict(content))
    for length in range(len(path) - 1, 0, -1):
        *way, last = path[:length]
        try:
            parent = _parent(bare, way, is_made=False)
            if parent[last] in ([], {}):
                del parent[last]
        except (CannotEdit, KeyError, IndexError, TypeError):
            continue
    return bare


def shown_path(path: KeyPath) -> str:
    """A path as a person would write it: `topics[1].must_match`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")


def _parent(content: Any, way: list[str | int], *, is_made: bool) -> Any:
    for part in way:
        if is_made and isinstance(content, dict):
            content.setdefault(part, {})
        try:
            content = content[part]
        except (LookupError, TypeError) as error:
            raise CannotEdit(f"there is no {shown_path(tuple(way))}.") from error
    return content


def _array(parent: Any, key: str | int) -> list[Any]:
    found = parent.setdefault(key, []) if isinstance(parent, dict) else parent[key]
    if not isinstance(found, list):
        raise CannotEdit(f"{key} is not an array.")
    return found


def _add(parent: Any, key: str | int, value: Any) -> None:
    if isinstance(parent, list) and isinstance(key, int) and not isinstance(parent[key], (list, dict)):
        parent[key] = [parent[key], value]
    else:
        _array(parent, key).append(value)
