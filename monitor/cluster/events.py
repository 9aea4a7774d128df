"""Stories as what their articles have in common: which of them is about the same event as an article, or as another
story.

An event is the sum of its articles' vectors (its centroid); a vector has the weighted words of one article and the
length one. An index from words to events proposes what is compared. Knows nothing of copies, topics or the store.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush, nlargest, nsmallest
from math import exp, sqrt

from monitor.cluster.idf import Idf
from monitor.cluster.word_index import ROUNDING, WordIndex

STORY_WINDOW = timedelta(hours=72)
"""An article joins a story that it was first seen so long after, or before, at most: one event's coverage."""

DECAY = timedelta(days=3)
"""Likeness fades with the time between as a Gaussian of this standard deviation does."""

TITLE_WORDS, TEXT_WORDS = 8, 14
"""With so few telling words an article is a title, with so many it has a text. Texts are more alike by chance."""

MOST_PAIRS = 100
"""How many pairs of one story are remembered while stories are merged."""

CORE_ARTICLES = 3
"""A word that so many articles of a story have is one of the story's, however many more articles there are."""

MOST_COMPARED = 100
"""How many of the stories that share most with an event are compared in full."""

_Pair = tuple[float, int, int, tuple[int, ...]]
"""Two stories to put together: minus their likeness, which stays, which goes, and how many articles each had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """How alike two must be, from 0 to 1 (the cosine, faded by time): where there are titles only, and with texts."""

    titles: float
    texts: float

    def at(self, words: float) -> float:
        share = (words - TITLE_WORDS) / (TEXT_WORDS - TITLE_WORDS)
        return self.titles + (self.texts - self.titles) * min(1.0, max(0.0, share))


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What makes two of a story. The values were chosen on the tuning halves of docs/grouping.md, which has the curves.

    `joins`: for an article to go into a story while the pass is on; what is kept apart then can still be put
    together. `is_one`: for two stories to be one, when all articles are there.

    `evidence`: what the shared words must say together (`Idf.of`): one word that fewer than one article in
    fifty-five has, or two that are common. Only words of at least `core_share` of a story's articles count, or
    of `CORE_ARTICLES`: one article that mentions everything must not fetch everything.

    `topic_weight`: what is left of the weight of words by which topics matched, since all their articles share those.
    """

    joins: Threshold = Threshold(titles=0.20, texts=0.30)
    is_one: Threshold = Threshold(titles=0.14, texts=0.26)
    evidence: float = 4.0
    core_share: float = 0.35
    topic_weight: float = 0.5


@dataclass(slots=True, kw_only=True)
class Event:
    """One or more articles of one story: the sum of their vectors, in how many of them each word is, their span.

    `square` is that of the length of the sum, `words` the sum of `mentions`. Of one article there are no `mentions`:
    each of its words is in one. Most stories have one article, and that is half of what they take.
    """

    story: int
    first: datetime
    last: datetime
    weights: dict[str, float]
    square: float
    words: int
    articles: int = 1
    mentions: dict[str, int] | None = None

    def absorb(self, other: "Event", dot: float) -> None:
        """Take in the articles of `other`; `dot` is the product of the two sums."""
        mentions = dict.fromkeys(self.weights, 1) if self.mentions is None else self.mentions
        for word, weight in other.weights.items():
            self.weights[word] = self.weights.get(word, 0.0) + weight
            mentions[word] = mentions.get(word, 0) + (1 if other.mentions is None else other.mentions[word])
        self.mentions = mentions
        self.words += other.words
        self.square += 2 * dot + other.square
        self.articles += other.articles
        self.cover(other.first, other.last)

    def cover(self, first: datetime, last: datetime) -> None:
        self.first, self.last = min(self.first, first), max(self.last, last)

    def gap(self, other: "Event") -> timedelta:
        """The time between the two, zero if they overlap."""
        return max(timedelta(), self.first - other.last, other.first - self.last)

    def words_an_article(self) -> float:
        return self.words / self.articles


def event_of(weights: Mapping[str, float], *, story: int, seen_at: datetime) -> Event:
    """The event of one article, as far as it has words: their weights are brought to the length one."""
    length = sqrt(sum(weight * weight for weight in weights.values()))
    return Event(
        story=story,
        first=seen_at,
        last=seen_at,
        weights={word: weight / length for word, weight in weights.items()},
        square=1.0 if weights else 0.0,
        words=len(weights),
    )


