"""Streams made of labelled headlines: sparse ones, as a topic's matches are, and those of one topic.

A sparse stream has from each story as many articles as chance says, one to seven; its articles are its whole store.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from random import Random  # noqa: TID251 (seeded: every run has the same streams)

from benchmarks.stories.lines import Stories
from monitor.cluster import words_of
from monitor.model.story import StoryArticle

SPARSE_STREAMS = 6
MOST_OF_A_STORY = 7
TOPIC_ARTICLES = 120
ARTICLES_OF_A_WORD = 8
STORIES_OF_A_WORD = 2
ARTICLES_OF_A_STORY = 2

TOPICS: dict[str, tuple[str, ...]] = {
    "shares": ("stock", "share"),
    "China": ("china",),
    "Google": ("google",),
    "Apple": ("apple",),
    "cable": ("comcast", "netflix"),
    "chiefs": ("ceo",),
    "SXSW": ("sxsw",),
    "flying": ("airline", "plane"),
    "phones": ("smartphone", "phone"),
    "shops": ("sale", "profit", "store"),
    "screens": ("tv", "film", "movie"),
    "the Fed": ("fed",),
}
"""Topics of one line, as people write them; each holds for articles of several stories."""


def sparse(stories: Stories, seed: int) -> Stories:
    chance = Random(seed)
    chosen: list[int] = []
    for label in sorted(set(stories.labels())):
        numbers = stories.numbers_of([label])
        chosen += chance.sample(numbers, min(len(numbers), chance.randint(1, MOST_OF_A_STORY)))
    return stories.only(chosen)


def topical(stories: Stories, words: Sequence[str]) -> Stories:
    """What a topic of these words matches, at most so many of it; the matched words are known as such."""
    matched = {article.id: _found(article, words) for article in stories.stream}
    numbers = [number for number, found in matched.items() if found]
    chosen = set(Random(len(numbers)).sample(numbers, min(len(numbers), TOPIC_ARTICLES)))
    stream = tuple(_with(article, matched[article.id]) for article in stories.stream if article.id in chosen)
    return Stories(stream=stream, names=stories.names, gold=stories.gold)


def one_word_topics(stories: Stories) -> list[str]:
    """Each word of at least eight articles, at least two of them in each of two stories; not those of `TOPICS`."""
    of_stories: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for article, label in zip(stories.stream, stories.labels(), strict=True):
        for word in words_of([article]):
            of_stories[word][label] += 1
    taken = {word for words in TOPICS.values() for word in words}
    return sorted(
        word
        for word, counts in of_stories.items()
        if word not in taken
        and counts.total() >= ARTICLES_OF_A_WORD
        and sum(count >= ARTICLES_OF_A_STORY for count in counts.values()) >= STORIES_OF_A_WORD
    )


def _found(article: StoryArticle, words: Sequence[str]) -> tuple[str, ...]:
    inside = words_of([article])
    return tuple(word for word in words if word in inside)


def _with(article: StoryArticle, found: tuple[str, ...]) -> StoryArticle:
    return StoryArticle(
        id=article.id,
        title=article.title,
        text=article.text,
        outlet=article.outlet,
        first_seen_at=article.first_seen_at,
        found=found,
    )
