"""The page's workbench: what a draft of a topic finds, beside the topic as it is, while articles pass.

Figures can be asked for at any time, so that the first ones are shown before the last article has passed.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from heapq import heappush, heappushpop
from types import MappingProxyType

from monitor.match import TopicIndex
from monitor.match.terms import expanded
from monitor.model.topic import Rule, Topic
from monitor.workbench.entry import Entry, Finding, finding
from monitor.workbench.probe import MARK, probe
from monitor.workbench.trial import Day, TermHits

SAMPLES = 20
"""Articles that are shown of those that enter, leave and match, the latest of each."""


NOTHING: Mapping[str, int] = MappingProxyType({})
EARLY = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a draft finds in the articles that have passed."""

    articles: int
    """How many they are of: all that were stored in that time, though only some of them need to be read."""
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
    """Days on which articles came that were read (UTC)."""
    terms: tuple[TermHits, ...]
    """Terms, most found first, lists expanded. Of one that was not counted `articles` is how many were read with it."""
    dead_terms: tuple[str, ...]
    """Terms of groups that no article has."""
    is_whole: bool
    """Whether no more articles are to pass."""


class _Newest:
    """The newest articles of those that are added in any order."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, float, int, Entry]] = []
        self._added = 0

    def add(self, entry: Entry) -> None:
        self._added += 1
        number = entry.id if isinstance(entry.id, (int, float)) else 0
        one = (entry.seen_at or EARLY, number, self._added, entry)
        if len(self._heap) < SAMPLES:
            heappush(self._heap, one)
        else:
            heappushpop(self._heap, one)

    def all(self) -> list[Entry]:
        """The newest first."""
        return [one[3] for one in sorted(self._heap, key=lambda one: one[:3], reverse=True)]


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
        self._index, self._shown = TopicIndex([*self.topics, *probes], lists), TopicIndex(self.topics, lists)
        self.read = self._before = self._matches = self._entered = self._left = 0
        self._days, self._day_matches = Counter[date](), Counter[date]()
        self._heard, self._in_matches = Counter[str](), Counter[str]()
        self._enters, self._leaves, self._latest = _Newest(), _Newest(), _Newest()

    @property
    def topics(self) -> tuple[Topic, ...]:
        """What is asked about each article: the draft, and the topic as it is."""
        return (self._new, *([self._old] if self._has_old else []))

    @property
    def unheard(self) -> tuple[str, ...]:
        """Terms of groups that no article has that has passed."""
        return tuple(sorted(self._wanted - self._heard.keys()))

    def by_matches(self) -> tuple[str, ...]:
        """All terms, those first that most matches have."""
        terms = sorted(self._wanted | self._barred)
        return tuple(sorted(terms, key=lambda term: (-self._in_matches[term], -self._heard[term])))

    def add(self, entry: Entry) -> None:
        """One more article."""
        found = self._index.matching(entry.document)
        is_new, is_old = self._new.name in found, self._old.name in found
        heard = [self._term_of[name] for name in found if name in self._term_of]
        self.read += 1
        self._heard.update(heard)
        if entry.day:
            self._days[entry.day] += 1
        self._before += is_old
        if is_new:
            self._add_match(entry, heard)
        if is_new and not is_old and self._has_old:
            self._entered += 1
            self._enters.add(entry)
        if is_old and not is_new:
            self._left += 1
            self._leaves.add(entry)

    def _add_match(self, entry: Entry, heard: Sequence[str]) -> None:
        self._matches += 1
        self._in_matches.update(heard)
        self._latest.add(entry)
        if entry.day:
            self._day_matches[entry.day] += 1

    def _found(self, entry: Entry, topic: Topic, reason: str = "") -> Finding:
        """What is shown of an article: only of these few is it asked what was found where."""
        matches = self._shown.matches(entry.document)
        return finding(entry, next((each for each in matches if each.topic == topic.name), None), reason)

    def _leaving(self, entry: Entry) -> Finding:
        return self._found(entry, self._old, str(self._shown.explain(self._new.name, entry.document)))

    def figures(
        self, *, articles: int, is_whole: bool, counted: Mapping[str, int] = NOTHING, dead: Sequence[str] = ()
    ) -> Figures:
        """What was found until now, of so many articles.

        `counted`: in how many articles terms are, as far as that is known; else it is how many of those read have it.
        `dead`: terms that no article has.
        """
        days = tuple(
            Day(day=day, articles=count, matches=self._day_matches[day]) for day, count in sorted(self._days.items())
        )
        return Figures(
            articles=articles,
            before=self._before,
            matches=self._matches,
            entered=self._entered,
            left=self._left,
            enters=tuple(self._found(each, self._new) for each in self._enters.all()),
            leaves=tuple(self._leaving(each) for each in self._leaves.all()),
            latest=tuple(self._found(each, self._new) for each in self._latest.all()),
            days=days,
            terms=tuple(sorted(self._terms(counted), key=lambda hits: (-hits.matches, -hits.articles, hits.term))),
            dead_terms=tuple(dead),
            is_whole=is_whole,
        )

    def _terms(self, counted: Mapping[str, int]) -> Iterator[TermHits]:
        for excludes, terms in ((False, self._wanted), (True, self._barred)):
            for term in terms:
                matches = 0 if excludes else self._in_matches[term]
                yield TermHits(
                    term=term, articles=counted.get(term, self._heard[term]), matches=matches, excludes=excludes
                )
