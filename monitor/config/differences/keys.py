"""Which keys of two tables differ, and their values as a person writes them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import time, timedelta
from typing import Any

from monitor.config.values import UNIT_SECONDS, WEEKDAYS
from monitor.model.config_change import NOTHING, ConfigChange, KeyChange, What
from monitor.plain_text import one_line
from monitor.url import shown_url

ENABLED = "enabled"
WRITTEN = {"is_pair": "pair"}
"""Keys that have another name in a config."""

VALUE_CHARACTERS = 80
"""Of one value, in a sentence."""


def key_changes(old: Any, new: Any, without: Collection[str] = (), within: str = "") -> tuple[KeyChange, ...]:
    """The fields of two dataclasses of one class that differ. A field that is not in their repr may hold a secret, and
    so may a login: of these only that they differ is said.
    """
    found: list[KeyChange] = []
    for each in fields(new):
        before, after = getattr(old, each.name), getattr(new, each.name)
        if before != after and each.name not in without:
            key = f"{within}{WRITTEN.get(each.name, each.name)}"
            found += _changed(key, before, after) if each.repr else [KeyChange(key=key)]
    return tuple(found)


def item_changes(key: str, old: Sequence[Any], new: Sequence[Any]) -> tuple[KeyChange, ...]:
    """What is new in a list and what is gone. If only their order differs, that the list changed."""
    if tuple(old) == tuple(new):
        return ()
    before, after = set(old), set(new)
    added = tuple(in_words(each, key) for each in new if each not in before)
    removed = tuple(in_words(each, key) for each in old if each not in after)
    return (KeyChange(key=key, added=added, removed=removed),)


def table_changes(table: str, name: str, keys: Sequence[KeyChange], off: What, on: What) -> Iterator[ConfigChange]:
    """What happened to a table whose keys differ: one change for `enabled`, and one for all others."""
    others = tuple(key for key in keys if key.key != ENABLED)
    if len(others) < len(keys):
        is_on = any(key.key == ENABLED and key.after == in_words(value=True) for key in keys)
        yield ConfigChange(table=table, name=name, what=on if is_on else off)
    if others:
        yield ConfigChange(table=table, name=name, what=What.CHANGED, keys=others)


def in_words(value: Any, key: str = "") -> str:
    """A value as it is written in a config; URLs without what may be secret in them."""
    match value:
        case None | "" | ():
            return NOTHING
        case bool():
            return str(value).lower()
        case timedelta():
            return _duration(value)
        case time():
            return f"{value:%H:%M}"
        case int() if key == "days":
            return WEEKDAYS[value]
        case _:
            text = str(value)
            return one_line(shown_url(text) if "://" in text else text, VALUE_CHARACTERS)


def _changed(key: str, before: Any, after: Any) -> Iterator[KeyChange]:
    whole = after if before is None else before
    if is_dataclass(whole):
        if any(not each.repr for each in fields(whole)):
            yield KeyChange(key=key)
        else:
            unset: Any = type(whole)
            yield from key_changes(before or unset(), after or unset(), within=f"{key}.")
    elif isinstance(before, tuple) or isinstance(after, tuple):
        yield from item_changes(key, _items(before), _items(after))
    else:
        said = in_words(before, key), in_words(after, key)
        yield KeyChange(key=key, before=said[0], after=said[1]) if said[0] != said[1] else KeyChange(key=key)


def _items(value: Any) -> tuple[Any, ...]:
    """A list, or the one value in its place, as `at` has it."""
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _duration(value: timedelta) -> str:
    """`1h 30m`, as a config has it."""
    rest, parts = int(value.total_seconds()), []
    for unit, seconds in UNIT_SECONDS.items():
        count, left = divmod(rest, seconds)
        if count and unit != "w":
            parts.append(f"{count}{unit}")
            rest = left
    return " ".join(parts) or "0s"
