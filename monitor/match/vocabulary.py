"""The words that any topic looks for, and an article read with them in mind.

Everything that decides whether a word of a text hits a needle is here: plurals, prefixes, capitals, the
open and hyphenated forms of a compound. Rules see only positions. The cost of a word is one look-up in a
memory of words already judged, so it does not grow with the number of topics.
"""

import re
import sys
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, count, pairwise
from typing import NamedTuple, cast

from monitor.match.letters import inside_a_word
from monitor.match.plural import singulars
from monitor.match.terms import HYPHENATING, PREFIX, Term, needle_about
from monitor.match.word_reading import (
    HALF_SPACE,
    INITIALS,
    JOINING_SIGNS,
    LONGEST_PART,
    WORD,
    glue,
    has_hash,
    is_initial,
    is_open_compound,
    is_plate,
    name_before_ending,
    other_readings,
    raw_words,
    read,
    tokens,
    word_in,
)
from monitor.model.match import Document, Evidence, Field
from monitor.text import (
    LONGEST_WORD,
    MEMORY_WORDS,
    Token,
    Word,
    bare,
    is_remembered,
    is_shouting,
    is_unspaced,
    same_sentence,
)

MATCHED_CHARACTERS = 100_000
"""How much of a text is matched: 15,000 words, as much as `parse` keeps of one. The rest is not matched."""

SEARCHES = 20
"""So often a text is searched for two words with a sign between before its words are placed, which answers for all of
them: each search may read the text to its end, so thousands would take quadratic time.
"""

Span = tuple[int, int]
"""First and last position of a hit. Positions number the words, title first, then on through the text, and
behind it those of author, category and URL; in a script without spaces every character is a word.
"""

Mark = tuple[int, int, tuple[str, ...]]
"""First and last position, and the needles that are hit there."""


class Judged(NamedTuple):
    """A word, the needles it hits, and how it begins a compound that some needle looks for; "" if it begins none."""

    word: Word
    needles: tuple[str, ...]
    opening: str


@dataclass(frozen=True, kw_only=True)  # without slots, for `tokens` to be kept
class Reading:
    """An article, as much of it as is matched, with its marks: from and to which position it hits which needles, in no
    order. `size` words are its own, title and text; `about` says at which positions those of other fields begin.
    """

    document: Document
    title_size: int
    size: int
    marks: list[Mark]
    memory: dict[str, Word]
    about: dict[Field, int]
    word: re.Pattern[str]

    @cached_property
    def needles(self) -> frozenset[str]:
        """All that are hit. Most articles need no more: nothing that is looked for has all its needles here."""
        return frozenset([needle for _, _, needles in self.marks for needle in needles])

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
    def tokens(self) -> Sequence[Token]:
        """The words with their places. They cost more than all the rest, and most articles need none."""
        own = (tokens(text, self.memory, self.word) for text in (self.document.title, self.document.text))
        about = (tokens(getattr(self.document, field), self.memory, word_in(field)) for field in self.about)
        return list(chain.from_iterable((*own, *about)))

    def spans(self, term: Term) -> list[Span]:
        """Where the term is found, in order."""
        hit = self.hits
        found = {span for sequence in term.sequences if sequence[0] in hit for span in self._runs(sequence)}
        return sorted(span for span in found if self._is_admitted(term, span)) if found else []

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
        field = self.field_at(first)
        if field != self.field_at(last) or (term.title_only and field != "title"):
            return False
        if term.exact and not all(map(self._is_exactly, range(first, last + 1), term.exact)):
            return False
        return all(self._flows_on(place) for place in range(first, last))

    def _is_exactly(self, place: int, wanted: str) -> bool:
        raw = self.found(place, place)
        return wanted in {bare(raw), bare(name_before_ending(raw))}

    def _flows_on(self, place: int) -> bool:
        """Whether a phrase may go on from this word to the next: within a sentence; in Chinese only over space."""
        left, right = self.tokens[place], self.tokens[place + 1]
        if is_unspaced(left) and is_unspaced(right):
            return not self._source(place)[left.end : right.start].strip()
        return same_sentence(self._source(place), left, right)

    def words_between(self, last: int, first: int) -> tuple[str, ...] | None:
        """The folded words after position `last` and before `first`; None if a sentence or the title ends there."""
        if last < self.title_size <= first:
            return None
        source, tokens = self._source(last), self.tokens[last : first + 1]
        if not all(same_sentence(source, left, right) for left, right in pairwise(tokens)):
            return None
        return tuple(token.word.key for token in tokens[1:-1])

    def found(self, first: int, last: int) -> str:
        """The words from `first` to `last` as the article has them."""
        return self._source(first)[self.tokens[first].start : self.tokens[last].end]

    def has_joined(self, left: str, right: str) -> bool:
        """Whether a sign or a hashtag joins these two anywhere: a quick no, without the places of words."""
        if has_hash(self._whole) and left + right in self._whole:
            return True
        return any(f"{left}{sign}{right}" in self._whole for sign in JOINING_SIGNS)

    @property
    def is_knit(self) -> bool:
        """Whether more than two words may be written as one: in a hashtag, or with half-spaces."""
        title, text = self.document.title, self.document.text
        return has_hash(title) or has_hash(text) or HALF_SPACE in title or HALF_SPACE in text

    @cached_property
    def initials(self) -> Mapping[int, int]:
        """First and last positions of abbreviations that are written apart, such as U. S. A."""
        ends: dict[int, int] = {}
        title, text = self.tokens[: self.title_size], self.tokens[self.title_size :]
        for source, words, before in ((self.document.title, title, 0), (self.document.text, text, self.title_size)):
            starts = [token.start for token in words]
            for found in INITIALS.finditer(source):
                if found[0].isupper():
                    ends[before + bisect_left(starts, found.start())] = before + bisect_left(starts, found.end()) - 1
        return ends

    @cached_property
    def _whole(self) -> str:
        return f"{self.document.title}\n{self.document.text}"

    def glued(self, place: int) -> str:
        """What `text.glue` finds between this word and the next; nothing from the title to the text."""
        if place + 1 == self.title_size:
            return ""
        return glue(self._source(place), self.tokens[place], self.tokens[place + 1])

    def field_at(self, place: int) -> Field:
        """The field of the document in which this word stands."""
        if place < self.size:
            return "title" if place < self.title_size else "text"
        return max((start, field) for field, start in self.about.items() if start <= place)[1]

    def _source(self, place: int) -> str:
        source: str = getattr(self.document, self.field_at(place))
        return source

    def evidence(self, group: int, term: Term, span: Span) -> Evidence:
        first, last = span
        return Evidence(
            group=group,
            term=term.written,
            found=self.found(first, last),
            field=self.field_at(first),
            start=self.tokens[first].start,
            end=self.tokens[last].end,
        )


