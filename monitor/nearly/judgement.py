"""What a topic's rule says of an article that it does not match: whether its owner excluded it, and what it lacks."""

from collections.abc import Mapping, Sequence

from monitor.match import TopicIndex
from monitor.match.explain import RuleFinding
from monitor.match.terms import FIELDS, LIST
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic

MANY_LANGUAGES = "any-"
"""Begins the name of a list that has the words of other lists in all languages."""


class Rules:
    """The rules of these topics."""

    def __init__(self, topics: Sequence[Topic], lists: Mapping[str, Sequence[str]]) -> None:
        self._topics = {topic.name: topic for topic in topics}
        self._index = TopicIndex(topics, lists)

    def excludes(self, topic: str, document: Document) -> bool:
        """Whether the owner does not want it: by language or outlet, or by `none` of any rule. (A rule without that
        `none` may be meant to find such an article; then it says so by matching it.)
        """
        asked = self._topics[topic]
        if not (asked.languages or asked.sources or any(rule.none for rule in asked.rules)):
            return False
        found = self._index.explain(topic, document)
        return bool(found.refusal) or any(rule.exclusions for rule in found.rules)

    def lacks(self, topic: str, document: Document) -> tuple[str, ...]:
        """The names of the groups of which the article has no word, where a rule needs several; of several rules, those
        of the rule that lacks fewest.
        """
        rules = self._topics[topic].rules
        missing = [
            _missing(rule, found)
            for rule, found in zip(rules, self._index.explain(topic, document).rules, strict=True)
            if len(rule.all) > 1
        ]
        return min(missing, key=len, default=())


def _missing(rule: Rule, found: RuleFinding) -> tuple[str, ...]:
    names = (group_name(group) for group, finding in zip(rule.all, found.groups, strict=True) if not finding.hits)
    return tuple(dict.fromkeys(names))


def group_name(group: Sequence[str]) -> str:
    """What people call a group: by its list, or by its first term."""
    first = group[0]
    if first.startswith(LIST):
        return first.removeprefix(LIST).removeprefix(MANY_LANGUAGES)
    for prefix in FIELDS:
        first = first.removeprefix(prefix)
    return first.strip()
