"""`topics suggest`: words that a topic's matches use far more often than other articles, as candidate terms.

Log-odds with a prior, by their standard deviation (after Monroe, Colaresi and Quinn, "Fightin' Words", 2008): a
plain ratio would put every misspelling of a single match first. The prior is Jeffreys', half a use on either
side: one in proportion to all words, as in the paper, would never propose a name that only matches have. Words are
counted, not articles, because matches tend to be longer, which would make "said" a term. Names of several words
(`runs`) are proposed in place of the words in them. Nothing is proposed in scripts without spaces, where a token is one
character, nor from fewer than `ENOUGH` matches.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.match import TopicIndex
from monitor.match.terms import ABOUT, anywhere, expanded
from monitor.model.match import Document, Evidence, Field, Match
from monitor.model.topic import Rule, Topic
from monitor.text import STOP_WORDS, Word, is_unspaced, tokenise
from monitor.workbench.entry import Entry, Finding, finding
from monitor.workbench.probe import probe
from monitor.workbench.runs import LONGEST, WHOLE, Runs, name_of, runs_of

ENOUGH = 20
"""The fewest matches from which words are proposed. Measured on 3,329 polled items of three sites, twelve topics of
which some of 50 to 250 matches were kept: of the ten best words, .70 tell the topic's other matches apart as well (by
`MIN_SCORE`) if they are learned from 15 matches, .76 from 20, .81 from 30 or 50. On a stream of 36,558 items a reader
called the words noise below some 20.
"""

PRIOR_USES = 0.5
MIN_MATCHES = 3
MIN_SCORE = 2.0
"""Standard deviations; less may be chance."""

MIN_LETTERS = 3
CONTEXT_CHARACTERS = 40
FIELDS: tuple[Field, ...] = ("text", "title")
"""The headline last: where a word stands in both, it is shown there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A word or name as the matches mostly write it, and in how many `matches` and `others` it stands.

    `score`: by how many standard deviations its odds in the matches exceed those elsewhere. `example`: the
    latest match with it; its evidence is the word, its reason what stands around that.
    """

    term: str
    matches: int
    others: int
    score: float
    example: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """Of `articles` read, `matches` match; the words that tell these apart, best first. None is proposed where the
    matches are `too_few`: fewer than `enough`.
    """

    topic: str
    articles: int
    matches: int
    enough: int
    words: tuple[Suggestion, ...]

    @property
    def too_few(self) -> bool:
        return self.matches < self.enough


@dataclass(slots=True)
class _Counts:
    """Of a set of articles: how many they are, their words in all, and of each candidate how often and in how many."""

    articles: int = 0
    words: int = 0
    uses: Counter[str] = field(default_factory=Counter)
    holders: Counter[str] = field(default_factory=Counter)

    def add(self, words: int, used: Sequence[str]) -> None:
        self.articles += 1
        self.words += words
        self.uses.update(used)
        self.holders.update(set(used))


@dataclass(slots=True)
class _Matches:
    """The words of the matches: how they are written, where they stand, and those that made them match. `places` are
    the places of the matches among all articles.
    """

    counts: _Counts = field(default_factory=_Counts)
    runs: Runs = field(default_factory=Runs)
    places: set[int] = field(default_factory=set)
    found: set[str] = field(default_factory=set)
    forms: dict[str, Counter[str]] = field(default_factory=dict)
    examples: dict[str, Finding] = field(default_factory=dict)

    def add(self, place: int, entry: Entry, match: Match, names: Sequence[str]) -> None:
        self.places.add(place)
        self.found |= {token.word.key for hit in match.evidence for token in tokenise(hit.found)}
        words = {name: hit for field_ in FIELDS for name, hit in candidates(entry.document, field_)}
        self.counts.add(len(names), [name for name in names if name in words])
        self.runs.add([name for field_ in FIELDS for name, _ in run_candidates(entry.document, field_)], names)
        self.note(entry, words)

    def note(self, entry: Entry, found: Mapping[str, Evidence]) -> None:
        """How candidates are written in a match, and where they stand."""
        for name, hit in found.items():
            self.forms.setdefault(name, Counter())[hit.found] += 1
            self.examples[name] = _example(entry, hit)

    def settle(self, own: "_OwnWords") -> frozenset[str]:
        """The names of several words, which from now on are candidates, in place of the words in them."""
        names = frozenset(run for run in self.runs.names(MIN_MATCHES) if run not in own)
        for run in names:
            self.counts.uses[run] = self.runs.uses[run]
            self.counts.holders[run] = self.runs.holders[run]
            for word in run.split():
                if self.runs.uses[run] >= WHOLE * self.counts.uses[word]:
                    self.examples.pop(word, None)
        return names


def suggestions(
    read: Callable[[], Iterable[Entry]],
    topic: Topic,
    lists: Mapping[str, Sequence[str]],
    *,
    limit: int = 20,
    enough: int = ENOUGH,
) -> Suggestions:
    """At most `limit` words and names, and none from fewer than `enough` matches. `read` is called twice and gives the
    same articles: first to find the matches, then to count their words in all, so that only the words of matches are
    held in memory.
    """
    index = TopicIndex([replace(topic, enabled=True)], lists)
    matches, everything = _Matches(), _Counts()
    memory: dict[str, Word] = {}
    articles = 0
    for articles, entry in enumerate(read(), 1):
        for match in index.matches(entry.document):
            matches.add(articles, entry, match, _names(entry.document, memory))
    best: list[Suggestion] = []
    if matches.counts.articles >= enough:
        own = _OwnWords(topic, lists, matches.found)
        _count(read(), matches, matches.settle(own), everything, memory)
        words = (_suggestion(word, matches, everything) for word in matches.examples if word not in own)
        best = sorted(filter(None, words), key=lambda each: (-each.score, each.term))[:limit]
    return Suggestions(
        topic=topic.name, articles=articles, matches=matches.counts.articles, enough=enough, words=tuple(best)
    )


def _count(
    entries: Iterable[Entry], matches: _Matches, runs: frozenset[str], everything: _Counts, memory: dict[str, Word]
) -> None:
    """Count the candidates in all articles, and see how names of several words are written in the matches."""
    begin = {run.partition(" ")[0] for run in runs}
    for place, entry in enumerate(entries, 1):
        names = _names(entry.document, memory)
        inside = [
            run
            for first, name in enumerate(names)
            if name in begin
            for run in (" ".join(names[first : first + words]) for words in range(2, LONGEST + 1))
            if run in runs
        ]
        if place in matches.places:
            found = (each for field_ in FIELDS for each in run_candidates(entry.document, field_))
            matches.note(entry, {run: hit for run, hit in found if run in runs})
        everything.add(len(names), [*inside, *(name for name in names if name in matches.examples)])


class _OwnWords:
    """The words that a topic's terms find already, alone or as a part of a phrase."""

    def __init__(self, topic: Topic, lists: Mapping[str, Sequence[str]], found: set[str]) -> None:
        groups = (group for rule in topic.rules for group in (*rule.all, rule.none))
        terms = [anywhere(term) for group in groups for term in expanded(group, lists)]
        words = [term for term in terms if not term.startswith(tuple(ABOUT))]
        self._keys = found | {token.word.key for term in words for token in tokenise(term)}
        self._index = TopicIndex([probe(0, Rule(all=(tuple(terms),)))], {})

    def __contains__(self, word: str) -> bool:
        return word.lower() in self._keys or bool(self._index.matches(Document(title=word, text="")))


