"""Values as TOML text. Only what a config is written with: no comments, no headers."""

import math
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from monitor.plain_text import escaped

LINE_CHARACTERS = 100
"""A longer array is written with one item a line where there is room for several lines."""

BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def text_of(value: Any) -> str:
    """A value on one line. Raises ValueError for what TOML has no form for."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _quoted(value)
        case int():
            return str(value)
        case float():
            return str(value) if math.isfinite(value) else str(value).replace("infinity", "inf")
        case datetime() | date() | time():
            return value.isoformat()
        case list() | tuple():
            return f"[{', '.join(map(text_of, value))}]"
        case Mapping():
            return f"{{ {', '.join(pair_of(key, each) for key, each in value.items())} }}" if value else "{}"
        case _:
            raise ValueError(f"{type(value).__name__} has no form in TOML")


def pair_of(key: str, value: Any) -> str:
    """`key = value` on one line."""
    return f"{key_of(key)} = {text_of(value)}"


def lines_of(key: str, value: Any) -> list[str]:
    """The lines of a pair: several for a list that would make a long one."""
    line = pair_of(key, value)
    if not isinstance(value, (list, tuple)) or len(line) <= LINE_CHARACTERS:
        return [line]
    return [f"{key_of(key)} = [", *(f"  {text_of(each)}," for each in value), "]"]


def key_of(*parts: str) -> str:
    """A key, dotted if it has several parts; quoted where it must be."""
    return ".".join(part if part and BARE.issuperset(part) else _quoted(part) for part in parts)


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped(plain, form=_escape)}"'


def _escape(sign: str) -> str:
    number = ord(sign)
    return SHORT.get(sign) or (f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}")
