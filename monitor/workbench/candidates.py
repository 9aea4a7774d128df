"""`topics judge`: which articles to ask a person about, the most telling first.

Those that do not match come first, by how much they resemble the topic, whether they nearly match (`misses`) or not:
what a person says about them shows what is missed. Then matches in passing, the doubtful ones. Of articles with the
same headline one is enough. It does not know what has been said: the caller leaves out articles that are judged.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from monitor.match import TopicIndex
from monitor.model.perhaps import Nearest
from monitor.model.topic import Topic
from monitor.text import normalised_title
from monitor.workbench.entry import Entry, Finding, Id, finding
from monitor.workbench.misses import MissingGroup, misses

TERMS_SHOWN = 4

NOTHING_RESEMBLES = Nearest(likeness={}, floor=None, found=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article to be judged: whether the topic `matches` it now, and why it is asked about."""

    finding: Finding
    matches: bool
    why: str


def candidates(
    read: Callable[[], Iterable[Entry]],
    topic: Topic,
    lists: Mapping[str, Sequence[str]],
    *,
    limit: int,
    nearest: Nearest = NOTHING_RESEMBLES,
) -> tuple[Candidate, ...]:
    """At most `limit`, those that do not match first. `read` is called twice and gives the same articles; `nearest` may
    have others, which are left out.
    """
    likeness = nearest.likeness
    groups = misses(read(), topic, lists, samples=limit, likeness=likeness).groups
    by_group = ([near_miss(group, each) for each in group.samples] for group in groups)
    near = filter(None, chain.from_iterable(zip_longest(*by_group)))
    alike, doubtful = _passed(read(), replace(topic, enabled=True), lists, limit, nearest)
    unmatched = sorted([*near, *alike], key=lambda each: -likeness.get(each.finding.id, 0.0))
    found: dict[str, Candidate] = {}
    for each in chain(unmatched, doubtful):
        found.setdefault(normalised_title(each.finding.title) or f"{each.finding.id}", each)
    return tuple(found.values())[:limit]


def near_miss(group: MissingGroup, found: Finding) -> Candidate:
    """An article that lacks only this group."""
    terms = ", ".join(group.terms[:TERMS_SHOWN]) + (", …" if len(group.terms) > TERMS_SHOWN else "")
    has = f"it has {found.reason}, and " if found.reason else "it has "
    return Candidate(finding=found, matches=False, why=f"{has}none of: {terms}")


def _passed(
    entries: Iterable[Entry], topic: Topic, lists: Mapping[str, Sequence[str]], limit: int, nearest: Nearest
) -> tuple[list[Candidate], list[Candidate]]:
    """What resembles the topic and does not match it; and matches that only mention it, newest first."""
    index = TopicIndex([topic], lists)
    why: dict[Id, str] = {each.article.id: each.why for each in nearest.found}
    alike: list[Candidate] = []
    latest: deque[Finding] = deque(maxlen=limit)
    for entry in entries:
        found = index.matches(entry.document)
        if entry.id in why and not found:
            alike.append(Candidate(finding=finding(entry, None, why[entry.id]), matches=False, why=why[entry.id]))
        latest.extend(finding(entry, match) for match in found if match.tier.is_mention)
    return alike, [_doubtful(each) for each in reversed(latest)]


def _doubtful(found: Finding) -> Candidate:
    return Candidate(finding=found, matches=True, why=f"a match in passing: {found.reason}")
