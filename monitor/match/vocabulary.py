"""The words that any topic looks for, and an article read with them in mind.

Everything that decides whether a word of a text hits a needle is here: plurals, prefixes, capitals, the
open and hyphenated forms of a compound. Rules see only positions. The cost of a word is one look-up in a
memory of words already judged, so it does not grow with the number of topics.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.match.plural import plurals
from monitor.match.terms import HYPHENATING, PREFIX, SHORTEST_COMPOUND, Term
from monitor.model.match import Document, Evidence, Field
from monitor.text import (
    MEMORY_WORDS,
    STOP_WORDS,
    Token,
    Word,
    bare,
    glue,
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

Known = tuple[tuple[str, ...], bool]
"""The needles a word hits, and whether a compound some needle looks for begins with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An article with the positions at which needles were hit, in ascending order."""

    document: Document
    tokens: Sequence[Token]
    title_size: int
    hits: dict[str, list[Span]]

    def spans(self, term: Term) -> list[Span]:
        """Where the term is found, in order."""
        found = {span for sequence in term.sequences for span in self._runs(sequence)}
        return sorted(span for span in found if self._is_admitted(term, span))

    def _runs(self, sequence: Sequence[str]) -> list[Span]:
        runs = self.hits.get(sequence[0], [])
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
        self._beginnings = frozenset(
            form[:size] for form in map(str.lower, self._words) for size in range(1, len(form.removesuffix(PREFIX)))
        )
        self._folds: dict[str, Word] = {}
        self._known: dict[Word, Known | tuple[()]] = {}

    def read(self, document: Document) -> Reading:
        """The article with every hit of every needle."""
        title, text = tokenise(document.title, self._folds), tokenise(document.text, self._folds)
        hits: dict[str, list[Span]] = {}
        self._mark(document.title, title, 0, hits)
        self._mark(document.text, text, len(title), hits)
        return Reading(document=document, tokens=title + text, title_size=len(title), hits=hits)

    def _mark(self, source: str, tokens: Sequence[Token], offset: int, hits: dict[str, list[Span]]) -> None:
        memory = self._known
        for index, (word, _, _) in enumerate(tokens):
            known = memory.get(word)
            if known is None:
                known = self._learned(word)
            if not known:
                continue
            needles, is_beginning = known
            place = offset + index
            for needle in needles:
                hits.setdefault(needle, []).append((place, place))
            if is_beginning and index + 1 < len(tokens):
                for needle in self._compound_needles(source, tokens[index], tokens[index + 1]):
                    hits.setdefault(needle, []).append((place, place + 1))

    def _learned(self, word: Word) -> Known | tuple[()]:
        if len(self._known) >= MEMORY_WORDS:
            self._known.clear()
        needles, is_beginning = self._needles(word), word.key in self._beginnings
        return self._known.setdefault(word, (needles, is_beginning) if needles or is_beginning else ())

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

    def _compound_needles(self, source: str, left: Token, right: Token) -> tuple[str, ...]:
        """What two neighbours hit when read as one word; their halves are marked on their own."""
        between, size = glue(source, left, right), len(left.word.key)
        if between == " " and is_open_compound(left.word.key, right.word.key):
            return self._needles(Word(left.word.key + right.word.key, "", may_be_plural=True), longer_than=size)
        if between in HYPHENATING:
            closed = source[left.start : left.end] + source[right.start : right.end]
            return self._needles(read_word(closed), longer_than=size)
        return ()


def is_open_compound(left: str, right: str) -> bool:
    """Whether two words with a space between may be a compound: neither short, nor one like "the" or "for"."""
    is_long = min(len(left), len(right)) >= SHORTEST_HALF and len(left) + len(right) >= SHORTEST_COMPOUND
    return is_long and left not in STOP_WORDS and right not in STOP_WORDS
