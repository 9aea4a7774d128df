"""The page's workbench: what a draft of a topic finds, beside the topic as it is, while articles pass.

Figures can be asked for at any time, so that the first ones are shown before the last article has passed.
"""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from monitor.match import TopicIndex
from monitor.match.terms import expanded
from monitor.model.match import Match
from monitor.model.topic import Rule, Topic
from monitor.workbench.entry import Entry, Finding, finding
from monitor.workbench.probe import MARK, probe
from monitor.workbench.trial import Day, TermHits

SAMPLES = 20
"""Articles that are shown of those that enter, leave and match, the latest of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a draft finds in the articles that have passed."""

    articles: int
    """How many have passed."""
    before: int
    """How many the topic matches as it is."""
    matches: int
    """How many the draft matches."""
    entered: int
    """How many it matches that the topic does not."""
    left: int
    """How many the topic matches that it does not."""
    enters: tuple[Finding, ...]
    """The latest that enter, newest first."""
    leaves: tuple[Finding, ...]
    """The latest that leave, newest first; the reason says why they no longer match."""
    latest: tuple[Finding, ...]
    """The latest matches, newest first."""
    days: tuple[Day, ...]
    """Days on which articles came (UTC)."""
    terms: tuple[TermHits, ...]
    """Terms, most found first, lists expanded."""
    dead_terms: tuple[str, ...]
    """Terms of groups that no article has."""
    is_whole: bool
    """Whether no more articles are to pass."""


class Tuning:
    """Counts what a draft finds. `old` is None for a topic that is not there yet."""

    def __init__(self, old: Topic | None, new: Topic, lists: Mapping[str, Sequence[str]]) -> None:
        self._old = replace(old or new, name=f"{MARK}old", enabled=True)
        self._new = replace(new, name=f"{MARK}new", enabled=True)
        self._has_old = old is not None
        self._wanted = {term for rule in new.rules for group in rule.all for term in expanded(group, lists)}
        barred = {term for rule in new.rules for term in expanded(rule.none, lists)}
        self._barred = barred - self._wanted
        terms = sorted(self._wanted | self._barred)
        probes = [probe(number, Rule(all=((term,),))) for number, term in enumerate(terms)]
        self._term_of = {each.name: term for each, term in zip(probes, terms, strict=True)}
        topics = [self._new, *([self._old] if self._has_old else []), *probes]
        self._index = TopicIndex(topics, lists)
        self._articles = self._before = self._matches = self._entered = self._left = 0
        self._days, self._day_matches = Counter[date](), Counter[date]()
        self._heard, self._in_matches = Counter[str](), Counter[str]()
        self._enters, self._latest = deque[Finding](maxlen=SAMPLES), deque[Finding](maxlen=SAMPLES)
        self._leaves = deque[tuple[Entry, Match]](maxlen=SAMPLES)

    def add(self, entry: Entry) -> None:
        """One more article."""
        found = {match.topic: match for match in self._index.matches(entry.document)}
        new, old = found.pop(self._new.name, None), found.pop(self._old.name, None)
        heard = [self._term_of[name] for name in found]
        self._articles += 1
        self._heard.update(heard)
        if entry.day:
            self._days[entry.day] += 1
        self._before += old is not None
        if new is not None:
            self._add_match(entry, new, heard)
        if self._has_old and (new is None) != (old is None):
            self._differ(entry, new, old)

    def _add_match(self, entry: Entry, new: Match, heard: Sequence[str]) -> None:
        self._matches += 1
        self._in_matches.update(heard)
        self._latest.append(finding(entry, new))
        if entry.day:
            self._day_matches[entry.day] += 1

    def _differ(self, entry: Entry, new: Match | None, old: Match | None) -> None:
        if old is None:
            self._entered += 1
            self._enters.append(finding(entry, new))
        else:
            self._left += 1
            self._leaves.append((entry, old))

    def _leaving(self, entry: Entry, old: Match) -> Finding:
        return finding(entry, old, str(self._index.explain(self._new.name, entry.document)))

    def figures(self, *, is_whole: bool) -> Figures:
        """What was found until now."""
        days = tuple(
            Day(day=day, articles=count, matches=self._day_matches[day]) for day, count in sorted(self._days.items())
        )
        return Figures(
            articles=self._articles,
            before=self._before,
            matches=self._matches,
            entered=self._entered,
            left=self._left,
            enters=tuple(reversed(self._enters)),
            leaves=tuple(self._leaving(*each) for each in reversed(self._leaves)),
            latest=tuple(reversed(self._latest)),
            days=days,
            terms=tuple(sorted(self._terms(), key=lambda hits: (-hits.matches, -hits.articles, hits.term))),
            dead_terms=tuple(sorted(term for term in self._wanted if not self._heard[term])),
            is_whole=is_whole,
        )

    def _terms(self) -> Iterator[TermHits]:
        for excludes, terms in ((False, self._wanted), (True, self._barred)):
            for term in terms:
                matches = 0 if excludes else self._in_matches[term]
                yield TermHits(term=term, articles=self._heard[term], matches=matches, excludes=excludes)
