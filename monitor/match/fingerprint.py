"""A name for the exact wording of a topic, so that a verdict can be explained when the topic has changed.

It is made of all fields of the topic and its rules, but for those named here: a key that is added becomes part of it.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields

from monitor.match.terms import expanded
from monitor.model.topic import Rule, Topic

MEANING = 1
"""Raised when the same wording comes to mean something else in a new version of this program."""

DECIDES_NOTHING = frozenset({"name", "priority", "enabled", "mute_until", "was", "must_match", "must_not_match"})
"""Keys of a topic without which the same articles match: a renamed topic still means the same."""

FIRST_RULE_KEYS = ("all", "none", "near", "within", "at_least")
FIRST_TOPIC_KEYS = ("rules", "languages", "sources")
"""The keys of the first release, in their order then. Later ones count only where they are used: the fingerprint of
a topic without them must stay, or its stored articles would all be matched again.
"""

HEX_DIGITS = 16


def fingerprint(topic: Topic, lists: Mapping[str, Sequence[str]]) -> str:
    """16 hex digits over all that decides a verdict: rules with their lists expanded, and whom the topic listens to.

    Raises ValueError for a list that does not exist.
    """
    rules = [_rule(rule, lists) for rule in topic.rules]
    later = _later(topic, {*FIRST_TOPIC_KEYS, *DECIDES_NOTHING})
    wording = json.dumps([MEANING, rules, topic.languages, topic.sources, *later], ensure_ascii=True)
    return hashlib.sha256(wording.encode()).hexdigest()[:HEX_DIGITS]


def _rule(rule: Rule, lists: Mapping[str, Sequence[str]]) -> list[object]:
    first = (getattr(rule, key) for key in FIRST_RULE_KEYS)
    return [_written_out(part, lists) for part in (*first, *_later(rule, FIRST_RULE_KEYS))]


def _later(whole: Rule | Topic, others: Collection[str]) -> Iterator[object]:
    """Every key in use beside the others: a flag by its name, anything else with its value."""
    for each in fields(whole):
        value = getattr(whole, each.name)
        if each.name not in others and value != each.default:
            yield each.name.removeprefix("is_") if value is True else [each.name, value]


def _written_out(part: object, lists: Mapping[str, Sequence[str]]) -> object:
    """Terms with their lists expanded, at any depth; anything else as it is."""
    if isinstance(part, tuple) and all(isinstance(each, str) for each in part):
        return expanded(part, lists)
    return [_written_out(each, lists) for each in part] if isinstance(part, (tuple, list)) else part