class Events:
    """The events of all stories met so far, at most one a story."""

    def __init__(self, rarity: Idf, yardstick: Thresholds, sign_of_life: Callable[[], None] = lambda: None) -> None:
        self._sign_of_life = sign_of_life
        self._rarity = rarity
        self._yardstick = yardstick
        self._events: dict[int, Event] = {}
        self._index = WordIndex()

    def add(self, event: Event) -> None:
        """Put an event into its story."""
        known = self._events.get(event.story)
        if known is None:
            self._events[event.story] = event
        else:
            known.absorb(event, sum(w * known.weights.get(word, 0.0) for word, w in event.weights.items()))
        weights = self._events[event.story].weights
        for word in event.weights:
            self._index.put(word, event.story, weights[word])

    def cover(self, story: int, event: Event) -> None:
        """Note that the story was seen then, too."""
        self._events[story].cover(event.first, event.last)

    def is_open(self, story: int, event: Event) -> bool:
        return self._events[story].gap(event) <= STORY_WINDOW

    def closest(self, event: Event) -> int | None:
        """The story most like `event`, if any is alike enough; of equals the oldest one."""
        found = max(self._alike(event, self._yardstick.joins), key=lambda pair: (pair[0], -pair[1]), default=None)
        return None if found is None else found[1]

    def joined(self, fresh: Collection[int]) -> dict[int, int]:
        """Put stories of which one at least is `fresh` together, the most alike first: story that went → where to.

        What a single pass kept apart, because the words between came later, is found here. Of two fresh stories the
        older one stays; stories that are not fresh have their names, and are never put together.
        """
        moves: dict[int, int] = {}
        pairs = [pair for story in fresh for pair in self._pairs(story, fresh)]
        heapify(pairs)
        while pairs:
            _, stays, goes, sizes = heappop(pairs)
            if sizes == self._sizes(stays, goes):  # else one of them has grown since, or went
                self._move(goes, stays)
                moves[goes] = stays
                for pair in self._pairs(stays, fresh):
                    heappush(pairs, pair)
        return {story: _end(moves, story) for story in moves}

    def _pairs(self, story: int, fresh: Collection[int]) -> list[_Pair]:
        """Those most alike: of a thousand headlines that differ in a number, all pairs would be gigabytes."""
        self._sign_of_life()
        return nsmallest(MOST_PAIRS, self._all_pairs(story, fresh))

    def _all_pairs(self, story: int, fresh: Collection[int]) -> Iterator[_Pair]:
        for likeness, other in self._alike(self._events[story], self._yardstick.is_one):
            if story in fresh or other in fresh:
                stays, goes = sorted((story, other), key=lambda each: (each in fresh, self._events[each].first, each))
                yield -likeness, stays, goes, self._sizes(stays, goes)

    def _sizes(self, *stories: int) -> tuple[int, ...]:
        return tuple(self._events[story].articles if story in self._events else 0 for story in stories)

    def _move(self, goes: int, stays: int) -> None:
        event = self._events.pop(goes)
        for word in event.weights:
            self._index.remove(word, goes)
        event.story = stays
        self.add(event)

    def _alike(self, event: Event, bar: Threshold) -> Iterator[tuple[float, int]]:
        """The other stories above the bar, each with how many times the bar its likeness is."""
        needed = self._core_mentions(event)
        core = (
            event.weights if event.mentions is None else (w for w, times in event.mentions.items() if times >= needed)
        )
        worths = {word: self._rarity.of(word) for word in core}
        for story in self._proposed(event, worths, bar):
            other = self._events[story]
            gap = event.gap(other)
            if gap > STORY_WINDOW:
                continue
            dot, evidence = _shared(event, other, worths, self._core_mentions(other))
            if evidence < self._yardstick.evidence:
                continue
            likeness = dot / sqrt(event.square * other.square) * exp(-((gap / DECAY) ** 2) / 2)
            least = bar.at((event.words_an_article() + other.words_an_article()) / 2)
            if likeness >= least:
                yield likeness / least, story

    def _proposed(self, event: Event, worths: Mapping[str, float], bar: Threshold) -> Collection[int]:
        """The stories that may be above the bar and share enough to be evidence; of very many the most alike."""
        length = sqrt(event.square)
        least = min(bar.titles, bar.texts) * length
        found = self._index.products(event.weights, event.square, self._asked(event, worths), least)
        found.pop(event.story, None)
        if len(found) <= MOST_COMPARED:
            return found
        events = self._events
        near = (story for story in found if event.gap(events[story]) <= STORY_WINDOW)
        return nlargest(MOST_COMPARED, near, key=lambda story: (found[story] / sqrt(events[story].square), -story))

    def _asked(self, event: Event, worths: Mapping[str, float]) -> Collection[str]:
        """The words of which a story must have one. Words that say too little even together are not asked: in a flood
        of headlines on one topic those are what all of them have.
        """
        if not self._yardstick.evidence:
            return event.weights.keys()
        asked: dict[str, None] = {}
        told = 0.0
        for word in sorted(worths, key=worths.__getitem__):
            told += worths[word]
            if told >= self._yardstick.evidence - ROUNDING:
                asked[word] = None
        return asked

    def _core_mentions(self, event: Event) -> float:
        return min(CORE_ARTICLES, self._yardstick.core_share * event.articles)


def _shared(event: Event, other: Event, worths: Mapping[str, float], core: float) -> tuple[float, float]:
    """The product of the two sums, and how much the core words they share say together: those of `other` are in `core`
    of its articles at least. Read by the fewer words.
    """
    dot = evidence = 0.0
    mine, theirs = event.weights, other.weights
    for word in mine if len(mine) <= len(theirs) else theirs:
        if word in mine and word in theirs:
            dot += mine[word] * theirs[word]
            if other.mentions is None or other.mentions[word] >= core:
                evidence += worths.get(word, 0.0)
    return dot, evidence


def _end(moves: Mapping[int, int], story: int) -> int:
    while story in moves:
        story = moves[story]
    return story
