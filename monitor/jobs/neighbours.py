"""cluster → what resembles a topic, one line a story, beside the stories of matching articles. Writes nothing.

No story changes: the stories of matching articles are what they are before anything is placed beside them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from monitor.cluster import STORY_WINDOW, ArticleReader, group, slices
from monitor.model.article import Article
from monitor.model.ids import ArticleId, StoryId
from monitor.model.perhaps import Resembling
from monitor.model.story import StoryArticle
from monitor.store import Store

PLACED = 100
"""So many of a topic are placed, the most alike; the others are left out. No topic has more than 20 lines."""

Found = Mapping[str, Sequence[Resembling]]


def beside_stories(
    store: Store, found: Found, stories: Mapping[ArticleId, StoryId], sign_of_life: Callable[[], None] = lambda: None
) -> dict[str, tuple[Resembling, ...]]:
    """Topic → what resembles it, each with the story that it is beside, one of each story. `stories`: those of
    articles that are being grouped.
    """
    best = {topic: each[:PLACED] for topic, each in found.items()}
    placed, of_matches = _places(store, (one.article for each in best.values() for one in each), stories, sign_of_life)
    return {topic: tuple(_folded(each, placed, of_matches)) for topic, each in best.items()}


def _places(
    store: Store, found: Iterable[Article], stories: Mapping[ArticleId, StoryId], sign_of_life: Callable[[], None]
) -> tuple[dict[ArticleId, StoryId | None], set[StoryId | None]]:
    """Article → the story that it is about, else the first of these articles that is about the same; and which stories
    are those of matching articles.
    """
    unmatched = {each.id: _story_article(each) for each in found}
    ordered = sorted(unmatched.values(), key=lambda each: (each.first_seen_at, each.id))
    fresh = [replace(each, story_id=stories[each.id]) for each in store.stories.ungrouped() if each.id in stories]
    placed: dict[ArticleId, StoryId | None] = {}
    of_matches: set[StoryId | None] = set()
    reader = ArticleReader()
    for arrivals in slices(ordered):
        since, until = arrivals[0].first_seen_at - STORY_WINDOW, arrivals[-1].first_seen_at + STORY_WINDOW
        grouped = [*store.stories.grouped_between(since, until), *fresh]
        recent = sorted(
            (each for each in grouped if since <= each.first_seen_at <= until),
            key=lambda each: (each.first_seen_at, each.id),
        )
        of_matches |= {each.story_id for each in recent}
        own = {each.id: each.story_id for each in recent if each.id in unmatched}  # it matches another topic
        new = [each for each in arrivals if each.id not in own]
        counts = store.words.counts(reader.words_of((*new, *recent)))
        placed |= own | group(new, recent, counts, sign_of_life=sign_of_life, reader=reader)
    return placed, of_matches


def _folded(
    found: Sequence[Resembling], placed: Mapping[ArticleId, StoryId | None], of_matches: Collection[StoryId | None]
) -> Iterator[Resembling]:
    """The most alike of each story, with the number of the others."""
    by_story: dict[StoryId | None, list[Resembling]] = {}
    for each in found:
        by_story.setdefault(placed[each.article.id], []).append(each)
    for story, members in by_story.items():
        others = sum(1 + each.others for each in members) - 1
        yield replace(members[0], others=others, beside=story if story in of_matches else None)


def _story_article(article: Article) -> StoryArticle:
    return StoryArticle(
        id=article.id,
        title=article.title,
        text=article.text,
        outlet=article.outlet,
        first_seen_at=article.first_seen_at,
    )
