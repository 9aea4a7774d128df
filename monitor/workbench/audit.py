"""`topics audit`: what a topic may have missed, and how much of it is relevant by what a person said of a sample.

Of the articles that the topic does not match, near are those that lack exactly one group (`misses`) or resemble the
topic, and those that were judged to belong to it. All others are elsewhere: a small sample of them says whether "near"
means anything, and is never added to the rest. What was judged before is known and not sampled. One headline of a day
counts once, however many outlets have it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from sys import maxsize

from monitor.match import TopicIndex
from monitor.model.audit import Audit
from monitor.model.topic import Topic
from monitor.text import normalised_title
from monitor.workbench.candidates import Candidate, near_miss
from monitor.workbench.entry import Entry, Finding, Id, finding
from monitor.workbench.misses import misses
from monitor.workbench.sampled import bounds

NEAR_SAMPLE = 40
"""So many near-misses can be judged in five minutes. Nothing found in 40 says: at most a twelfth (decision 60)."""

ELSEWHERE_SAMPLE = 10
"""Enough to see that something is wrong with what is called near, and far too few for an estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """What a topic does not match: near-misses that nobody has judged, the most alike first; how many were judged, and
    how many of these belong to it; the ids of all others.
    """

    near: tuple[Candidate, ...]
    known: int
    known_relevant: int
    elsewhere: tuple[Id, ...]


@dataclass(slots=True)
class _Reading:
    """What is kept of unmatched articles while they are read; a copy has the place of the first one."""

    topic: Topic
    lists: Mapping[str, Sequence[str]]
    alike: Mapping[Id, str]
    said: Mapping[Id, bool]
    first: dict[tuple[object, ...], Id] = field(default_factory=dict)
    judged: dict[tuple[object, ...], bool] = field(default_factory=dict)
    near: dict[tuple[object, ...], Candidate] = field(default_factory=dict)

    def unmatched(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        index = TopicIndex([replace(self.topic, enabled=True)], self.lists)
        for entry in entries:
            if index.matches(entry.document):
                continue
            text = finding(entry, None, self.alike.get(entry.id, ""))
            place = _place(text)
            self.first.setdefault(place, entry.id)
            if entry.id in self.said:
                self.judged[place] = self.judged.get(place, False) or self.said[entry.id]
            if entry.id in self.alike:
                self.near.setdefault(place, Candidate(finding=text, matches=False, why=text.reason))
            yield entry


def unmatched(
    entries: Iterable[Entry],
    topic: Topic,
    lists: Mapping[str, Sequence[str]],
    *,
    alike: Mapping[Id, str],
    likeness: Mapping[Id, float],
    said: Mapping[Id, bool],
) -> Unmatched:
    """`alike`: the articles that resemble the topic, and why; `likeness`: how much, of these and of others; `said`: by
    article that was judged, whether it belongs to the topic.
    """
    reading = _Reading(topic=topic, lists=lists, alike=alike, said=said)
    for group in misses(reading.unmatched(entries), topic, lists, samples=maxsize).groups:
        for each in group.samples:
            reading.near[_place(each)] = near_miss(group, each)
    near = sorted(
        (each for place, each in reading.near.items() if place not in reading.judged),
        key=lambda each: (-likeness.get(each.finding.id, 0.0), *_standing(each)),
    )
    known = [is_relevant for place, is_relevant in reading.judged.items() if is_relevant or place in reading.near]
    others = reading.first.keys() - reading.near.keys() - reading.judged.keys()
    elsewhere = tuple(article for place, article in reading.first.items() if place in others)
    return Unmatched(near=tuple(near), known=len(known), known_relevant=sum(known), elsewhere=elsewhere)


def result(
    found: Unmatched, near: Sequence[bool], elsewhere: Sequence[bool], *, since: datetime, now: datetime
) -> Audit:
    """What was said of the samples, as the result of the audit. `near` is not empty if there was anything to say."""
    size = len(found.near)
    low, high = bounds(size, len(near), sum(near))
    return Audit(
        made_at=now,
        since=since,
        near=size + found.known,
        near_judged=len(near) + found.known,
        near_relevant=sum(near) + found.known_relevant,
        estimate=found.known_relevant + (size * sum(near) / len(near) if near else 0.0),
        low=found.known_relevant + low,
        high=found.known_relevant + high,
        elsewhere=len(found.elsewhere),
        elsewhere_judged=len(elsewhere),
        elsewhere_relevant=sum(elsewhere),
    )


def elsewhere_in_words(audit: Audit) -> str:
    """What the sample from elsewhere says, in a sentence, and how little that is."""
    judged, relevant = audit.elsewhere_judged, audit.elsewhere_relevant
    drawn = f"Elsewhere, {relevant} of {judged} drawn from {audit.elsewhere:,} articles are relevant"
    if judged == audit.elsewhere:
        return f"Elsewhere, {relevant} of all {judged} articles are relevant."
    most = bounds(audit.elsewhere, judged, relevant)[1]
    return f"{drawn}. So few say little: up to {most:,} of these articles ({most / audit.elsewhere:.0%}) could be."


def _place(found: Finding) -> tuple[object, ...]:
    """What copies have in common; an article without a headline is one of its own."""
    title = normalised_title(found.title)
    return (title, found.seen_at and found.seen_at.date()) if title else (found.id,)


def _standing(candidate: Candidate) -> tuple[int, int]:
    """Of equally alike ones, first those where the groups that are there stand out."""
    tier = candidate.finding.tier
    return (tier.rank if tier else maxsize), -int(candidate.finding.id)
