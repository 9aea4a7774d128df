"""Which articles tell the same story: copies of one another (`monitor.copies`), within days of each other.

A single pass in the order given, so that the same rows give the same stories. Decides nothing
about what a digest shows, deletes nothing, and does not yet see the same event in other words.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.copies import Copies, Wording, wording
from monitor.model.story import StoryArticle

STORY_WINDOW = timedelta(hours=72)
"""An article joins a story that it was first seen so long after, or before, at most: one event's coverage."""


def spells(arrivals: Sequence[StoryArticle]) -> Iterator[tuple[StoryArticle, ...]]:
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


def group(arrivals: Sequence[StoryArticle], recent: Sequence[StoryArticle]) -> dict[int, int]:
    """Arrival → story: one of `recent`, that of an earlier arrival, or its own.

    A story is named after its first article. Both in order of (first seen, id); `recent` are the
    articles of the window around the arrivals that are grouped already.
    """
    stories = _Stories()
    for article in recent:
        stories.add(article, _wording(article), article.story_id or article.id)
    return {article.id: stories.placed(article) for article in arrivals}


class _Stories:
    """The stories met so far, and from when to when their articles were first seen."""

    def __init__(self) -> None:
        self._copies = Copies()
        self._spans: dict[int, tuple[datetime, datetime]] = {}

    def add(self, article: StoryArticle, words: Wording, story: int) -> None:
        seen = article.first_seen_at
        first, last = self._spans.get(story, (seen, seen))
        self._spans[story] = min(first, seen), max(last, seen)
        self._copies.add(words, story)

    def placed(self, article: StoryArticle) -> int:
        """The story that `article` is put into."""
        words = _wording(article)
        known = (story for story in self._copies.stories(words) if self._is_open(story, article.first_seen_at))
        story = next(known, article.id)
        self.add(article, words, story)
        return story

    def _is_open(self, story: int, moment: datetime) -> bool:
        first, last = self._spans[story]
        return first - STORY_WINDOW <= moment <= last + STORY_WINDOW


def _wording(article: StoryArticle) -> Wording:
    return wording(article.title, article.text, article.outlet)
