"""The words that any topic looks for, and an article read with them in mind.

Everything that decides whether a word of a text hits a needle is here: plurals, prefixes, capitals, the
open and hyphenated forms of a compound. `reading` has what was found. The cost of a word is one look-up in a
memory of words already judged, so it does not grow with the number of topics.
"""

import re
import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from itertools import count
from typing import NamedTuple, cast

from monitor.match.letters import inside_a_word
from monitor.match.plural import singulars
from monitor.match.reading import APART, Mark, Reading
from monitor.match.terms import HYPHENATING, PREFIX, needle_about
from monitor.match.word_reading import (
    LONGEST_PART,
    WORD,
    is_initial,
    is_open_compound,
    is_plate,
    is_turkish,
    other_readings,
    raw_words,
    read,
    word_in,
)
from monitor.model.match import Document, Field
from monitor.text import (
    LONGEST_WORD,
    MEMORY_WORDS,
    Token,
    Word,
    is_remembered,
    is_shouting,
)

MATCHED_CHARACTERS = 100_000
"""How much of a text is matched: 15,000 words, as much as `parse` keeps of one. The rest is not matched."""

LONGEST_ENDING = "ies"
"""Of the plurals in `plural`."""

LAST_LETTER = "\U0010ffff"

NO_WORD = "0"
"""Stands where no words are (`reading.APART`)."""

SEARCHES = 20
"""So often a text is searched for two words with a sign between before its words are placed, which answers for all of
them: each search may read the text to its end, so thousands would take quadratic time.
"""


