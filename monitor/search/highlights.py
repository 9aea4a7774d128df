"""Where the words of a query stand in an article: for a headline, and for the part of a text that shows the most."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from monitor.match.word_reading import other_readings, tokens
from monitor.search.columns import as_token, flows_on
from monitor.search.query import Phrase
from monitor.text import Token, Word, is_unspaced

Span = tuple[int, int]
LONGEST_READ = 50_000
"""Characters of a text in which words are marked."""

BEFORE = 60
"""Characters shown before the first word that was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A text, or a part of one, and where words stand in it that were looked for."""

    text: str
    """One line."""
    marks: tuple[Span, ...]
    """Start and end of each in `text`, in order."""


class Marker:
    """Marks the phrases of one query in the texts of its articles, and remembers how their words are read."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._phrases = phrases
        self._first = frozenset(phrase.words[0] for phrase in phrases)
        self._begins = tuple(phrase.words[0] for phrase in phrases if phrase.is_prefix and len(phrase.words) == 1)
        self._words: dict[str, Word] = {}
        self._readings: dict[str, tuple[str, ...]] = {}

    def marked(self, text: str, most: int) -> Marked:
        """At most `most` characters of the text, from just before the first word that was found."""
        spans = tuple(_apart(self._spans(text[:LONGEST_READ])))
        start = _start(text, spans, most)
        end = _end(text, start, most)
        dots, more = ("… " if start else ""), (" …" if end < len(text) else "")
        shift = len(dots) - start
        inside = tuple((first + shift, last + shift) for first, last in spans if first >= start and last <= end)
        return Marked(text=dots + _one_line(text[start:end]) + more, marks=inside)

    def _spans(self, text: str) -> Iterator[Span]:
        if not self._phrases:
            return
        found = tokens(text, self._words)
        readings = [self._read(text[token.start : token.end], token) for token in found]
        for place, each in enumerate(readings):
            if not self._first.isdisjoint(each) or (self._begins and each[0].startswith(self._begins)):
                ends = [self._end_of(phrase, text, found, readings, place) for phrase in self._phrases]
                if any(ends):
                    yield found[place].start, max(ends)

    def _read(self, raw: str, token: Token) -> tuple[str, ...]:
        """The word, and what else it may stand for."""
        known = self._readings.get(raw)
        if known is None:
            others = () if raw.isascii() else other_readings(raw)
            known = self._readings[raw] = (as_token(token.word.key), *(as_token(each.key) for each in others))
        return known

    def _end_of(
        self, phrase: Phrase, text: str, found: Sequence[Token], readings: Sequence[tuple[str, ...]], place: int
    ) -> int:
        """Where the phrase ends in the text that begins with the word at this place; 0 if it does not."""
        last = place + len(phrase.words) - 1
        if last >= len(found) or tuple(each[0] for each in readings[place:last]) != phrase.words[:-1]:
            return 0
        wanted = phrase.words[-1]
        is_so = readings[last][0].startswith(wanted) if phrase.is_prefix else wanted == readings[last][0]
        if last == place and not is_so:
            is_so = wanted in readings[last]
        return found[last].end if is_so and _flows(text, found, place, last) else 0


def _one_line(text: str) -> str:
    """Each blank as a space, so that no place moves."""
    return "".join(" " if sign.isspace() else sign for sign in text)


def _start(text: str, spans: Sequence[Span], most: int) -> int:
    if len(text) <= most or not spans or spans[0][1] <= most - 2:
        return 0
    begin = max(0, spans[0][0] - BEFORE)
    blank = text.find(" ", begin, spans[0][0])
    return blank + 1 if blank >= 0 else begin


def _end(text: str, start: int, most: int) -> int:
    if len(text) <= start + most:
        return len(text)
    blank = text.rfind(" ", start + most // 2, start + most)
    return blank if blank >= 0 else start + most


def _flows(text: str, found: Sequence[Token], place: int, last: int) -> bool:
    """Whether characters of scripts without spaces are next to each other."""
    return all(
        flows_on(text, found[each], found[each + 1])
        for each in range(place, last)
        if is_unspaced(found[each]) and is_unspaced(found[each + 1])
    )


def _apart(spans: Iterable[Span]) -> Iterator[Span]:
    """Joined where they overlap."""
    current: Span | None = None
    for first, last in spans:
        if current is not None and first <= current[1]:
            current = (current[0], max(current[1], last))
            continue
        if current is not None:
            yield current
        current = (first, last)
    if current is not None:
        yield current
