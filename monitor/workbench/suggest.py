"""`topics suggest`: words that a topic's matches use far more often than other articles, as candidate terms.

Log-odds with a prior, by their standard deviation (after Monroe, Colaresi and Quinn, "Fightin' Words", 2008): a
plain ratio would put every misspelling of a single match first. The prior is Jeffreys', half a use on either
side: one in proportion to all words, as in the paper, would never propose a name that only matches have. Words are
counted, not articles, because matches tend to be longer, which would make "said" a term. It proposes no
phrases, and nothing in scripts without spaces, where a token is one character.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.match import TopicIndex
from monitor.match.terms import ABOUT, TITLE, expanded
from monitor.model.match import Document, Evidence, Field, Match
from monitor.model.topic import Rule, Topic
from monitor.text import STOP_WORDS, Token, Word, is_unspaced, tokenise
from monitor.workbench.entry import Entry, Finding, finding
from monitor.workbench.probe import probe

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
    """A word as the matches mostly write it, and in how many `matches` and `others` it stands.

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
    """Of `articles` read, `matches` match; the words that tell these apart, best first."""

    topic: str
    articles: int
    matches: int
    words: tuple[Suggestion, ...]


@dataclass(slots=True)
class _Counts:
    """Of a set of articles: how many they are, their words in all, and of each word how often and in how many."""

    articles: int = 0
    words: int = 0
    uses: Counter[str] = field(default_factory=Counter)
    holders: Counter[str] = field(default_factory=Counter)

    def add(self, names: Sequence[str], wanted: Collection[str]) -> None:
        used = [name for name in names if name in wanted]
        self.articles += 1
        self.words += len(names)
        self.uses.update(used)
        self.holders.update(set(used))


@dataclass(slots=True)
class _Matches:
    """The words of the matches: how they are written, where they stand, and those that made them match."""

    counts: _Counts = field(default_factory=_Counts)
    found: set[str] = field(default_factory=set)
    forms: dict[str, Counter[str]] = field(default_factory=dict)
    examples: dict[str, Finding] = field(default_factory=dict)

    def add(self, entry: Entry, match: Match, names: Sequence[str]) -> None:
        self.found |= {token.word.key for hit in match.evidence for token in tokenise(hit.found)}
        places = {name: place for field_ in FIELDS for name, place in _candidates(entry.document, field_)}
        self.counts.add(names, places)
        for name, place in places.items():
            self.forms.setdefault(name, Counter())[place.found] += 1
            self.examples[name] = finding(entry, replace(match, evidence=(place,)), _context(entry.document, place))


def suggestions(
    read: Callable[[], Iterable[Entry]], topic: Topic, lists: Mapping[str, Sequence[str]], *, limit: int = 20
) -> Suggestions:
    """At most `limit` words. `read` is called twice and gives the same articles: first to find the matches, then
    to count their words in all, so that only the words of matches are held in memory.
    """
    index = TopicIndex([replace(topic, enabled=True)], lists)
    matches, everything = _Matches(), _Counts()
    memory: dict[str, Word] = {}
    for entry in read():
        for match in index.matches(entry.document):
            matches.add(entry, match, _names(entry.document, memory))
    for entry in read():
        everything.add(_names(entry.document, memory), matches.examples)
    own = _OwnWords(topic, lists, matches.found)
    words = (_suggestion(word, matches, everything) for word in matches.examples if word not in own)
    best = sorted(filter(None, words), key=lambda each: (-each.score, each.term))[:limit]
    return Suggestions(
        topic=topic.name, articles=everything.articles, matches=matches.counts.articles, words=tuple(best)
    )


class _OwnWords:
    """The words that a topic's terms find already, alone or as a part of a phrase."""

    def __init__(self, topic: Topic, lists: Mapping[str, Sequence[str]], found: set[str]) -> None:
        groups = (group for rule in topic.rules for group in (*rule.all, rule.none))
        terms = [term.removeprefix(TITLE) for group in groups for term in expanded(group, lists)]
        words = [term for term in terms if not term.startswith(tuple(ABOUT))]
        self._keys = found | {token.word.key for term in words for token in tokenise(term)}
        self._index = TopicIndex([probe(0, Rule(all=(tuple(terms),)))], {})

    def __contains__(self, word: str) -> bool:
        return word.lower() in self._keys or bool(self._index.matches(Document(title=word, text="")))


def _names(document: Document, memory: dict[str, Word]) -> list[str]:
    """What each word of an article is counted under."""
    return [_name(token) for text in (document.title, document.text) for token in tokenise(text, memory)]


def _candidates(document: Document, field_: Field) -> Iterator[tuple[str, Evidence]]:
    """The words that could be terms, and where they stand."""
    text: str = getattr(document, field_)
    for token in tokenise(text):
        name, (_, start, end) = _name(token), token
        is_long_enough = len(name) >= MIN_LETTERS or (name and token.word.caps)
        if is_long_enough and not is_unspaced(token) and not name[0].isdigit():
            yield name, Evidence(group=0, term=name, found=text[start:end], field=field_, start=start, end=end)


def _name(token: Token) -> str:
    """The folded word; of US and WHO the capitals, of us and who nothing."""
    return token.word.caps if token.word.key in STOP_WORDS else token.word.key


def _context(document: Document, place: Evidence) -> str:
    text: str = getattr(document, place.field)
    start, end = max(0, place.start - CONTEXT_CHARACTERS), place.end + CONTEXT_CHARACTERS
    words = text[start:end].split()
    whole = words[bool(start) : len(words) - (end < len(text))] or [place.found]
    return " ".join([*(["…"] if start else []), *whole, *(["…"] if end < len(text) else [])])


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
