"""Which articles are copies of one another: the same headline elsewhere, or the same words.

The one place for that rule: `cluster` makes stories by it, and `digest` asks it whether a story that was reported has
anything new. It knows no time and no topic, and does not recognise the same event in other words.
"""

import struct
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from unicodedata import east_asian_width

from monitor.postings import Postings
from monitor.text import normalised_title, shingles

CONTAINMENT = 0.8
"""Two texts are copies if the longer holds this share of the shorter one's five-word shingles."""

MIN_SHINGLES = 56
"""The least runs of a text, as 60 words have. Shorter texts are not compared: a quotation may be most of a summary."""

SCANT_SHINGLES = 8
"""A text with fewer (a dozen words: "Read more …", or nothing) says too little to differ from another."""

MIN_TITLE_WORDS = 4
"""Shorter titles ("Live updates", "Markets wrap") are names of columns, and are equal every day."""

IDEOGRAPHS_PER_WORD = 3
"""In scripts without spaces `monitor.text` takes each character for a word."""

MAX_POSTINGS = 200
"""A shingle in more texts than this is boilerplate ("Our correspondents in …"): it proposes no pair."""

MAX_COMPARED = 20
"""How many of the texts with most runs in common are compared in full: bounded work on hostile input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What is compared of an article. `title` is folded, and "" if it is too short to tell two stories apart."""

    title: str
    outlet: str
    shingles: frozenset[int]


def wording(title: str, text: str, outlet: str, runs: bytes = b"") -> Wording:
    """`runs`: those of a text that was removed."""
    said = shingles(text) if text or not runs else shingles_of(runs)
    return Wording(title=_telling(normalised_title(title)), outlet=outlet.casefold(), shingles=said)


def runs_of(text: str) -> bytes:
    """What is kept of a text that goes, so that its copies are known: hashes of its runs of words, in no order."""
    found = sorted(shingles(text))
    return struct.pack(f"<{len(found)}I", *found)


def shingles_of(runs: bytes) -> frozenset[int]:
    """The shingles of a text of which these runs were kept."""
    return frozenset(struct.unpack(f"<{len(runs) // 4}I", runs))


class Copies:
    """Finds the stories an article is a copy of, without comparing it with every article that was added.

    A text that repeats one of its own story is not indexed again. That keeps a wire story in a thousand
    outlets cheap, and keeps stories from growing by chains of ever less similar texts.
    """

    def __init__(self) -> None:
        self._titles: defaultdict[str, list[tuple[int, Wording]]] = defaultdict(list)
        self._texts: list[tuple[int, frozenset[int]]] = []
        self._postings: Postings[int] = Postings()
        self._asked: tuple[Wording, list[int]] | None = None

    def add(self, words: Wording, story: int) -> None:
        if words.title:
            self._titles[words.title].append((story, words))
        if len(words.shingles) >= MIN_SHINGLES and story not in self._by_text(words):
            for shingle in words.shingles:
                self._postings.add(shingle, len(self._texts))
            self._texts.append((story, words.shingles))
            self._asked = None

    def stories(self, words: Wording) -> Iterator[int]:
        """Those with a text that `words` repeats, the closest first; then those with its title, the latest first."""
        yield from self._by_text(words)
        for story, known in reversed(self._titles.get(words.title, [])[-MAX_COMPARED:]):
            if _is_same_under_one_title(words, known):
                yield story

    def has_copy_of(self, words: Wording) -> bool:
        return next(self.stories(words), None) is not None

    def _by_text(self, words: Wording) -> list[int]:
        if len(words.shingles) < MIN_SHINGLES:
            return []
        if self._asked is None or self._asked[0] is not words:  # who adds has asked before
            self._asked = words, self._compared(words)
        return self._asked[1]

    def _compared(self, words: Wording) -> list[int]:
        shares = {place: _containment(words.shingles, self._texts[place][1]) for place in self._sharing(words.shingles)}
        copied = [place for place, share in shares.items() if share >= CONTAINMENT]
        return [self._texts[place][0] for place in sorted(copied, key=lambda place: (-shares[place], place))]

    def _sharing(self, wanted: frozenset[int]) -> Iterable[int]:
        """The places of the texts with most shingles in common."""
        found = map(self._postings.of, wanted)
        shared = Counter(place for posting in found if len(posting) <= MAX_POSTINGS for place in posting)
        return sorted(shared, key=lambda place: (-shared[place], place))[:MAX_COMPARED]


def _telling(title: str) -> str:
    words = title.split()
    ideographs = sum(east_asian_width(word[0]) in "WF" for word in words)
    return title if len(words) - ideographs + ideographs // IDEOGRAPHS_PER_WORD >= MIN_TITLE_WORDS else ""


def _is_same_under_one_title(one: Wording, other: Wording) -> bool:
    """Another outlet has it, or the same one has it twice. New words under a title of yesterday are a daily column."""
    if one.outlet != other.outlet or min(len(one.shingles), len(other.shingles)) < SCANT_SHINGLES:
        return True
    return _containment(one.shingles, other.shingles) >= CONTAINMENT


def _containment(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / min(len(one), len(other))
