"""`topics test`: what topics would have matched, day by day, and how often each of their terms was found.

A term is counted wherever it is found, also in articles that the topic does not match: otherwise a dead
term would look like one whose partner is missing.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from monitor.match import TopicIndex
from monitor.match.terms import expanded
from monitor.model.match import Match, Tier
from monitor.model.topic import Rule, Topic
from monitor.workbench.entry import Entry, Finding, finding
from monitor.workbench.probe import MARK, probe

Lists = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A UTC date on which articles came, and how many of them matched."""

    day: date
    articles: int
    matches: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TermHits:
    """In how many of all articles, and of the matches, a term is found. `excludes`: it is in `none`."""

    term: str
    articles: int
    matches: int
    excludes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a topic brings. `samples`: the latest matches, newest first. `terms`: most found first, lists expanded.

    `dead_terms`: those of its groups that no article holds.
    """

    topic: str
    articles: int
    matches: int
    tiers: Mapping[Tier, int]
    days: tuple[Day, ...]
    samples: tuple[Finding, ...]
    terms: tuple[TermHits, ...]
    dead_terms: tuple[str, ...]


@dataclass(slots=True)
class _Tally:
    """What is counted of one topic while articles pass."""

    wanted: frozenset[str]
    barred: frozenset[str]
    samples: deque[Finding]
    tiers: Counter[Tier] = field(default_factory=Counter)
    days: Counter[date] = field(default_factory=Counter)
    terms: Counter[str] = field(default_factory=Counter)

    def add(self, entry: Entry, match: Match, heard: frozenset[str]) -> None:
        self.tiers[match.tier] += 1
        self.terms.update(heard & self.wanted)
        if entry.day:
            self.days[entry.day] += 1
        self.samples.append(finding(entry, match))


@dataclass(slots=True)
class _Totals:
    """What is counted of all articles."""

    articles: int = 0
    days: Counter[date] = field(default_factory=Counter)
    terms: Counter[str] = field(default_factory=Counter)

    def add(self, entry: Entry, heard: frozenset[str]) -> None:
        self.articles += 1
        self.terms.update(heard)
        if entry.day:
            self.days[entry.day] += 1


def trials(entries: Iterable[Entry], topics: Sequence[Topic], lists: Lists, *, samples: int = 5) -> tuple[Trial, ...]:
    """One trial per topic, in the order given, disabled or not; the articles pass once. At most `samples` of each."""
    tallies = {topic.name: _tally(topic, lists, samples) for topic in topics}
    terms = {term for tally in tallies.values() for term in tally.wanted | tally.barred}
    probed = {term: probe(number, Rule(all=((term,),))) for number, term in enumerate(sorted(terms))}
    term_of = {each.name: term for term, each in probed.items()}
    index = TopicIndex([*(replace(topic, enabled=True) for topic in topics), *probed.values()], lists)
    totals = _Totals()
    for entry in entries:
        found = index.matches(entry.document)
        heard = frozenset(term_of[match.topic] for match in found if match.topic.startswith(MARK))
        totals.add(entry, heard)
        for match in found:
            if match.topic in tallies:
                tallies[match.topic].add(entry, match, heard)
    return tuple(_trial(topic.name, tallies[topic.name], totals) for topic in topics)


def _tally(topic: Topic, lists: Lists, samples: int) -> _Tally:
    return _Tally(
        wanted=frozenset(term for rule in topic.rules for group in rule.all for term in expanded(group, lists)),
        barred=frozenset(term for rule in topic.rules for term in expanded(rule.none, lists)),
        samples=deque(maxlen=samples),
    )


def _trial(name: str, tally: _Tally, totals: _Totals) -> Trial:
    return Trial(
        topic=name,
        articles=totals.articles,
        matches=tally.tiers.total(),
        tiers={tier: tally.tiers[tier] for tier in Tier},
        days=tuple(
            Day(day=day, articles=articles, matches=tally.days[day]) for day, articles in sorted(totals.days.items())
        ),
        samples=tuple(reversed(tally.samples)),
        terms=tuple(sorted(_terms(tally, totals), key=lambda hits: (-hits.matches, -hits.articles, hits.term))),
        dead_terms=tuple(sorted(term for term in tally.wanted if not totals.terms[term])),
    )


def _terms(tally: _Tally, totals: _Totals) -> Iterator[TermHits]:
    for excludes, terms in ((False, tally.wanted), (True, tally.barred)):
        for term in terms:
            yield TermHits(
                term=term,
                articles=totals.terms[term],
                matches=0 if excludes else tally.terms[term],
                excludes=excludes,
            )
