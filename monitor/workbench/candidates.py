"""`topics judge`: which articles to ask a person about, the most telling first.

Those that nearly match come first (`misses`): what a person says about them shows what is missed. Then matches in
passing, the doubtful ones. Of articles with the same headline one is enough. It does not know what has been said: the
caller leaves out articles that are judged.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from monitor.match import TopicIndex
from monitor.model.match import Tier
from monitor.model.topic import Topic
from monitor.text import normalised_title
from monitor.workbench.entry import Entry, Finding, finding
from monitor.workbench.misses import MissingGroup, misses

TERMS_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article to be judged: whether the topic `matches` it now, and why it is asked about."""

    finding: Finding
    matches: bool
    why: str


def candidates(
    read: Callable[[], Iterable[Entry]], topic: Topic, lists: Mapping[str, Sequence[str]], *, limit: int
) -> tuple[Candidate, ...]:
    """At most `limit`, those that do not match first. `read` is called twice and gives the same articles."""
    groups = misses(read(), topic, lists, samples=limit).groups
    near = chain.from_iterable(zip_longest(*([near_miss(group, each) for each in group.samples] for group in groups)))
    doubtful = _in_passing(read(), replace(topic, enabled=True), lists, limit)
    found: dict[str, Candidate] = {}
    for each in chain(filter(None, near), doubtful):
        found.setdefault(normalised_title(each.finding.title) or f"{each.finding.id}", each)
    return tuple(found.values())[:limit]


def near_miss(group: MissingGroup, found: Finding) -> Candidate:
    """An article that lacks only this group."""
    terms = ", ".join(group.terms[:TERMS_SHOWN]) + (", …" if len(group.terms) > TERMS_SHOWN else "")
    has = f"it has {found.reason}, and " if found.reason else "it has "
    return Candidate(finding=found, matches=False, why=f"{has}none of: {terms}")


def _in_passing(
    entries: Iterable[Entry], topic: Topic, lists: Mapping[str, Sequence[str]], limit: int
) -> Iterable[Candidate]:
    """Matches that only mention the topic, newest first."""
    index = TopicIndex([topic], lists)
    latest: deque[Finding] = deque(maxlen=limit)
    for entry in entries:
        latest.extend(finding(entry, match) for match in index.matches(entry.document) if match.tier is Tier.PASSING)
    return (
        Candidate(finding=each, matches=True, why=f"a match in passing: {each.reason}") for each in reversed(latest)
    )