class Judged(NamedTuple):
    """A word, the needles it hits, how it begins a compound that some needle looks for ("" if it begins none), and the
    letters that may follow there.
    """

    word: Word
    needles: tuple[str, ...]
    opening: str
    following: str


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
        self._is_turkish = False
        self._turkish: Vocabulary | None = None

    def forget(self) -> None:
        """Empty the memories, at any moment: what is forgotten is read once more."""
        for memory in (self._memory, self._known, self._silent):
            memory.clear()
        self._turkish = None
        for vocabulary in self._about.values():
            vocabulary.forget()

    def read(self, document: Document) -> Reading:
        """The article with every hit of every needle."""
        language = document.language or document.identified_language
        if language and not self._is_turkish and is_turkish(language):
            return self._in_turkish().read(document)
        document = bounded(document)
        title, text = raw_words(document.title, self._word), raw_words(document.text, self._word)
        page = raw_words(document.page, self._word) if document.page else []
        text_end, about = len(title) + len(text), dict[Field, int]()
        between = [NO_WORD] * (APART if document.page else 0)
        size = text_end + len(between) + len(page)
        reading = Reading(
            document=document,
            title_size=len(title),
            text_end=text_end,
            size=size,
            marks=[],
            memory=self._memory,
            about=about,
            word=self._word,
            is_turkish=self._is_turkish,
        )
        loud = self._loud(title, 0, lambda: reading.tokens_of_text[0])
        loud += self._loud(text, len(title), lambda: reading.tokens_of_text[1])
        loud += self._loud(page, reading.page_start, lambda: reading.tokens_of_text[2]) if page else []
        reading.marks.extend((place, place, needles) for place, (_, needles, _, _) in loud if needles)
        reading.marks.extend(self._compounds(loud, title + text + between + page, reading))
        for field, vocabulary in self._about.items():
            inner = vocabulary.read(Document(title="", text=getattr(document, field)))
            about[field] = size
            reading.marks.extend(
                (first + size, last + size, tuple(needle_about(field, needle) for needle in needles))
                for first, last, needles in inner.marks
            )
            size += inner.size
        return reading

    def needles_about(self, document: Document) -> Iterator[str]:
        """All that is hit in what a feed says about the article."""
        for field, vocabulary in self._about.items():
            inner = vocabulary.read(Document(title="", text=getattr(document, field)))
            yield from (needle_about(field, needle) for needle in inner.needles)

    def judged(self, raw: str) -> Judged:
        """A word as it is where nothing speaks against its capitals."""
        return self._known.get(raw) or self._learned(raw)

    def at_most(self, judged: Judged, raw: str) -> tuple[str, ...]:
        """The needles that the word may hit in any text: in one that shouts an acronym may be a plural."""
        word = judged.word._replace(may_be_plural=True)
        return self._needles(word, *other_readings(raw, is_turkish=self._is_turkish))

    def may_join(self, left: Judged, right: str) -> bool:
        """Whether a word and the next one, folded, may hit something as one word: a quick no for nearly all."""
        if right[0] not in left.following and len(right) > len(LONGEST_ENDING):
            return False  # as most; only the ending of a plural may begin with another letter: ally, allies
        return self._may_hit(left.opening + right, longer_than=len(left.opening))

    def _in_turkish(self) -> "Vocabulary":
        """The same needles with memories of its own: in Turkish a word may hit others."""
        if self._turkish is None:
            self._turkish = copy(self).for_turkish()
        return self._turkish

    def for_turkish(self) -> "Vocabulary":
        """Itself, with nothing read yet, for texts in Turkish and Azeri."""
        self._is_turkish, self._known, self._silent = True, {}, set()
        return self

    def _loud(self, raws: Sequence[str], first: int, tokens: Callable[[], Sequence[Token]]) -> list[tuple[int, Judged]]:
        """The words of a title or text, which begins at `first`, that may matter, with their positions: most mean
        nothing to any topic. `tokens` reads the same words in the light of the whole text; most texts need none.
        """
        known, silent = self._known, self._silent
        loud = [
            (place, known.get(raw) or self._learned(raw)) for place, raw in enumerate(raws, first) if raw not in silent
        ]
        capitals = len([word.caps for _, (word, _, _, _) in loud if word.caps])
        if self._is_label or not is_shouting(capitals, (self._key(raw) for raw in raws)):
            return loud
        words = [(token.word, raw) for token, raw in zip(tokens(), raws, strict=True)]
        judged = {each: self._judge(*each) for each in set(words)}
        return [(place, judged[each]) for place, each in enumerate(words, first)]

    def _key(self, raw: str) -> str:
        return self.judged(raw).word.key

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
        following = self._following(opening)
        return Judged(
            word,
            self._needles(word, *other_readings(raw, is_turkish=self._is_turkish)),
            opening if following else "",
            following,
        )

    def _following(self, key: str) -> str:
        """The letters with which needles that begin so go on; "" if none does. Each is the next in order."""
        letters = []
        place = bisect_right(self._in_order, key)
        while place < len(self._in_order) and self._in_order[place].startswith(key):
            letters.append(self._in_order[place][len(key)])
            place = max(place + 1, bisect_right(self._in_order, f"{key}{letters[-1]}{LAST_LETTER}"))
        return "".join(letters)

    def _compounds(self, loud: Iterable[tuple[int, Judged]], raws: Sequence[str], reading: Reading) -> list[Mark]:
        """Marks of neighbours that hit something when read as one word; their halves are marked on their own."""
        last, is_knit = len(raws) - 1, reading.is_knit
        may_hit: dict[tuple[str, str], bool] = {}
        searches = count()
        marks: list[Mark] = []
        for place, (_, _, opening, following) in loud:
            if not opening or place == last:
                continue
            if is_knit or (len(raws[place]) <= LONGEST_PART and raws[place].isupper()):
                marks.extend(self._longer(place, raws, reading))
            right = self.judged(raws[place + 1])
            if right.word.key[0] not in following and len(right.word.key) > len(LONGEST_ENDING):
                continue  # as most; only the ending of a plural may begin with another letter: ally, allies
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
            yield (
                place,
                end,
                self._needles(read(joined), *other_readings(joined, is_turkish=self._is_turkish), longer_than=begun),
            )
            is_open = bool(self._following(inside_a_word(read(joined).key)))

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
        return (
            (read(joined), *other_readings(joined, is_turkish=self._is_turkish))
            if between in HYPHENATING or (between and is_open)
            else ()
        )

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
        sizes = self._prefix_sizes
        return bool(sizes) and any(key[:size] in self._prefixes for size in sizes if size > longer_than)


def bounded(document: Document) -> Document:
    """As much of it as is read. What is left out becomes blank lines: places stay, and no phrase goes on."""
    if document.left_out:
        document = replace(document, text=_without(document), left_out=())
    if max(len(document.title), len(document.text), len(document.page)) <= MATCHED_CHARACTERS:
        return document
    texts = {name: getattr(document, name) for name in ("title", "text", "page")}
    return replace(document, **{name: text[:MATCHED_CHARACTERS] for name, text in texts.items()})


def _without(document: Document) -> str:
    text, parts, place = document.text, [], 0
    for piece in document.left_out:
        parts += [text[place : piece.start], "\n" * (piece.end - piece.start)]
        place = piece.end
    return "".join((*parts, text[place:]))
