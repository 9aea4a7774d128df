"""Which articles tell the same story: equal titles, and wire copy under other titles.

A single pass in the order given, so that the same rows give the same stories. Decides nothing
about what a digest shows, deletes nothing, and does not yet see the same event in other words.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width

from monitor.model.story import COPY_CONTAINMENT, MIN_COPY_SHINGLES, Assignment, StoryArticle
from monitor.text import normalised_title, shingles

MIN_TITLE_WORDS = 4
"""Shorter titles ("Live updates", "Markets wrap") are names of columns, and are equal every day."""

IDEOGRAPHS_PER_WORD = 3
"""In scripts without spaces `monitor.text` takes each character for a word."""

MAX_POSTINGS = 200
"""A shingle in more texts than this is boilerplate ("Our correspondents in …"): it proposes no pair."""

MAX_COMPARED = 20
"""So many of the texts with most shingles in common are compared in full: bounded work on hostile input."""


def group(arrivals: Sequence[StoryArticle], recent: Sequence[StoryArticle]) -> tuple[Assignment, ...]:
    """Where each arrival goes: with an article of `recent`, with an earlier arrival, or on its own.

    Both in order of (first seen, id); `recent` are the articles of the window that are grouped already.
    Equal titles of four words or more go together, else texts of sixty words or more that are copies.
    """
    seen = _Seen()
    for article in recent:
        seen.add(article)
    return tuple(_assigned(article, seen) for article in arrivals)


def _assigned(article: StoryArticle, seen: "_Seen") -> Assignment:
    twin = seen.twin_of(article)
    seen.add(article)
    return Assignment(article_id=article.id, with_article_id=article.id if twin is None else twin)


class _Seen:
    """The titles and texts met so far: title → article, and an inverted index of shingles.

    A text that repeats an indexed one is not indexed again. That keeps a wire story in a thousand
    outlets cheap, and keeps stories from growing by chains of ever less similar texts.
    """

    def __init__(self) -> None:
        self.titles: dict[str, int] = {}
        self.texts: list[tuple[int, frozenset[int]]] = []
        self.postings: defaultdict[int, list[int]] = defaultdict(list)

    def twin_of(self, article: StoryArticle) -> int | None:
        """The id of an article of the same story, if one has been met."""
        by_title = self.titles.get(_telling_title(article))
        return by_title if by_title is not None else self._copied(_copyable(article))

    def add(self, article: StoryArticle) -> None:
        if title := _telling_title(article):
            self.titles.setdefault(title, article.id)
        words = _copyable(article)
        if words and self._copied(words) is None:
            for shingle in words:
                self.postings[shingle].append(len(self.texts))
            self.texts.append((article.id, words))

    def _copied(self, words: frozenset[int]) -> int | None:
        """The article whose text `words` repeats most, the earliest of equals."""
        shares = {place: _containment(words, self.texts[place][1]) for place in self._sharing(words)}
        best = min(shares, key=lambda place: (-shares[place], place), default=None)
        return self.texts[best][0] if best is not None and shares[best] >= COPY_CONTAINMENT else None

    def _sharing(self, words: frozenset[int]) -> Iterable[int]:
        """The places of the texts with most shingles in common."""
        found = (self.postings[shingle] for shingle in words if shingle in self.postings)
        shared = Counter(place for posting in found if len(posting) <= MAX_POSTINGS for place in posting)
        return sorted(shared, key=lambda place: (-shared[place], place))[:MAX_COMPARED]


def _telling_title(article: StoryArticle) -> str:
    """The title in its comparable form, or "" if it is too short to tell two stories apart."""
    title = normalised_title(article.title)
    words = title.split()
    ideographs = sum(east_asian_width(word[0]) in "WF" for word in words)
    return title if len(words) - ideographs + ideographs // IDEOGRAPHS_PER_WORD >= MIN_TITLE_WORDS else ""


def _copyable(article: StoryArticle) -> frozenset[int]:
    """The five-word shingles of the text, or none if it is too short to be known as a copy."""
    found = shingles(article.text)
    return found if len(found) >= MIN_COPY_SHINGLES else frozenset()


def _containment(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / min(len(one), len(other))