class Vocabulary:
    """All needles of all topics.

    It keeps bounded memories: of word forms, of what they hit, and of those that mean nothing to any topic.
    """

    def __init__(self, needles: Iterable[str], *, word: re.Pattern[str] = WORD, is_label: bool = False) -> None:
        by_field: defaultdict[str, set[str]] = defaultdict(set)
        for needle in needles:
            field, _, rest = needle.rpartition(":")
            by_field[field].add(rest)
        self._words = frozenset(by_field.pop("", ()))
        fields = cast("list[Field]", sorted(by_field))
        self._about = {field: Vocabulary(by_field[field], word=word_in(field), is_label=True) for field in fields}
        self._word = word
        self._is_label = is_label  # of a category or a name capitals are no shouting: US / WORLD / POLITICS
        self._prefixes = frozenset(needle[:-1] for needle in self._words if needle.endswith(PREFIX))
        self._prefix_sizes = tuple(sorted({len(prefix) for prefix in self._prefixes}))
        self._forms = frozenset(map(str.lower, self._words))
        self._in_order = sorted(form.removesuffix(PREFIX) for form in self._forms)
        self._memory: dict[str, Word] = {}
        self._known: dict[str, Judged] = {}
        self._silent: set[str] = set()

    def forget(self) -> None:
        """Empty the memories, at any moment: what is forgotten is read once more."""
        for memory in (self._memory, self._known, self._silent):
            memory.clear()
        for vocabulary in self._about.values():
            vocabulary.forget()

    def read(self, document: Document) -> Reading:
        """The article with every hit of every needle."""
        document = _bounded(document)
        title, text = raw_words(document.title, self._word), raw_words(document.text, self._word)
        size, about = len(title) + len(text), dict[Field, int]()
        reading = Reading(
            document=document,
            title_size=len(title),
            size=size,
            marks=[],
            memory=self._memory,
            about=about,
            word=self._word,
        )
        loud = self._loud(document.title, title, 0) + self._loud(document.text, text, len(title))
        reading.marks.extend((place, place, needles) for place, (_, needles, _) in loud if needles)
        reading.marks.extend(self._compounds(loud, title + text, reading))
        for field, vocabulary in self._about.items():
            inner = vocabulary.read(Document(title="", text=getattr(document, field)))
            about[field] = size
            reading.marks.extend(
                (first + size, last + size, tuple(needle_about(field, needle) for needle in needles))
                for first, last, needles in inner.marks
            )
            size += inner.size
        return reading

    def _loud(self, text: str, raws: Sequence[str], first: int) -> list[tuple[int, Judged]]:
        """The words of a title or text that may matter, with their positions: most mean nothing to any topic."""
        known, silent = self._known, self._silent
        loud = [
            (place, known.get(raw) or self._learned(raw)) for place, raw in enumerate(raws, first) if raw not in silent
        ]
        capitals = len([word.caps for _, (word, _, _) in loud if word.caps])
        if self._is_label or not is_shouting(capitals, (self._key(raw) for raw in raws)):
            return loud
        words = [(token.word, text[token.start : token.end]) for token in tokens(text, self._memory, self._word)]
        judged = {each: self._judge(*each) for each in set(words)}
        return [(place, judged[each]) for place, each in enumerate(words, first)]

    def _key(self, raw: str) -> str:
        return (self._known.get(raw) or self._learned(raw)).word.key

    def _learned(self, raw: str) -> Judged:
        written = raw[:LONGEST_WORD]
        judged = self._judge(read(written), written)
        if not is_remembered(raw, judged.word):
            return judged
        if len(self._known) >= MEMORY_WORDS:
            self._known.clear()
            self._silent.clear()
        raw = sys.intern(raw)
        if not (judged.needles or judged.opening or judged.word.caps):
            self._silent.add(raw)
        return self._known.setdefault(raw, judged)

    def _judge(self, word: Word, raw: str) -> Judged:
        opening = inside_a_word(word.key)
        return Judged(word, self._needles(word, *other_readings(raw)), opening if self._is_beginning(opening) else "")

    def _is_beginning(self, key: str) -> bool:
        """Whether some needle begins so and goes on: it would be the next in order."""
        place = bisect_right(self._in_order, key)
        return place < len(self._in_order) and self._in_order[place].startswith(key)

    def _compounds(self, loud: Iterable[tuple[int, Judged]], raws: Sequence[str], reading: Reading) -> list[Mark]:
        """Marks of neighbours that hit something when read as one word; their halves are marked on their own."""
        known, last, is_knit = self._known, len(raws) - 1, reading.is_knit
        may_hit: dict[tuple[str, str], bool] = {}
        searches = count()
        marks: list[Mark] = []
        for place, (_, _, opening) in loud:
            if not opening or place == last:
                continue
            if is_knit or (len(raws[place]) <= LONGEST_PART and raws[place].isupper()):
                marks.extend(self._longer(place, raws, reading))
            right = known.get(raws[place + 1]) or self._learned(raws[place + 1])
            pair = opening, right.word.key
            if pair not in may_hit:
                may_hit[pair] = self._may_hit("".join(pair), longer_than=len(opening))
            # A quick no for nearly all neighbours, before it is looked up what stands between them.
            if may_hit[pair]:
                closed = self._closed(pair, raws[place : place + 2], place, reading, searches)
                marks.append((place, place + 1, self._needles(*closed, longer_than=len(opening))))
        return marks

    def _longer(self, place: int, raws: Sequence[str], reading: Reading) -> Iterator[Mark]:
        """Marks of what begins here and is one word of several, whatever it hits: U. S. A., a hashtag, half-spaces."""
        if is_initial(raws[place]) and is_initial(raws[place + 1]) and place in reading.initials:
            end = reading.initials[place]
            yield place, end, self._needles(read("".join(raws[place : end + 1])))
        joined, end, is_open = raws[place], place, reading.is_knit
        while is_open and end + 1 < len(raws) and reading.glued(end) == "-":
            begun, joined, end = len(joined), joined + raws[end + 1], end + 1
            yield place, end, self._needles(read(joined), *other_readings(joined), longer_than=begun)
            is_open = self._is_beginning(inside_a_word(read(joined).key))

    def _closed(
        self, keys: tuple[str, str], raws: Sequence[str], place: int, reading: Reading, searches: Iterator[int]
    ) -> tuple[Word, ...]:
        """What two neighbours are as one word when a hyphen, apostrophe or space is between them; else nothing."""
        is_name = is_plate(*raws)
        is_open = is_name or is_open_compound(*keys)
        if not is_open and next(searches) < SEARCHES and not reading.has_joined(*raws):
            return ()
        between = reading.glued(place)
        if between == " " and is_open and not is_name:
            return (Word("".join(keys), "", may_be_plural=True),)
        joined = "".join(raws)
        return (read(joined), *other_readings(joined)) if between in HYPHENATING or (between and is_open) else ()

    def _needles(self, *readings: Word, longer_than: int = 0) -> tuple[str, ...]:
        """What a word hits, as it may be read; of prefixes only those with more letters than `longer_than`."""
        found: list[str] = []
        for word in readings:
            key = word.key
            found += [form for form in (key, word.caps) if form in self._words]
            if word.may_be_plural:
                found += filter(self._words.__contains__, singulars(key))
            for size in self._prefix_sizes:
                if longer_than < size <= len(key) and key[:size] in self._prefixes:
                    found.append(key[:size] + PREFIX)
        return tuple(found)

    def _may_hit(self, key: str, *, longer_than: int) -> bool:
        """Whether some needle is the word, has it as its plural or as a beginning of it with more letters than that."""
        if key in self._forms:
            return True
        if key[-1] == "s" and not self._forms.isdisjoint(singulars(key)):
            return True
        return any(key[:size] in self._prefixes for size in self._prefix_sizes if size > longer_than)


def _bounded(document: Document) -> Document:
    """As much of it as is read. What is left out becomes blank lines: places stay, and no phrase goes on."""
    if document.left_out:
        document = replace(document, text=_without(document), left_out=())
    if max(len(document.title), len(document.text)) <= MATCHED_CHARACTERS:
        return document
    title, text = document.title[:MATCHED_CHARACTERS], document.text[:MATCHED_CHARACTERS]
    return replace(document, title=title, text=text)


def _without(document: Document) -> str:
    text, parts, place = document.text, [], 0
    for piece in document.left_out:
        parts += [text[place : piece.start], "\n" * (piece.end - piece.start)]
        place = piece.end
    return "".join((*parts, text[place:]))
