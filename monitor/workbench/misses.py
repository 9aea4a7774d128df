"""`topics misses`: articles that lack exactly one group of a rule, which is where a missing word hides.

An article counts if the rule without that group matches it (with near, within, exclusions and so on), the group
itself is nowhere in the rule's scope, and no other rule of the topic matches.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappush, heappushpop
from types import MappingProxyType

from monitor.match import TopicIndex
from monitor.match.terms import expanded
from monitor.model.match import Match
from monitor.model.topic import Rule, Topic
from monitor.workbench.entry import Entry, Finding, finding
from monitor.workbench.probe import probe


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingGroup:
    """Group `group` of rule `rule` (both 0-based), its terms with lists expanded, and how many articles lack only it.

    `samples`: those that resemble the topic most, then those where the other groups stand out most (headline, lead,
    passing), newest first.
    """

    rule: int
    group: int
    terms: tuple[str, ...]
    articles: int
    samples: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Misses:
    """Of `articles` read, `matches` match, and so many lack a group; most frequent first.

    `groups` is empty for a topic whose rules have one group each: without it nothing is left to hold.
    """

    topic: str
    articles: int
    matches: int
    groups: tuple[MissingGroup, ...]


@dataclass(slots=True)
class _Gap:
    """A group that may be missing: the probes that tell, and what was found."""

    rule: int
    group: int
    terms: tuple[str, ...]
    without: Topic
    alone: Topic
    most: int
    samples: list[tuple[float, int, int, Finding]] = field(default_factory=list)
    """A heap: likeness, tier, number of the article, which is unique; the least first."""
    articles: int = field(default=0)

    def add(self, entry: Entry, match: Match, likeness: float) -> None:
        self.articles += 1
        evidence = tuple(replace(hit, group=hit.group + (hit.group >= self.group)) for hit in match.evidence)
        sample = (likeness, -match.tier.rank, self.articles, finding(entry, replace(match, evidence=evidence)))
        if len(self.samples) < self.most:
            heappush(self.samples, sample)
        elif self.most:
            heappushpop(self.samples, sample)


def misses(
    entries: Iterable[Entry],
    topic: Topic,
    lists: Mapping[str, Sequence[str]],
    *,
    samples: int = 5,
    likeness: Mapping[object, float] = MappingProxyType({}),
) -> Misses:
    """What the topic nearly finds; at most `samples` articles of each group are kept. `likeness`: by id, how much an
    article resembles the topic; one that is not there does not.
    """
    gaps = tuple(_gaps(topic, lists, samples))
    probes = [each for gap in gaps for each in (gap.without, gap.alone)]
    index = TopicIndex([replace(topic, enabled=True), *probes], lists)
    articles = matches = 0
    for entry in entries:
        articles += 1
        found = {match.topic: match for match in index.matches(entry.document)}
        if topic.name in found:
            matches += 1
            continue
        for gap in gaps:
            if gap.without.name in found and gap.alone.name not in found:
                gap.add(entry, found[gap.without.name], likeness.get(entry.id, 0.0))
    groups = sorted((_missing(gap) for gap in gaps), key=lambda group: -group.articles)
    return Misses(topic=topic.name, articles=articles, matches=matches, groups=tuple(groups))


def _gaps(topic: Topic, lists: Mapping[str, Sequence[str]], samples: int) -> Iterator[_Gap]:
    places = [(number, group) for number, rule in enumerate(topic.rules) for group in range(len(rule.all))]
    for number, (place, group) in enumerate(places):
        rule = topic.rules[place]
        rest = rule.all[:group] + rule.all[group + 1 :]
        if rest:
            yield _Gap(
                rule=place,
                group=group,
                terms=expanded(rule.all[group], lists),
                without=probe(2 * number, replace(rule, all=rest, is_pair=rule.is_pair and group > 1), like=topic),
                alone=probe(2 * number + 1, Rule(all=(rule.all[group],), within=rule.within)),
                most=samples,
            )


def _missing(gap: _Gap) -> MissingGroup:
    ranked = tuple(each for *_, each in sorted(gap.samples, key=lambda each: each[:3], reverse=True))
    return MissingGroup(rule=gap.rule, group=gap.group, terms=gap.terms, articles=gap.articles, samples=ranked)
