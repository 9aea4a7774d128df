"""Ways to group a stream of articles: ours, which is the product's own, and two that are simpler.

Each takes the articles in the order they came and returns a story for each of them, by its first article's id.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

from monitor.cluster import THRESHOLDS, Thresholds, group, time_windows, words_of
from monitor.model.ids import ArticleId, StoryId
from monitor.model.story import StoryArticle, WordCounts
from monitor.text import normalised_title

Stream = Sequence[StoryArticle]
Method = Callable[[Stream], list[int]]

MAX_LINK = 0.1
"""The threshold with which max-link Jaccard is at its best on the tuning half, in steps of 0.05."""


def ours(stream: Stream, yardstick: Thresholds = THRESHOLDS, stored: Stream | None = None) -> list[int]:
    """As an edition groups them: all are `stored` (or more are), none is grouped yet."""
    known = stream if stored is None else stored
    counts = WordCounts(articles=len(known), words=words_of(known))
    stories: dict[ArticleId, StoryId] = {}
    for arrivals in time_windows(stream):
        stories |= group(arrivals, (), counts, yardstick)
    return [stories[article.id] for article in stream]


def max_link(stream: Stream, threshold: float = MAX_LINK) -> list[int]:
    """Into the story of the article with the largest share of words in common (Jaccard), if that is large enough."""
    bags = [words_of([article]).keys() for article in stream]
    having: defaultdict[str, list[int]] = defaultdict(list)
    stories: list[int] = []
    for place, words in enumerate(bags):
        shared = Counter(other for word in words for other in having[word])
        links = ((common / len(words | bags[other]), -other) for other, common in shared.items())
        share, other = max(links, default=(0.0, 0))
        stories.append(stories[-other] if share >= threshold else stream[place].id)
        for word in words:
            having[word].append(place)
    return stories


def exact_title(stream: Stream) -> list[int]:
    """Equal titles, but for case, quotes and dashes."""
    first: dict[str, int] = {}
    return [first.setdefault(normalised_title(article.title), article.id) for article in stream]


RIVALS: Mapping[str, Method] = {"max-link Jaccard": max_link, "exact title": exact_title}
