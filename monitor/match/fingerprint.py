"""A name for the exact wording of a topic, so that a verdict can be explained when the topic has changed."""

import hashlib
import json
from collections.abc import Mapping, Sequence

from monitor.match.terms import expanded
from monitor.model.topic import Topic

MEANING = 1
"""Raised when the same wording comes to mean something else in a new version of this program."""

HEX_DIGITS = 16


def fingerprint(topic: Topic, lists: Mapping[str, Sequence[str]]) -> str:
    """16 hex digits over all that decides a verdict: rules with their lists, languages, sources.

    Not the name, priority, muting or examples: a renamed topic still means the same. Raises ValueError
    for a list that does not exist.
    """
    rules = [
        [
            [expanded(group, lists) for group in rule.all],
            expanded(rule.none, lists),
            rule.near,
            rule.within,
            rule.at_least,
            *(["pair"] if rule.is_pair else []),
        ]
        for rule in topic.rules
    ]
    wording = json.dumps([MEANING, rules, topic.languages, topic.sources], ensure_ascii=True)
    return hashlib.sha256(wording.encode()).hexdigest()[:HEX_DIGITS]