def _names(document: Document, memory: dict[str, Word]) -> list[str]:
    """What each word of an article is counted under."""
    return [name_of(token) for text in (document.title, document.text) for token in tokenise(text, memory)]


def candidates(document: Document, field_: Field) -> Iterator[tuple[str, Evidence]]:
    """The words that could be terms, by the name they are counted under, and where they stand."""
    text: str = getattr(document, field_)
    for token in tokenise(text):
        name, (_, start, end) = name_of(token), token
        is_long_enough = len(name) >= MIN_LETTERS or token.word.caps
        if is_long_enough and name not in STOP_WORDS and not is_unspaced(token) and not name[0].isdigit():
            yield name, _hit(name, text, field_, start, end)


def run_candidates(document: Document, field_: Field) -> Iterator[tuple[str, Evidence]]:
    """The same for runs of words that could be names."""
    text: str = getattr(document, field_)
    for run, start, end in runs_of(text, tokenise(text)):
        yield run, _hit(run, text, field_, start, end)


def _hit(name: str, text: str, field_: Field, start: int, end: int) -> Evidence:
    return Evidence(group=0, term=name, found=text[start:end], field=field_, start=start, end=end)


def _context(document: Document, place: Evidence) -> str:
    text: str = getattr(document, place.field)
    start, end = max(0, place.start - CONTEXT_CHARACTERS), place.end + CONTEXT_CHARACTERS
    words = text[start:end].split()
    whole = words[bool(start) : len(words) - (end < len(text))] or [place.found]
    return " ".join([*(["…"] if start else []), *whole, *(["…"] if end < len(text) else [])])


def _example(entry: Entry, hit: Evidence) -> Finding:
    return replace(finding(entry, None, _context(entry.document, hit)), evidence=(hit,))


def _suggestion(word: str, matches: _Matches, everything: _Counts) -> Suggestion | None:
    """None if the word is too rare in the matches, or not clearly more frequent there."""
    inside = matches.counts
    uses, words = inside.uses[word], inside.words
    score = _score(uses, words, everything.uses[word] - uses, everything.words - words)
    if inside.holders[word] < MIN_MATCHES or score < MIN_SCORE:
        return None
    ((form, _),) = matches.forms[word].most_common(1)
    return Suggestion(
        term=form,
        matches=inside.holders[word],
        others=everything.holders[word] - inside.holders[word],
        score=round(score, 1),
        example=matches.examples[word],
    )


def _score(inside: int, inside_words: int, outside: int, outside_words: int) -> float:
    """The difference of a word's log-odds in the matches and elsewhere, in standard deviations."""
    used = (inside + PRIOR_USES, outside + PRIOR_USES)
    not_used = (inside_words - inside + PRIOR_USES, outside_words - outside + PRIOR_USES)
    difference = math.log(used[0] / not_used[0]) - math.log(used[1] / not_used[1])
    return difference / math.sqrt(sum(1 / count for count in (*used, *not_used)))
