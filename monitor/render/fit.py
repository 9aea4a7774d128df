"""How much of an edition fits into a mail: estimated entry by entry, then verified by rendering it.

Nothing is left out as long as every story fits as a headline. First, lines of "Perhaps also" give way, which are no
news; then fewer stories are shown in full; headlines are
left out only if the mail would be too big without any story in full, from the longest lists first: every list gets the
same number. The size of the owner's templates is unknown, so each rendering corrects the estimate.
"""

import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from monitor.model.edition import Correction, Edition
from monitor.model.entries import Item, PerhapsLine, Told
from monitor.render.shown import Entry, Limits, listed

MAX_HTML_BYTES = 95_000
"""Encoded for transport; Gmail cuts a message off at 102 KB (rule E2)."""

ALL = Limits(outlets=12, basis=40, corrections=10, perhaps=0)
"""A mail that has room for everything that is news. Ten corrections are more than a week of feeds has; a publisher that
puts a note under each of its articles must not fill the mail."""

LEAST = replace(ALL, topics=10, stories=0, lines=0)
"""The limits that are used if nothing else fits."""

ROUNDS = 6
"""Renderings in which the estimate is corrected, at most, each way."""

FULL_SHARE = 0.5
"""Of a mail that must leave headlines out, stories in full take no more than this."""

WELL_USED = 0.9
"""A mail that leaves something out and is shorter than this share of the limit is tried once more, with more in it."""

MARGIN = 1.01
"""A corrected estimate is this much higher than what was measured, or every other one would be a byte too low."""

LINES_AT_MOST = 800
"""More lines than this fit into no mail, however short."""

BASE, TOPIC, FULL, LINE, FURTHER, CORRECTION, PERHAPS = 6_000, 650, 1_050, 200, 190, 500, 350
"""Bytes of markup: around everything, and around one topic, one story in full, one line, one further headline, one
correction, one line of "Perhaps also". Measured with our templates; only the first guess rests on them."""

BASE64, QUOTED = 4 / 3 * 78 / 76, 1.04
"""Bytes on the wire for one of raw, and for one of quoted-printable, whose lines are broken."""


def encoded_size(html: str) -> int:
    """Bytes on the wire, by whichever of quoted-printable and base64 is shorter."""
    raw = html.encode()
    quoted = binascii.b2a_qp(raw, istext=True)
    return min(len(quoted) + quoted.count(b"\n"), int(len(raw) * BASE64) + 80)


def fit(edition: Edition, draw: Callable[[Limits], str]) -> tuple[Limits, str]:
    """The limits under which `draw` gives HTML that is small enough, with as much as fits, and that HTML.

    A template that knows no limits is taken as it is.
    """
    meter = _Meter(edition=edition)
    return (
        _with_perhaps(_Meter(edition=edition), draw)
        or _whole(meter, draw)
        or _part(meter, draw)
        or (LEAST, draw(LEAST))
    )


