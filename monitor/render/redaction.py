"""An edition without the words of articles that its owner has removed: for its page and its messages. Pure.

Editions are stored as they were worded, and templates may be the owner's: so words are found by what they are, not by
where a template put them. What an edition counts stays as it is: in place of a headline stands that one was removed.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from html import escape, unescape

from monitor.text import Token, tokenise

NOTE = "[1 article removed by the owner]"
CUT = "[…]"
LINK_REMOVED = "[link removed]"

RUN = 8
"""Words in a row by which a part of a text is known. Fewer may be a name that others use, too."""

LEAST_WORDS = 2
"""A headline of one word is known only beside its link."""

MOST_WORDS = 60
"""A longer headline is only known by its parts."""

NEAR = 600
"""Characters from a link of an article within which its headline and short sentences stand."""

CLIPPED = 12
"""Characters of a headline, at least, that are left in a line which is too long for it."""

SENTENCES = re.compile(r"[^.!?…。！？\n]+")
HREF = re.compile(r"""\shref=(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
URL = re.compile(r"https?://[^\s<>\"'“”\u2066-\u2069]+", re.IGNORECASE)
MARKUP = re.compile(r"<[^<>]*>|&#?\w{1,32};")

Keys = tuple[str, ...]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What an article says, in one of its wordings."""

    title: str
    """The headline."""
    text: str
    """The text."""
    link: str
    """The address; "" if none."""


class Redaction:
    """Takes the words of some articles out of what editions say."""

    def __init__(self, removed: Iterable[Words], *, keeps_headlines: bool = False) -> None:
        """`keeps_headlines`: their headlines and links stay, and only what their texts say goes."""
        removed = tuple(removed)
        self._keeps_headlines = keeps_headlines
        self._staying: set[Keys] = set()
        self._links = frozenset(each.link for each in removed if each.link)
        self._titles = {keys for each in removed if 0 < len(keys := _keys(each.title)) <= MOST_WORDS}
        texts = [_keys(text) for each in removed for text in (each.title, each.text)]
        self._runs = {run for keys in texts for run in _runs(keys)}
        self._anywhere = {keys for keys in self._titles if len(keys) >= LEAST_WORDS}
        self._headings = () if keeps_headlines else tuple(" ".join(each.title.split()) for each in removed)
        self._sentences = {keys for each in removed for keys in _short(each.text)}
        if keeps_headlines:
            titles = {keys for each in removed if (keys := _keys(each.title))}
            self._runs -= {run for keys in titles for run in _runs(keys)}
            self._sentences -= titles
            self._staying = titles
            self._titles, self._anywhere = set(), set()
        self._longest = max(map(len, self._titles | self._sentences), default=0)

    def beside(self, kept: Iterable[Words]) -> "Redaction":
        """The same for an edition that has these articles as well: their words stay, even where they are the same."""
        staying = [_keys(text) for each in kept for text in (each.title, each.text)]
        other = copy(self)
        other.__dict__.update(
            _runs=self._runs - {run for keys in staying for run in _runs(keys)},
            _anywhere=self._anywhere - set(staying),
        )
        return other

    def plain(self, text: str) -> str:
        """Plain text without them, also of one line that ends with the beginning of a headline, as a subject may."""
        text = self._unclipped(text) if text.endswith("…") else text
        spans = self._spans(text, [found.span() for found in URL.finditer(text) if found[0] in self._links])
        for start, end, note in reversed(list(_noted(spans))):
            text = text[:start] + note + text[end:]
        if self._keeps_headlines:
            return text
        return URL.sub(lambda found: LINK_REMOVED if found[0] in self._links else found[0], text)

    def page(self, html: str) -> str:
        """HTML without them: only words between tags are replaced, and links lose their address."""
        shown, places = _shown(html)
        links = [found.span() for found in HREF.finditer(html) if self._is_gone(found)]
        near = [(_place(places, start), _place(places, end)) for start, end in links]
        spans = self._spans(shown, near)
        for start, end, note in reversed(list(_noted(spans))):
            html = _without(html, places[start], places[end - 1] + 1, escape(note))
        if self._keeps_headlines:
            return html
        html = HREF.sub(lambda found: "" if self._is_gone(found) else found[0], html)
        return URL.sub(lambda found: LINK_REMOVED if unescape(found[0]) in self._links else found[0], html)

    def _unclipped(self, line: str) -> str:
        """The line with a note in the place of the headline that it breaks off in."""
        for heading in self._headings:
            start = line.find(heading[:CLIPPED]) if len(heading) >= CLIPPED else -1
            if start >= 0 and heading.startswith(line[start:-1]):
                return line[:start] + NOTE
        return line

    def _is_gone(self, found: re.Match[str]) -> bool:
        return unescape(found[1] or found[2] or "") in self._links

    def _spans(self, text: str, links: Sequence[Span]) -> list[tuple[Span, bool]]:
        """What is to go, and whether it is a headline."""
        tokens = tokenise(text)
        keys = tuple(token.word.key for token in tokens)
        found: list[tuple[Span, bool]] = []
        for place in range(len(keys)):
            if keys[place : place + RUN] in self._runs:
                found.append(((place, place + RUN), False))
            found += self._whole(tokens, keys, place, links)
        staying = self._headlines(keys)
        return [(part, of_title) for span, of_title in found for part in _around(tokens, span, staying)]

    def _headlines(self, keys: Keys) -> frozenset[int]:
        """The places of headlines that stay: a text may begin with its own, and so may what is quoted of it."""
        lengths = sorted({len(each) for each in self._staying if len(each) >= LEAST_WORDS})
        return frozenset(
            within
            for place in range(len(keys))
            for length in lengths
            if keys[place : place + length] in self._staying
            for within in range(place, place + length)
        )

    def _whole(
        self, tokens: Sequence[Token], keys: Keys, place: int, links: Sequence[Span]
    ) -> Iterator[tuple[Span, bool]]:
        for length in range(1, min(self._longest, len(keys) - place) + 1):
            said = keys[place : place + length]
            span = tokens[place].start, tokens[place + length - 1].end
            if said in self._anywhere or (said in self._titles and _is_near(span, links)):
                yield (place, place + length), True
            elif said in self._sentences and _is_near(span, links):
                yield (place, place + length), False


def _keys(text: str) -> Keys:
    return tuple(token.word.key for token in tokenise(text))


def _runs(keys: Keys) -> Iterator[Keys]:
    return (keys[place : place + RUN] for place in range(len(keys) - RUN + 1))


def _short(text: str) -> Iterator[Keys]:
    """Sentences that are too short to have a run, and long enough to be one."""
    for sentence in SENTENCES.findall(text):
        keys = _keys(sentence)
        if LEAST_WORDS < len(keys) < RUN:
            yield keys


def _is_near(span: Span, links: Sequence[Span]) -> bool:
    return any(start - NEAR <= span[1] and span[0] <= end + NEAR for start, end in links)


def _around(tokens: Sequence[Token], span: Span, staying: Collection[int]) -> Iterator[Span]:
    """From character to character, the parts of a span of words that do not stay."""
    begun: int | None = None
    for place in (*range(*span), None):
        if place is not None and place not in staying:
            begun = place if begun is None else begun
            last = place
        elif begun is not None:
            yield tokens[begun].start, tokens[last].end
            begun = None


def _noted(spans: Iterable[tuple[Span, bool]]) -> Iterator[tuple[int, int, str]]:
    """Joined where they overlap or touch, each with what stands in its place."""
    start, end, is_title = -1, -1, False
    for (first, last), of_title in sorted(spans):
        if start >= 0 and first <= end + 1:
            end, is_title = max(end, last), is_title or of_title
            continue
        if start >= 0:
            yield start, end, NOTE if is_title else CUT
        start, end, is_title = first, last, of_title
    if start >= 0:
        yield start, end, NOTE if is_title else CUT


def _shown(html: str) -> tuple[str, list[int]]:
    """The words between tags, each tag as one space, and of each character where it begins in the page."""
    parts: list[str] = []
    places: list[int] = []
    last = 0
    for found in (*MARKUP.finditer(html), None):
        start = len(html) if found is None else found.start()
        parts.append(html[last:start])
        places.extend(range(last, start))
        if found is not None:
            sign = " " if found[0].startswith("<") else unescape(found[0])
            parts.append(sign)
            places.extend([found.end() - 1] * len(sign))
            last = found.end()
    return "".join(parts), places


def _place(places: Sequence[int], offset: int) -> int:
    """Where in the shown words this place of the page is."""
    return bisect_left(places, offset)


def _without(html: str, start: int, end: int, note: str) -> str:
    """The page with a note in the place of these words. The tags among them stay."""
    tags = "".join(found[0] for found in MARKUP.finditer(html[start:end]) if found[0].startswith("<"))
    return html[:start] + note + tags + html[end:]
