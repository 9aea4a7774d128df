"""A whole topic as TOML text, and the edits that turn the written table into another one, key by key. Pure."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from monitor.config.edit.changes import AddItem, AddTable, Edit, Remove, SetValue, equal
from monitor.config.edit.toml import lines_of
from monitor.config.positions import KeyPath

Table = Mapping[str, Any]


def topic_text(table: Table) -> str:
    """The table as a person would write it, rules in tables of their own."""
    is_apart = is_tables(table.get("rule"))
    own = [line for key, value in table.items() if key != "rule" or not is_apart for line in lines_of(key, value)]
    rules = [
        line
        for rule in (table.get("rule", ()) if is_apart else ())
        for line in ("", "[[topics.rule]]", *(line for key, value in rule.items() for line in lines_of(key, value)))
    ]
    return "\n".join(["[[topics]]", *own, *rules, ""])


def topic_table(text: str) -> dict[str, Any]:
    """The table of a topic, with its `[[topics]]` line or without. Raises ValueError with a sentence."""
    try:
        content = tomllib.loads(text.replace("\r\n", "\n"))
    except RecursionError as error:
        raise ValueError("This is not TOML: too deeply nested.") from error
    except ValueError as error:
        raise ValueError(f"This is not TOML: {error}.") from error
    tables = content.pop("topics", None)
    if tables is None:
        return content
    if content or not isinstance(tables, list) or len(tables) != 1 or not isinstance(tables[0], dict):
        raise ValueError("Write one topic: [[topics]] once, and its keys below it.")
    return dict(tables[0])


def edits_between(number: int, before: Table, after: Table) -> list[Edit]:
    """The edits that make of topic `number` what `after` says. What stays equal keeps its bytes."""
    return list(_of_table(("topics", number), before, after))


def new_topic(table: Table) -> list[Edit]:
    """The edit that adds a topic."""
    return [AddTable(("topics",), table)]


def _of_table(path: KeyPath, before: Table, after: Table) -> Iterator[Edit]:
    if all(each.get("rule") and is_tables(each["rule"]) for each in (before, after)):
        yield from _of_rules((*path, "rule"), before["rule"], after["rule"])
        before, after = ({key: each for key, each in table.items() if key != "rule"} for table in (before, after))
    for key, value in after.items():
        if key not in before:
            yield SetValue((*path, key), value)
        elif not equal(before[key], value):
            yield from _of_value((*path, key), before[key], value)
    yield from (Remove((*path, key)) for key in before if key not in after)


def is_tables(value: Any) -> bool:
    """Whether it is a list of tables."""
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _of_rules(path: KeyPath, before: Sequence[Table], after: Sequence[Table]) -> Iterator[Edit]:
    for number, (old, new) in enumerate(zip(before, after, strict=False)):
        yield from _of_table((*path, number), old, new)
    yield from (AddTable(path, each) for each in after[len(before) :])
    yield from (Remove((*path, number)) for number in reversed(range(len(after), len(before))))


def _of_value(path: KeyPath, before: Any, after: Any) -> Iterator[Edit]:
    """Of lists only what comes and goes, so that comments beside what stays are kept."""
    if not _are_lists(before, after):
        yield SetValue(path, after)
        return
    kept = [each for each in before if each in after]
    changed = [place for place, pair in enumerate(zip(before, after, strict=False)) if not equal(*pair)]
    if len(before) == len(after) and len(changed) == 1 and _are_lists(before[changed[0]], after[changed[0]]):
        yield from _of_value((*path, changed[0]), before[changed[0]], after[changed[0]])
    elif kept and len(kept) <= len(after) and all(map(equal, kept, after)):
        yield from (Remove((*path, place)) for place in reversed(range(len(before))) if before[place] not in after)
        yield from (AddItem(path, each) for each in after[len(kept) :])
    else:
        yield SetValue(path, after)


def _are_lists(*values: Any) -> bool:
    return all(isinstance(each, list) for each in values)
