"""One topic, read and checked as the config would, without the rest of it: for a draft that is tried while typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from monitor.config.findings import Findings
from monitor.config.table import Reading
from monitor.config.topics import read_topics
from monitor.match import listed_names
from monitor.match.terms import ListError, expanded
from monitor.model.topic import Topic

MOST_PHRASES = 50_000
"""Of a draft, which anybody may type who may save it: so many are made ready in a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTopic:
    """A draft of a topic."""

    topic: Topic | None
    """What it means; None if it cannot be tried."""
    problems: tuple[str, ...]
    """What is wrong with it, as the key and a sentence."""
    doubts: tuple[str, ...]
    """What is allowed and probably not meant."""


def read_topic(table: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> ReadTopic:
    """What `check` would say about this topic alone. `lists`: those of the config."""
    if _size(table, lists, {}) > MOST_PHRASES:
        problem = (
            f"its terms come to more than {MOST_PHRASES:,} phrases with their lists; use shorter lists in phrases."
        )
        return ReadTopic(topic=None, problems=(problem,), doubts=())
    findings = Findings()
    reading = Reading(file=Path("topic.toml"), environ={}, lines={}, findings=findings)
    plain = {name: tuple(terms) for name, terms in lists.items()}
    found = read_topics([(("topics", 0), dict(table))], plain, reading)
    said = [(each.is_warning, f"{_key(each.path)}{each.message}") for each in findings.items]
    problems = tuple(text for is_warning, text in said if not is_warning)
    return ReadTopic(
        topic=found[0] if found and not problems else None,
        problems=problems,
        doubts=tuple(text for is_warning, text in said if is_warning),
    )


def _size(value: object, lists: Mapping[str, Sequence[str]], known: dict[str, int]) -> int:
    """How many phrases all terms come to, before they are written out. `known`: of lists how many terms they hold."""
    if isinstance(value, str):
        return prod(_held(name, lists, known) for name in listed_names(value, lists)) if "@" in value else 1
    if isinstance(value, Mapping):
        return sum(_size(each, lists, known) for each in value.values())
    return sum(_size(each, lists, known) for each in value) if isinstance(value, (list, tuple)) else 1


def _held(name: str, lists: Mapping[str, Sequence[str]], known: dict[str, int]) -> int:
    if name not in known:
        try:
            known[name] = len(expanded((f"@{name}",), lists))
        except ListError:
            known[name] = 1  # it is reported where topics are read
    return known[name]


def _key(path: Sequence[str | int]) -> str:
    """`all[1][0]: ` for a part of a topic, "" for the topic as a whole."""
    parts = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path[2:])
    return f"{parts.removeprefix('.')}: " if parts else ""
