"""`[groups.NAME]`: keys that the feeds with `group = "NAME"` share. A feed's own key wins."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from monitor.config.feeds import FEED
from monitor.config.findings import Finding, Findings, quoted
from monitor.config.positions import KeyPath
from monitor.config.table import Reading

OWN_KEYS = frozenset({"group", "url", "was"})
"""What is a feed's own and cannot be shared."""

ANY_URL = "https://group.example/"
"""In place of a feed's, while a group is checked by itself."""


def with_groups(
    feeds: Sequence[tuple[KeyPath, Any]], groups: Mapping[str, Any], reading: Reading
) -> list[tuple[KeyPath, Any]]:
    """The tables of the feeds with their paths, each table with the keys of its group that it does not have itself.

    A mistake in a group is reported once, at the group, and its key is left out of the feeds.
    """
    shared = {name: _checked(name, written, reading) for name, written in groups.items()}
    used: set[str] = set()
    found = []
    for path, feed in feeds:
        name = feed.get("group") if isinstance(feed, dict) else None
        if isinstance(name, str) and name:
            used.add(name)
            if name not in shared:
                known = ", ".join(quoted(each) for each in sorted(shared)) or "none"
                message = f"there is no [groups.{quoted(name)}]. Groups of this config: {known}."
                reading.findings.error((*path, "group"), message)
        found.append((path, {**shared.get(name, {}), **feed} if isinstance(name, str) else feed))
    for name in shared:
        if name not in used:
            reading.findings.warn(("groups", name), f"has no effect: no feed says group = {quoted(name)}.")
    return found


def at_their_groups(
    findings: Findings, written: Sequence[tuple[KeyPath, Any]], feeds: Sequence[tuple[KeyPath, Any]]
) -> None:
    """Move findings to where the keys that they are about are written: the group, if all of its feeds that take the
    key from it have the same finding. What only some of them have stays with those: their own keys make it wrong.

    `written`: the tables of the feeds as they are in the file; `feeds`: those of `with_groups`.
    """
    shared: dict[KeyPath, KeyPath] = {
        (*path, key): ("groups", feed["group"], key)
        for (path, own), (_, feed) in zip(written, feeds, strict=True)
        if isinstance(own, dict)
        for key in feed.keys() - own.keys()
    }

    def moved(found: Finding) -> Finding:
        place = shared.get(found.path[:3])
        return replace(found, path=(*place, *found.path[3:])) if place else found

    heirs, having = Counter(shared.values()), Counter(moved(each) for each in dict.fromkeys(findings.items))
    findings.items[:] = [
        there if having[there := moved(each)] == heirs[there.path[:3]] else each for each in findings.items
    ]
    findings.files[:] = [(moved(Finding(path, "")).path, file) for path, file in findings.files]


def _checked(name: str, written: Any, reading: Reading) -> dict[str, Any]:
    """The keys of a group that are valid."""
    path = ("groups", name)
    if not isinstance(written, dict):
        reading.findings.error(path, f"is not a table; write [groups.{quoted(name)}] above its keys.")
        return {}
    for key in sorted(OWN_KEYS & written.keys()):
        reading.findings.error((*path, key), "is a key of single feeds; write it in each [[feeds]].")
    keys = {key: value for key, value in written.items() if key not in OWN_KEYS}
    FEED.read({**keys, "url": ANY_URL}, path, reading)
    broken = reading.findings.broken_keys(path)
    return {key: value for key, value in keys.items() if key not in broken}
