"""Which articles are about the same story: copies of one another (`monitor.copies`), or the same event in other words.

    articles ─ copies ──────────┐
             └ words ─ events ──┴ one pass ─ what it kept apart is joined ─ article → story

A single pass in the order given, then a second look at the stories it opened; the same rows give the same
stories. It decides nothing about what a digest shows, and deletes nothing. It knows no translations: an event reported
in two languages is two stories, unless names alone connect them.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise
from math import ceil

from monitor.cluster.article_reader import ArticleReader
from monitor.cluster.events import STORY_WINDOW, Event, Events, Thresholds, event_of
from monitor.cluster.idf import Idf
from monitor.cluster.outlet_boilerplate import OutletBoilerplate
from monitor.cluster.word_bags import is_scant, words_of
from monitor.content_words import content_words
from monitor.copies import Copies, Wording
from monitor.model.ids import ArticleId, StoryId
from monitor.model.story import StoryArticle, WordCounts

__all__ = [
    "SLICE",
    "STORY_WINDOW",
    "THRESHOLDS",
    "ArticleReader",
    "Thresholds",
    "group",
    "slices",
    "time_windows",
    "words_of",
]

THRESHOLDS = Thresholds()

SLICE = 10_000
"""How many arrivals are grouped at once: more than a usual month of matches; a flood is grouped in several goes, each
of which is kept. Between two goes nothing is joined any more that has its story.
"""

MOST_SLICES = 4
"""Each slice adds all earlier articles of its window again: of many slices that would be most of the work."""


def time_windows(arrivals: Sequence[StoryArticle]) -> Iterator[tuple[StoryArticle, ...]]:
    """`arrivals` parted where the next one is too far off to join the one before: each part is grouped alone.

    So an old page that was edited into a match does not bring up all the stories since.
    """
    start = 0
    for place, (one, other) in enumerate(pairwise(arrivals), 1):
        if other.first_seen_at - one.first_seen_at > STORY_WINDOW:
            yield tuple(arrivals[start:place])
            start = place
    if arrivals:
        yield tuple(arrivals[start:])


def slices(arrivals: Sequence[StoryArticle]) -> Iterator[tuple[StoryArticle, ...]]:
    """The spells of `arrivals`, each in parts that are grouped one after the other."""
    for spell in time_windows(arrivals):
        size = max(SLICE, ceil(len(spell) / MOST_SLICES))
        yield from (spell[start : start + size] for start in range(0, len(spell), size))


def group(
    arrivals: Sequence[StoryArticle],
    recent: Sequence[StoryArticle],
    counts: WordCounts,
    yardstick: Thresholds = THRESHOLDS,
    sign_of_life: Callable[[], None] = lambda: None,
    reader: ArticleReader | None = None,
) -> dict[ArticleId, StoryId]:
    """Arrival → story: one of `recent`, that of an earlier arrival, or its own.

    A story is named after its first article. Both in order of (first seen, id); `recent` are the
    articles of the window around the arrivals that are grouped already. `counts` has, for each of their words
    (`words_of`), the number of stored articles with it. `sign_of_life` is called again and again.
    `reader` remembers what it has read of these articles.
    """
    reader = reader or ArticleReader()
    stories = _Stories(reader, OutletBoilerplate((*recent, *arrivals), reader), Idf(counts), yardstick, sign_of_life)
    for article in recent:
        stories.add(article, article.story_id or article.id)
    placed = {article.id: stories.placed(article) for article in arrivals}
    moves = stories.joined({story for article, story in placed.items() if article == story})
    return {article: StoryId(moves.get(story, story)) for article, story in placed.items()}


class _Stories:
    """The stories met so far: their texts and titles, and the events they are about."""

    def __init__(
        self,
        reader: ArticleReader,
        outlet_boilerplate: OutletBoilerplate,
        rarity: Idf,
        yardstick: Thresholds,
        sign_of_life: Callable[[], None],
    ) -> None:
        self._sign_of_life = sign_of_life
        self._reader = reader
        self._habits = outlet_boilerplate
        self._rarity = rarity
        self._topic_weight = yardstick.topic_weight
        self._copies = Copies()
        self._events = Events(rarity, yardstick, sign_of_life)

    def add(self, article: StoryArticle, story: int) -> None:
        self._put(article, story, self._event(article, story), self._reader.wording(article))

    def placed(self, article: StoryArticle) -> int:
        """The story that `article` is put into."""
        event, words = self._event(article, article.id), self._reader.wording(article)
        found = next((story for story in self._copies.stories(words) if self._events.is_open(story, event)), None)
        if found is None:
            found = self._events.closest(event)
        story = event.story = article.id if found is None else found
        self._put(article, story, event, words)
        return story

    def _put(self, article: StoryArticle, story: int, event: Event, words: Wording) -> None:
        self._sign_of_life()
        if story in self._copies.stories(words):
            self._events.cover(story, event)  # says nothing new: a thousand copies weigh as one
        elif story == article.id and is_scant(event.weights):
            self._events.add(event_of({}, story=story, seen_at=article.first_seen_at))
        else:
            self._events.add(event)
        self._copies.add(words, story)

    def joined(self, fresh: Collection[int]) -> dict[int, int]:
        return self._events.joined(fresh)

    def _event(self, article: StoryArticle, story: int) -> Event:
        topic_words = {word for found in article.found for word in content_words(found)}
        weights = {
            word: times * self._rarity.of(word) * (self._topic_weight if word in topic_words else 1.0)
            for word, times in self._habits.bag(article).items()
        }
        return event_of(weights, story=story, seen_at=article.first_seen_at)
