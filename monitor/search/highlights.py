"""Where the words of a query stand in an article: for a headline, and for the part of a text that shows the most."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.match.word_reading import other_readings, tokens
from monitor.search.columns import as_token, flows_on
from monitor.search.query import Phrase
from monitor.text import Token, is_unspaced

Span = tuple[int, int]
BEFORE = 60
"""Characters shown before the first word that was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A text, or a part of one, and where words stand in it that were looked for."""

    text: str
    """One line."""
    marks: tuple[Span, ...]
    """Start and end of each in `text`, in order."""


def marked(text: str, phrases: Sequence[Phrase], most: int) -> Marked:
    """At most `most` characters of the text, from just before the first word that was found."""
    spans = _spans(text, phrases)
    start = _start(text, spans, most)
    end = _end(text, start, most)
    dots, more = ("… " if start else ""), (" …" if end < len(text) else "")
    shift = len(dots) - start
    inside = tuple((first + shift, last + shift) for first, last in spans if first >= start and last <= end)
    return Marked(text=dots + _one_line(text[start:end]) + more, marks=inside)


def _one_line(text: str) -> str:
    """Each blank as a space, so that no place moves."""
    return "".join(" " if sign.isspace() else sign for sign in text)


def _start(text: str, spans: Sequence[Span], most: int) -> int:
    if not spans or spans[0][1] <= most - 2:
        return 0
    begin = max(0, spans[0][0] - BEFORE)
    blank = text.find(" ", begin, spans[0][0])
    return blank + 1 if blank >= 0 else begin


def _end(text: str, start: int, most: int) -> int:
    if len(text) <= start + most:
        return len(text)
    blank = text.rfind(" ", start + most // 2, start + most)
    return blank if blank >= 0 else start + most


def _spans(text: str, phrases: Sequence[Phrase]) -> tuple[Span, ...]:
    found = tokens(text, {})
    keys = [as_token(token.word.key) for token in found]
    first_words = {phrase.words[0]: None for phrase in phrases}
    prefixes = tuple(phrase.words[0] for phrase in phrases if phrase.is_prefix and len(phrase.words) == 1)
    spans: list[Span] = []
    for place, key in enumerate(keys):
        others = _others(text, found[place])
        if key in first_words or any(each in first_words for each in others) or (prefixes and key.startswith(prefixes)):
            ends = [end for phrase in phrases if (end := _ends(phrase, text, found, keys, place)) is not None]
            if ends:
                spans.append((found[place].start, max(ends)))
    return tuple(_apart(spans))


def _others(text: str, token: Token) -> tuple[str, ...]:
    raw = text[token.start : token.end]
    return () if raw.isascii() else tuple(as_token(each.key) for each in other_readings(raw))


def _ends(phrase: Phrase, text: str, found: Sequence[Token], keys: Sequence[str], place: int) -> int | None:
    """Where the phrase ends in the text that begins with the word at this place; None if it does not."""
    last = place + len(phrase.words) - 1
    if last >= len(keys) or tuple(keys[place:last]) != phrase.words[:-1]:
        return None
    wanted = phrase.words[-1]
    is_so = keys[last].startswith(wanted) if phrase.is_prefix else wanted == keys[last]
    if last == place and not is_so:
        is_so = wanted in _others(text, found[place])
    return found[last].end if is_so and _flows(text, found, place, last) else None


def _flows(text: str, found: Sequence[Token], place: int, last: int) -> bool:
    """Whether characters of scripts without spaces are next to each other."""
    return all(
        flows_on(text, found[each], found[each + 1])
        for each in range(place, last)
        if is_unspaced(found[each]) and is_unspaced(found[each + 1])
    )


def _apart(spans: Sequence[Span]) -> Iterator[Span]:
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
