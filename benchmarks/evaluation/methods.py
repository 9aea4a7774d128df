r"""Ours and four simpler ways to find the same topics, each asked about the same documents with the same words.

    substring   the term anywhere, whatever its case
    \bword\b    a case-insensitive regular expression with word boundaries; `word*` goes on to the next boundary
    stem all    terms and texts cut down to their Snowball stems (English)
    FTS5        full-text search of SQLite with its porter tokeniser

They keep rules as far as they can: groups, several rules, exclusions, "in the headline" and, for stems, `word*` as
all the words of the documents that begin so. They know no `near`, case, acronym, compound or `=`.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import snowballstemmer

from monitor import config
from monitor.match import TopicIndex
from monitor.match.terms import EXACT, PREFIX, TITLE, expanded
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic

WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Topics with the lists they name."""

    topics: Sequence[Topic]
    lists: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class PlainTerm:
    """A term without what the simpler methods cannot do: lower case, no `=`."""

    text: str
    title_only: bool
    open_ended: bool


Verdicts = Mapping[str, frozenset[int]]
"""By topic: the numbers of the documents it holds for."""

Finder = Callable[[PlainTerm], frozenset[int]]
"""The numbers of the documents that have the term."""

Method = Callable[[Rules, Sequence[Document]], Verdicts]


def rules_in(file: Path) -> Rules:
    """Raises ConfigError if they are wrong."""
    settings = config.load(file, {}, is_draft=True)
    return Rules(topics=settings.topics, lists=settings.lists)


def ours(rules: Rules, documents: Sequence[Document]) -> Verdicts:
    index = TopicIndex(rules.topics, rules.lists)
    found = [{match.topic for match in index.matches(document)} for document in documents]
    return {
        topic.name: frozenset(number for number, names in enumerate(found) if topic.name in names)
        for topic in rules.topics
    }


def by(finder: Callable[[Sequence[Document]], Finder]) -> Method:
    """The method that has only a way to find one term."""

    def method(rules: Rules, documents: Sequence[Document]) -> Verdicts:
        find = cache(finder(documents))
        return {
            topic.name: frozenset().union(*(_held(rule, rules.lists, find) for rule in topic.rules))
            for topic in rules.topics
        }

    return method


def _held(rule: Rule, lists: Mapping[str, Sequence[str]], find: Finder) -> frozenset[int]:
    def any_of(terms: Sequence[str]) -> frozenset[int]:
        return frozenset().union(*(find(plain_term(term)) for term in expanded(terms, lists)))

    return frozenset.intersection(*map(any_of, rule.all)) - any_of(rule.none)


def plain_term(written: str) -> PlainTerm:
    body = written.removeprefix(TITLE).removeprefix(EXACT)
    return PlainTerm(body.removesuffix(PREFIX).lower(), written.startswith(TITLE), body.endswith(PREFIX))


def _readings(documents: Iterable[Document]) -> list[tuple[str, str]]:
    """Of each document all it says, and its title alone, in small letters."""
    return [(f"{each.title}\n{each.text}".lower(), each.title.lower()) for each in documents]


def substring(documents: Sequence[Document]) -> Finder:
    readings = _readings(documents)
    return lambda term: frozenset(
        number for number, reading in enumerate(readings) if term.text in reading[term.title_only]
    )


def whole_word(documents: Sequence[Document]) -> Finder:
    readings = _readings(documents)

    def find(term: PlainTerm) -> frozenset[int]:
        ending = r"\w*\b" if term.open_ended else r"\b"
        pattern = re.compile(rf"\b{re.escape(term.text)}{ending}")
        return frozenset(number for number, reading in enumerate(readings) if pattern.search(reading[term.title_only]))

    return find


def stems(documents: Sequence[Document]) -> Finder:
    stem: Callable[[str], str] = cache(snowballstemmer.stemmer("english").stemWord)

    def stemmed(text: str) -> str:
        return f" {' '.join(map(stem, WORD.findall(text)))} "

    readings = _readings(documents)
    vocabulary = words_of(documents)
    texts = [tuple(map(stemmed, reading)) for reading in readings]

    def find(term: PlainTerm) -> frozenset[int]:
        wanted = {stemmed(form) for form in forms(term, vocabulary)}
        return frozenset(
            number for number, text in enumerate(texts) if any(form in text[term.title_only] for form in wanted)
        )

    return find


def full_text_search(documents: Sequence[Document]) -> Finder:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE article USING fts5(title, body, tokenize='porter unicode61')")
    rows = [(number, each.title, each.text) for number, each in enumerate(documents)]
    database.executemany("INSERT INTO article(rowid, title, body) VALUES (?, ?, ?)", rows)
    vocabulary = words_of(documents)

    def find(term: PlainTerm) -> frozenset[int]:
        phrases = " OR ".join('"' + form.replace('"', '""') + '"' for form in forms(term, vocabulary))
        query = f"title : ({phrases})" if term.title_only else phrases
        found = database.execute("SELECT rowid FROM article WHERE article MATCH ?", [query]) if phrases else ()
        return frozenset(number for (number,) in found)

    return find


def words_of(documents: Iterable[Document]) -> frozenset[str]:
    return frozenset(word for reading, _ in _readings(documents) for word in WORD.findall(reading))


def forms(term: PlainTerm, vocabulary: frozenset[str]) -> list[str]:
    """The term, or if it is open at its end, all that it can become with the words there are."""
    if not term.open_ended:
        return [term.text]
    before, beginning = re.fullmatch(r"(.*?)(\w*)", term.text, re.DOTALL).groups()  # type: ignore[union-attr]  # it always matches
    return sorted(before + word for word in vocabulary if word.startswith(beginning))


METHODS: Mapping[str, Method] = {
    "ours": ours,
    "substring": by(substring),
    r"`\bword\b`": by(whole_word),
    "stem all": by(stems),
    "FTS5 porter": by(full_text_search),
}
