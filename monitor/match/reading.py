"""An article as it was read: which words stand where, and which needles they hit. Rules see only positions."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise

from monitor.match.terms import Term
from monitor.match.word_reading import (
    HALF_SPACE,
    INITIALS,
    JOINING_SIGNS,
    glue,
    has_hash,
    name_before_ending,
    token,
    tokens,
    word_in,
    word_spans,
)
from monitor.model.match import Document, Evidence, Field
from monitor.text import (
    Token,
    Word,
    bare,
    is_unspaced,
    same_sentence,
)

Span = tuple[int, int]
"""First and last position of a hit. Positions number the words, title first, then on through the text and the page,
and behind it those of author, category and URL; in a script without spaces every character is a word.
"""

APART = 1_000
"""Positions without words between the text and the page: the last words of the one are not near the first of the other.
"""

NOWHERE: Span = (0, 0)
"""Where these begin and end."""

Mark = tuple[int, int, tuple[str, ...]]
"""First and last position, and the needles that are hit there."""


@dataclass(eq=False, kw_only=True)  # without slots, for `tokens` to be kept; frozen would cost as much as its fields
class Reading:
    """An article, as much of it as is matched, with its marks: from and to which position it hits which needles, in no
    order. `size` words are its own: `title_size` of the title, up to `text_end` those of the text, then, if there is
    one, those of the page, `APART` positions further on; `about` says at which positions those of other fields begin.
    """

    document: Document
    title_size: int
    text_end: int
    size: int
    marks: list[Mark]
    memory: dict[str, Word]
    about: dict[Field, int]
    word: re.Pattern[str]
    is_turkish: bool = False

    @cached_property
    def needles(self) -> frozenset[str]:
        """All that are hit. Most articles need no more: nothing that is looked for has all its needles here."""
        return frozenset([needle for _, _, needles in self.marks for needle in needles])

    @cached_property
    def alone(self) -> frozenset[str]:
        """Those that a word hits by itself, and not only two or more words that are read as one."""
        return frozenset([needle for first, last, needles in self.marks if first == last for needle in needles])

    @cached_property
    def hits(self) -> Mapping[str, Sequence[Span]]:
        """Where each needle is hit, in ascending order."""
        hits: defaultdict[str, list[Span]] = defaultdict(list)
        for first, last, needles in sorted(self.marks):
            for needle in needles:
                hits[needle].append((first, last))
        return dict(hits)

    @cached_property
    def ends(self) -> Mapping[str, Mapping[int, int]]:
        """Of each needle where its hits end, by where they begin."""
        return {needle: dict(spans) for needle, spans in self.hits.items()}

    @cached_property
    def tokens_of_text(self) -> tuple[Sequence[Token], ...]:
        """The words of the title, of the text and of the page with their places in it."""
        texts = (self.document.title, self.document.text, self.document.page)
        return tuple(tokens(each, self.memory, self.word) for each in texts)

    @cached_property
    def spans_of_text(self) -> tuple[Sequence[Span], ...]:
        """Where in the title, the text and the page their words begin and end. Most articles need none."""
        texts = (self.document.title, self.document.text, self.document.page)
        return tuple([word_spans(each, self.word) for each in texts])

    @property
    def page_start(self) -> int:
        """The position of the page's first word."""
        return self.text_end + APART if self.document.page else self.text_end

    @cached_property
    def places(self) -> Sequence[Span]:
        """Where each word begins and ends in its field."""
        about = (word_spans(getattr(self.document, field), word_in(field)) for field in self.about)
        title, text, page = self.spans_of_text
        between = [NOWHERE] * (self.page_start - self.text_end)
        return list(chain.from_iterable((title, text, between, page, *about)))

    def token(self, place: int) -> Token:
        """The word there."""
        return token(self._source(place), self.places[place], self.memory)

    def spans(self, term: Term) -> Sequence[Span]:
        """Where the term is found, in order."""
        if len(term.sequences) == 1:  # as most
            found: Collection[Span] = self._runs(term.sequences[0])
        else:
            hit = self.hits
            found = {span for sequence in term.sequences if sequence[0] in hit for span in self._runs(sequence)}
        admitted = [span for span in found if self._is_admitted(term, span)]
        return admitted if len(admitted) < 2 else sorted(set(admitted))

    def _runs(self, sequence: Sequence[str]) -> Sequence[Span]:
        runs = self.hits[sequence[0]]
        for needle in sequence[1:]:
            ends = self.ends.get(needle)
            if not ends:
                return ()
            runs = [(first, ends[last + 1]) for first, last in runs if last + 1 in ends]
        return runs

    def _is_admitted(self, term: Term, span: Span) -> bool:
        first, last = span
        if first == last and not term.exact:  # as most
            return not term.only or self.field_at(first) in term.only
        field = self.field_at(first)
        if field != self.field_at(last) or (term.only and field not in term.only):
            return False
        if term.exact and not all(map(self._is_exactly, range(first, last + 1), term.exact)):
            return False
        return all(self._flows_on(place) for place in range(first, last))

    def _is_exactly(self, place: int, wanted: str) -> bool:
        raw = self.found(place, place)
        return wanted in {bare(raw), bare(name_before_ending(raw, is_turkish=self.is_turkish))}

    def _flows_on(self, place: int) -> bool:
        """Whether a phrase may go on from this word to the next: within a sentence; in Chinese only over space."""
        left, right = self.token(place), self.token(place + 1)
        if is_unspaced(left) and is_unspaced(right):
            return not self._source(place)[left.end : right.start].strip()
        return same_sentence(self._source(place), left, right)

    def words_between(self, last: int, first: int) -> tuple[str, ...] | None:
        """The folded words after position `last` and before `first`; None if a sentence, title or text ends there."""
        if last < self.title_size <= first or last < self.text_end <= first:
            return None
        source, tokens = self._source(last), [self.token(place) for place in range(last, first + 1)]
        if not all(same_sentence(source, left, right) for left, right in pairwise(tokens)):
            return None
        return tuple(token.word.key for token in tokens[1:-1])

    def found(self, first: int, last: int) -> str:
        """The words from `first` to `last` as the article has them."""
        return self._source(first)[self.places[first][0] : self.places[last][1]]

    def has_joined(self, left: str, right: str) -> bool:
        """Whether a sign or a hashtag joins these two anywhere: a quick no, without the places of words."""
        if has_hash(self._whole) and left + right in self._whole:
            return True
        return any(f"{left}{sign}{right}" in self._whole for sign in JOINING_SIGNS)

    @cached_property
    def is_knit(self) -> bool:
        """Whether more than two words may be written as one: in a hashtag, or with half-spaces."""
        texts = (self.document.title, self.document.text, self.document.page)
        return any(has_hash(each) or HALF_SPACE in each for each in texts)

    @cached_property
    def initials(self) -> Mapping[int, int]:
        """First and last positions of abbreviations that are written apart, such as U. S. A."""
        ends: dict[int, int] = {}
        texts = (self.document.title, self.document.text, self.document.page)
        places = (0, self.title_size, self.page_start)
        for source, spans, before in zip(texts, self.spans_of_text, places, strict=True):
            starts = [start for start, _ in spans]
            for found in INITIALS.finditer(source):
                if found[0].isupper():
                    ends[before + bisect_left(starts, found.start())] = before + bisect_left(starts, found.end()) - 1
        return ends

    @cached_property
    def _whole(self) -> str:
        return f"{self.document.title}\n{self.document.text}\n{self.document.page}"

    def glued(self, place: int) -> str:
        """What `text.glue` finds between this word and the next; nothing from the title to the text, or to the page."""
        if place + 1 in (self.title_size, self.text_end):
            return ""
        return glue(self._source(place), self.token(place), self.token(place + 1))

    def field_at(self, place: int) -> Field:
        """The field of the document in which this word stands."""
        if place < self.size:
            return "title" if place < self.title_size else "text" if place < self.text_end else "page"
        return max((start, field) for field, start in self.about.items() if start <= place)[1]

    def _source(self, place: int) -> str:
        source: str = getattr(self.document, self.field_at(place))
        return source

    def evidence(self, group: int, term: Term, first: int, last: int) -> Evidence:
        """The words from `first` to `last` as a hit of the term."""
        field, start, end = self.field_at(first), self.places[first][0], self.places[last][1]
        found = getattr(self.document, field)[start:end]
        return Evidence(group=group, term=term.written, found=found, field=field, start=start, end=end)