def _with_perhaps(meter: "_Meter", draw: Callable[[Limits], str]) -> tuple[Limits, str] | None:
    """Everything with the most stories in full, and as many lines of "Perhaps also" as fit beside that; None if none
    do, or there are none.
    """
    edition = meter.edition
    lines = 0 if meter.is_too_big_at_best() else max((len(each.lines) for each in edition.perhaps), default=0)
    while lines:
        limits = replace(ALL, stories=min(edition.full, meter.longest), perhaps=lines)
        html = draw(limits)
        size = encoded_size(html)
        if size <= MAX_HTML_BYTES:
            return limits, html
        meter.learn(limits, size)
        lines = meter.most_perhaps(lines // 2, limits)
    return None


def _whole(meter: "_Meter", draw: Callable[[Limits], str]) -> tuple[Limits, str] | None:
    """Everything, with as many stories in full as fit; None if it is too big with none."""
    if meter.is_too_big_at_best():
        return None
    full = meter.most_in_full(min(meter.edition.full, meter.longest))
    attempt = 0
    while True:
        attempt += 1
        limits = replace(ALL, stories=full)
        html = draw(limits)
        size = encoded_size(html)
        if size <= MAX_HTML_BYTES:
            return limits, html
        meter.learn(limits, size)
        if not full:
            return None
        full = max(meter.most_in_full(full - 1), full // 2) if attempt < ROUNDS else 0


def _part(meter: "_Meter", draw: Callable[[Limits], str]) -> tuple[Limits, str] | None:
    """As much as fits; None if no estimate comes true."""
    found: tuple[Limits, str] | None = None
    for _ in range(ROUNDS):
        limits = meter.most()
        html = draw(limits)
        size = encoded_size(html)
        meter.learn(limits, size)
        if size <= MAX_HTML_BYTES:
            is_last = found is not None or size >= WELL_USED * MAX_HTML_BYTES
            found = (limits, html)
            if is_last:
                return found
        elif found is not None:
            return found
    return found


@dataclass(slots=True)
class _Meter:
    """Estimates sizes; `scale` is what the last rendering made of an estimate."""

    edition: Edition
    scale: float = 1.0

    @property
    def longest(self) -> int:
        return max((len(section.stories) for section in self.edition.sections), default=0)

    def learn(self, limits: Limits, size: int) -> None:
        self.scale = MARGIN * size / self._size(limits, float("inf"))

    def is_too_big_at_best(self) -> bool:
        """Whether the bare words of all headlines are beyond the limit, whatever the markup around them."""
        return _sum(_bare(self.edition), MAX_HTML_BYTES) > MAX_HTML_BYTES

    def most_in_full(self, full: int) -> int:
        """The most stories per topic that fit in full beside all headlines; 0 if none do."""
        return self._most(full, lambda number: replace(ALL, stories=number))

    def most_perhaps(self, lines: int, limits: Limits) -> int:
        """The most lines of "Perhaps also" a topic, at most `lines`, that fit beside the rest of `limits`."""
        return self._most(lines, lambda number: replace(limits, perhaps=number))

    def most(self) -> Limits:
        """The most of everything, where something has to be left out."""
        stories = min(self.edition.full, self.longest)
        stories = self._most(stories, lambda number: replace(ALL, stories=number, lines=0), FULL_SHARE)
        lines = self._most(LINES_AT_MOST, lambda number: replace(ALL, stories=stories, lines=number))
        if lines:
            return replace(ALL, stories=stories, lines=lines)
        topics = len(self.edition.sections)
        topics = self._most(topics, lambda number: replace(ALL, topics=number, stories=0, lines=1))
        return replace(ALL, topics=topics, stories=0, lines=1)

    def _most(self, highest: int, limits_of: Callable[[int], Limits], share: float = 1.0) -> int:
        """The highest number that fits; 0 if none does. Sizes grow with it."""
        room = share * MAX_HTML_BYTES / self.scale
        low, high = 0, highest
        while low < high:
            middle = (low + high + 1) // 2
            if self._size(limits_of(middle), room) <= room:
                low = middle
            else:
                high = middle - 1
        return low

    def _size(self, limits: Limits, enough: float) -> float:
        return _sum(_weights(self.edition, limits), enough)


Weight = tuple[int, int]
"""Bytes raw, and in quoted-printable."""


def _sum(weights: Iterator[Weight], enough: float) -> float:
    """The smaller encoding of all; what is beyond `enough` is not weighed any more."""
    raw = quoted = 0
    for one, other in weights:
        raw, quoted = raw + one, quoted + other
        if min(raw * BASE64, quoted * QUOTED) > enough:
            break
    return min(raw * BASE64, quoted * QUOTED)


def _weights(edition: Edition, limits: Limits) -> Iterator[Weight]:
    yield BASE, BASE
    yield from map(_correction, edition.corrections[: limits.corrections])
    for section in edition.sections[: limits.topics]:
        yield _weight(TOPIC, section.topic)
        for story in section.stories[: limits.stories]:
            yield _full(story)
            yield from _further(story, limits)
        for entry in listed(section, limits):
            yield _item(LINE, entry.lead)
            yield from _further(entry, limits)
    for perhaps in edition.perhaps:
        yield from map(_perhaps, perhaps.lines[: limits.perhaps])


def _bare(edition: Edition) -> Iterator[Weight]:
    limits = replace(ALL, stories=0)
    for section in edition.sections:
        for entry in listed(section, limits):
            yield from (_item(0, headline.item) for headline in entry.headlines)


def _full(story: Told) -> Weight:
    words = "".join(segment.text for segment in story.snippet)
    why = "".join(f"{reason.term}{reason.found}" for reason in story.reasons)
    return _item(FULL, story.lead, words + why)


def _correction(correction: Correction) -> Weight:
    return _item(CORRECTION, correction.item, f"{correction.before}{correction.note}")


def _perhaps(line: PerhapsLine) -> Weight:
    return _item(PERHAPS, line.item, f"{line.why}{line.beside}")


def _further(entry: Entry, limits: Limits) -> Iterator[Weight]:
    for headline in entry.headlines[1:][: limits.lines]:
        yield _item(FURTHER, headline.item)


def _item(markup: int, item: Item, words: str = "") -> Weight:
    return _weight(markup, f"{item.title}{item.url}{item.outlet}{item.via}{words}")


def _weight(markup: int, words: str) -> Weight:
    raw = len(words.encode())
    plain = len(words) if raw == len(words) else len(words.encode("ascii", "ignore"))
    return markup + raw, markup + plain + 3 * (raw - plain)
