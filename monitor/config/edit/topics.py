"""Edits of topics: from the parts that the model has (rules, groups) to the keys in which they are written.

The model of a topic has AND-ed groups; people write `any`, `all`, `pair` or only a name (`config.topics`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from monitor.config.edit.changes import AddItem, Edit, SetValue
from monitor.config.positions import KeyPath
from monitor.model.topic import Topic


def with_example(number: int, text: str, *, must_match: bool) -> Edit:
    """One more example of topic `number` of the file."""
    return AddItem(("topics", number, "must_match" if must_match else "must_not_match"), text)


def with_term(content: Mapping[str, Any], number: int, topic: Topic, place: tuple[int, int], term: str) -> list[Edit]:
    """One more term in a group of a rule. A topic of only a name gets its groups written out."""
    rule, group = place
    groups = _groups(content, number)
    if groups:
        return [AddItem(groups[rule][group], term)]
    written = [[*each, *([term] if index == group else [])] for index, each in enumerate(topic.rules[rule].all)]
    return [SetValue(("topics", number, "all"), written)]


def with_exclusion(content: Mapping[str, Any], number: int, topic: Topic, term: str) -> list[Edit]:
    """One more term in `none`, for all rules of the topic."""
    edits: list[Edit] = [AddItem(("topics", number, "none"), term)]
    return edits if _groups(content, number) else [_written_out(number, topic), *edits]


def with_near(content: Mapping[str, Any], number: int, topic: Topic, rule: int, words: int) -> list[Edit]:
    """Another `near` of a rule."""
    groups = _groups(content, number)
    if not groups:
        return [_written_out(number, topic), SetValue(("topics", number, "near"), words)]
    table = next(path[: path.index(key)] for path in groups[rule] for key in ("all", "any", "pair") if key in path)
    return [SetValue((*table, "near"), words)]


def _written_out(number: int, topic: Topic) -> Edit:
    return SetValue(("topics", number, "all"), [list(group) for group in topic.rules[0].all])


def _groups(content: Mapping[str, Any], number: int) -> list[list[KeyPath]]:
    """For each rule the places of its groups; nothing for a topic of only a name."""
    path = ("topics", number)
    written = content["topics"][number]
    tables = [(path, written), *(((*path, "rule", n), table) for n, table in enumerate(written.get("rule", ())))]
    return [groups for place, table in tables if (groups := list(_of_table(table, place)))]


def _of_table(table: Mapping[str, Any], path: KeyPath) -> Iterator[KeyPath]:
    for key in ("pair", "all"):
        groups: Sequence[Any] = table.get(key, ())
        yield from ((*path, key, index) for index in range(len(groups)))
    if table.get("any"):
        yield (*path, "any")
