"""The words that any topic looks for, and an article read with them in mind.

Everything that decides whether a word of a text hits a needle is here: plurals, prefixes, capitals, the
open and hyphenated forms of a compound. Rules see only positions. The cost of a word is one look-up in a
memory of words already judged, so it does not grow with the number of topics.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from monitor.match.plural import plurals
from monitor.match.terms import HYPHENATING, PREFIX, SHORTEST_COMPOUND, Term
from monitor.model.match import Document, Evidence, Field
from monitor.text import (
    LONGEST_WORD,
    MEMORY_WORDS,
    STOP_WORDS,
    WORD,
    Token,
    Word,
    bare,
    glue,
    is_shouting,
    is_unspaced,
    read_word,
    same_sentence,
    tokenise,
)

SHORTEST_HALF = 3
"""Letters in each half of a compound written open: "a broad" is not "abroad"."""

Span = tuple[int, int]
"""First and last position of a hit. Positions number the words, title first, then on through the text;
in a script without spaces every character is a word.
"""


class Judged(NamedTuple):
    """A word, the needles it hits, and whether a compound that some needle looks for begins with it."""

    word: Word
    needles: tuple[str, ...]
    is_beginning: bool


@dataclass(frozen=True, kw_only=True)  # without slots, for `tokens` to be kept
class Reading:
    """An article with the positions at which needles were hit, in ascending order."""

    document: Document
    title_size: int
    size: int
    hits: dict[str, list[Span]]
    memory: dict[str, Word]

    @cached_property
    def tokens(self) -> Sequence[Token]:
        """The words with their places. They cost more than all the rest, and most articles need none."""
        return tokenise(self.document.title, self.memory) + tokenise(self.document.text, self.memory)

    def spans(self, term: Term) -> list[Span]:
        """Where the term is found, in order."""
        hit = self.hits
        found = {span for sequence in term.sequences if sequence[0] in hit for span in self._runs(sequence)}
        return sorted(span for span in found if self._is_admitted(term, span)) if found else []

    def _runs(self, sequence: Sequence[str]) -> list[Span]:
        runs = self.hits[sequence[0]]
        for needle in sequence[1:]:
            ends = dict(self.hits.get(needle, ()))
            runs = [(first, ends[last + 1]) for first, last in runs if last + 1 in ends]
        return runs

    def _is_admitted(self, term: Term, span: Span) -> bool:
        first, last = span
        if first < self.title_size <= last or (term.title_only and last >= self.title_size):
            return False
        if term.exact and term.exact != tuple(bare(self.found(place, place)) for place in range(first, last + 1)):
            return False
        return all(self._flows_on(place) for place in range(first, last))

    def _flows_on(self, place: int) -> bool:
        """Whether a phrase may go on from this word to the next: within a sentence; in Chinese only over space."""
        left, right = self.tokens[place], self.tokens[place + 1]
        if is_unspaced(left) and is_unspaced(right):
            return not self._source(place)[left.end : right.start].strip()
        return same_sentence(self._source(place), left, right)

    def found(self, first: int, last: int) -> str:
        """The words from `first` to `last` as the article has them."""
        return self._source(first)[self.tokens[first].start : self.tokens[last].end]

    def glued(self, place: int) -> str:
        """What `text.glue` finds between this word and the next; nothing from the title to the text."""
        if place + 1 == self.title_size:
            return ""
        return glue(self._source(place), self.tokens[place], self.tokens[place + 1])

    def _source(self, place: int) -> str:
        return self.document.title if place < self.title_size else self.document.text

    def evidence(self, group: int, term: Term, span: Span) -> Evidence:
        first, last = span
        field: Field = "title" if first < self.title_size else "text"
        return Evidence(
            group=group,
            term=term.written,
            found=self.found(first, last),
            field=field,
            start=self.tokens[first].start,
            end=self.tokens[last].end,
        )


class Vocabulary:
    """All needles of all topics. It keeps two bounded memories, of word forms and of what they hit."""

    def __init__(self, needles: Iterable[str]) -> None:
        self._words = frozenset(needles)
        self._prefixes = frozenset(needle[:-1] for needle in self._words if needle.endswith(PREFIX))
        self._prefix_sizes = tuple(sorted({len(prefix) for prefix in self._prefixes}))
        self._plurals: dict[str, tuple[str, ...]] = {}
        for needle in sorted(self._words):
            for plural in plurals(needle) if not needle.isupper() else ():
                self._plurals[plural] = (*self._plurals.get(plural, ()), needle)
        forms = frozenset(map(str.lower, self._words))
        self._forms = forms | self._plurals.keys()
        self._beginnings = frozenset(form[:size] for form in forms for size in range(1, len(form.removesuffix(PREFIX))))
        self._memory: dict[str, Word] = {}
        self._known: dict[str, Judged] = {}

    def read(self, document: Document) -> Reading:
        """The article with every hit of every needle."""
        title, text = self._judged(document.title), self._judged(document.text)
        size = len(title) + len(text)
        reading = Reading(document=document, title_size=len(title), size=size, hits={}, memory=self._memory)
        self._mark(title + text, reading)
        return reading

    def _judged(self, text: str) -> list[Judged]:
        known = self._known
        judged = [known.get(raw) or self._learned(raw) for raw in WORD.findall(text)]
        if not is_shouting([word for word, _, _ in judged]):
            return judged
        return [self._judge(token.word) for token in tokenise(text, self._memory)]

    def _learned(self, raw: str) -> Judged:
        if len(raw) > LONGEST_WORD:
            return self._judge(read_word(raw[:LONGEST_WORD]))
        if len(self._known) >= MEMORY_WORDS:
            self._known.clear()
        return self._known.setdefault(sys.intern(raw), self._judge(read_word(raw)))

    def _judge(self, word: Word) -> Judged:
        return Judged(word, self._needles(word), word.key in self._beginnings)

    def _mark(self, words: Sequence[Judged], reading: Reading) -> None:
        hits, last = reading.hits, len(words) - 1
        for place, (left, needles, is_beginning) in enumerate(words):
            for needle in needles:
                hits.setdefault(needle, []).append((place, place))
            if is_beginning and place < last:
                for needle in self._compound_needles(left, words[place + 1].word, place, reading):
                    hits.setdefault(needle, []).append((place, place + 1))

    def _needles(self, word: Word, *, longer_than: int = 0) -> tuple[str, ...]:
        """What the word hits; of prefixes only those with more letters than `longer_than`."""
        key = word.key
        found = [form for form in (key, word.caps) if form in self._words]
        if word.may_be_plural:
            found += self._plurals.get(key, ())
        for size in self._prefix_sizes:
            if longer_than < size <= len(key) and key[:size] in self._prefixes:
                found.append(key[:size] + PREFIX)
        return tuple(found)

    def _compound_needles(self, left: Word, right: Word, place: int, reading: Reading) -> tuple[str, ...]:
        """What two neighbours hit when read as one word; their halves are marked on their own."""
        closed, size = left.key + right.key, len(left.key)
        if not self._may_hit(closed, longer_than=size):
            return ()
        between = reading.glued(place)
        if between == " " and is_open_compound(left.key, right.key):
            return self._needles(Word(closed, "", may_be_plural=True), longer_than=size)
        if between in HYPHENATING:
            raw = reading.found(place, place) + reading.found(place + 1, place + 1)
            return self._needles(read_word(raw), longer_than=size)
        return ()

    def _may_hit(self, key: str, *, longer_than: int) -> bool:
        """A quick no for most neighbours, before it is looked up what stands between them."""
        sizes = self._prefix_sizes
        return key in self._forms or any(key[:size] in self._prefixes for size in sizes if size > longer_than)


def is_open_compound(left: str, right: str) -> bool:
    """Whether two words with a space between may be a compound: neither short, nor one like "the" or "for"."""
    is_long = min(len(left), len(right)) >= SHORTEST_HALF and len(left) + len(right) >= SHORTEST_COMPOUND
    return is_long and left not in STOP_WORDS and right not in STOP_WORDS
