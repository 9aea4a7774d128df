"""What changed in the rules of a topic, term by term."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from monitor.config.differences.keys import item_changes, key_changes
from monitor.model.config_change import KeyChange
from monitor.model.topic import Rule, Topic
from monitor.workbench.wording import brief

Part = TypeVar("Part", Rule, tuple[str, ...])


def rule_changes(old: Sequence[Rule], new: Sequence[Rule]) -> tuple[KeyChange, ...]:
    """Rules that are as they were are left out, wherever they stand now; of the others the first is compared with the
    first. The numbers are those of the new rules, from 1.
    """
    found: list[KeyChange] = []
    is_one = len(old) == len(new) == 1
    for number, before, after in _pairs(old, new):
        place = "" if is_one else f"rule {number}, "
        if before and after:
            found += _one(place, before, after)
        else:
            found += [_whole("rules", *(brief(_topic(each)) if each else "" for each in (before, after)))]
    if not found and tuple(old) != tuple(new):
        found = [KeyChange(key="order of rules")]
    return tuple(found)


def _one(place: str, old: Rule, new: Rule) -> Iterator[KeyChange]:
    groups = list(_pairs(old.all, new.all))
    for number, before, after in groups:
        if before and after:
            yield from item_changes(f"{place}group {number}", before, after)
        else:
            yield _whole(f"{place}groups", *(f"({', '.join(each)})" if each else "" for each in (before, after)))
    if not groups and old.all != new.all:
        yield KeyChange(key=f"{place}order of groups")
    yield from item_changes(f"{place}none", old.none, new.none)
    yield from key_changes(old, new, without=("all", "none"), within=place)


def _pairs(old: Sequence[Part], new: Sequence[Part]) -> Iterator[tuple[int, Part | None, Part | None]]:
    """The number, the old one and the new one of each part that differs; None where there is none."""
    before, after = set(old), set(new)
    left = [each for each in old if each not in after]
    came = [(number, each) for number, each in enumerate(new, 1) if each not in before]
    for place in range(max(len(left), len(came))):
        number, now = came[place] if place < len(came) else (0, None)
        yield number, left[place] if place < len(left) else None, now


def _whole(key: str, before: str, after: str) -> KeyChange:
    return KeyChange(key=key, added=(after,) if after else (), removed=(before,) if before else ())


def _topic(rule: Rule) -> Topic:
    return Topic(name="", rules=(rule,))
