"""One topic, read and checked as the config would, without the rest of it: for a draft that is tried while typed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from monitor.config.findings import Findings
from monitor.config.positions import KeyPath
from monitor.config.table import Reading
from monitor.config.topics import read_topics
from monitor.match import listed_names
from monitor.match.terms import ListError, expanded
from monitor.model.topic import Topic

MOST_PHRASES = 50_000
"""Of a draft, which anybody may type who may save it: so many are made ready in a second."""

MOST_LETTERS, USUAL_WORDS = 200, 3
"""Of a term of a draft. Two neighbours may be written as one word, so what a term with more words than the usual number
costs grows with the square of it.
"""

WORDS = re.compile(r"\w+")
EXAMPLES, EXAMPLE_DEPTH = ("must_match", "must_not_match"), 4
"""The keys of examples, and how long the path of one is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTopic:
    """A draft of a topic."""

    topic: Topic | None
    """What it means; None if it cannot be tried."""
    problems: tuple[str, ...]
    """What is wrong with it, as the key and a sentence."""
    failing: tuple[str, ...]
    """The same of examples that it decides otherwise: it can be tried so, and not be written."""
    doubts: tuple[str, ...]
    """What is allowed and probably not meant."""


def read_topic(table: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> ReadTopic:
    """What `check` would say about this topic alone. `lists`: those of the config."""
    terms, known = list(_terms([table, table.get("rule")])), dict[str, int]()
    problem = ""
    if sum(_phrases(each, lists, known) for each in terms) > MOST_PHRASES:
        problem = f"its terms come to more than {MOST_PHRASES:,} phrases with their lists; use fewer, or shorter lists."
    elif any(len(each) > MOST_LETTERS for each in terms):
        problem = f"one of its terms has more than {MOST_LETTERS} letters; write a part of it, or several terms."
    if problem:
        return ReadTopic(topic=None, problems=(problem,), failing=(), doubts=())
    findings = Findings()
    reading = Reading(file=Path("topic.toml"), environ={}, lines={}, findings=findings)
    plain = {name: tuple(terms) for name, terms in lists.items()}
    found = read_topics([(("topics", 0), dict(table))], plain, reading)
    said = [(each, f"{_key(each.path)}{each.message}") for each in findings.items]
    wrong = [(each.path, text) for each, text in said if not each.is_warning]
    problems = tuple(text for path, text in wrong if not _is_example(path, table))
    return ReadTopic(
        topic=found[0] if found and not problems else None,
        problems=problems,
        failing=tuple(text for path, text in wrong if _is_example(path, table)),
        doubts=tuple(text for each, text in said if each.is_warning),
    )


def _is_example(path: KeyPath, table: Mapping[str, Any]) -> bool:
    """Whether this is an example, and a text as it should be."""
    examples = table.get(str(path[2])) if len(path) == EXAMPLE_DEPTH and path[2] in EXAMPLES else None
    return isinstance(examples, (list, tuple)) and all(isinstance(each, str) for each in examples)


def _terms(value: object) -> Iterator[str]:
    """The terms of a topic, of its rules, or of a list of these."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _terms([value.get(key) for key in ("any", "all", "pair", "none")])
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _terms(each)


def _phrases(term: str, lists: Mapping[str, Sequence[str]], known: dict[str, int]) -> int:
    """How many phrases a term comes to, before they are written out; one of many words counts for several.

    `known`: of lists how many terms they hold.
    """
    held = prod(_held(name, lists, known) for name in listed_names(term, lists)) if "@" in term else 1
    return held * max(1, len(WORDS.findall(term)) ** 2 // USUAL_WORDS**2)


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
