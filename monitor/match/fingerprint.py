"""Two names for a topic: one for all that decides its verdicts, one for the part of it that its owner wrote.

The first explains a verdict when the topic has changed. The second tells whose change it was: if it stayed, an upgrade
of the program changed a shipped list or the meaning of terms. Both are made of all fields of the topic and its rules,
but for those named here: a key that is added becomes part of them.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields

from monitor.match.terms import LIST, expanded, listed_names
from monitor.model.topic import Rule, Topic

MEANING = 2
"""Raised when the same wording comes to mean something else in a new version of this program. Then stored articles are
matched again once, by every topic, and trends go on (decision 46). 2: letters that are typed in several ways, and terms
for author, category and URL (decision 57); how Turkish is read (decision 61).
"""

AS_WRITTEN = 0
"""Stands where MEANING does, in the name of what the owner wrote: that says nothing of what it means."""

SHIPPED = "\0"
"""Before the name of a shipped list, where its terms would be. No term has this character."""

DECIDES_NOTHING = frozenset(
    {"name", "priority", "enabled", "mute_until", "perhaps", "alert", "was", "must_match", "must_not_match"}
)
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
    return _hash(MEANING, topic, lists)


def own_wordings(
    topics: Iterable[Topic], lists: Mapping[str, Sequence[str]], shipped: Collection[str]
) -> dict[str, str]:
    """By topic, 16 hex digits over what its owner wrote: rules with the owner's lists expanded, and with the names of
    the `shipped` ones, whatever these contain.

    Raises ValueError for a list that does not exist.
    """
    by_name = {name: _in_place_of(name, lists, shipped) if name in shipped else lists[name] for name in lists}
    return {topic.name: _hash(AS_WRITTEN, topic, by_name) for topic in topics}


def _in_place_of(name: str, lists: Mapping[str, Sequence[str]], shipped: Collection[str]) -> tuple[str, ...]:
    """A shipped list by its name, and the lists of the owner's that it leads to: one may stand in for a shipped one."""
    own: dict[str, None] = {}
    seen, ahead = {name}, [name]
    while ahead:
        for term in lists[ahead.pop()]:
            for other in listed_names(term, lists):
                if other not in shipped:
                    own[other] = None
                elif other not in seen:
                    seen.add(other)
                    ahead.append(other)
    return (f"{SHIPPED}{name}", *(f"{LIST}{other}" for other in sorted(own)))


def _hash(meaning: int, topic: Topic, lists: Mapping[str, Sequence[str]]) -> str:
    rules = [_rule(rule, lists) for rule in topic.rules]
    later = _later(topic, {*FIRST_TOPIC_KEYS, *DECIDES_NOTHING})
    wording = json.dumps([meaning, rules, topic.languages, topic.sources, *later], ensure_ascii=True)
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
