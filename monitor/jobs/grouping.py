"""cluster → the stories of matching articles that have none yet, and the publishers of their
outlets. Writes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from monitor.cluster import STORY_WINDOW, ArticleReader, group, slices
from monitor.model.edition_input import HighWater
from monitor.model.ids import ArticleId, StoryId
from monitor.model.settings import FeedSettings
from monitor.model.story import StoryArticle
from monitor.model.voices import Publishers
from monitor.store import Store
from monitor.voices import publishers_of


def grouping(
    store: Store,
    knows: HighWater | None = None,
    *,
    keep: Callable[[Mapping[ArticleId, StoryId]], None] | None = None,
    sign_of_life: Callable[[], None] = lambda: None,
) -> dict[ArticleId, StoryId]:
    """Group matching articles that are not grouped yet: article → story. Publishing an edition stores the result; this
    function does not. `keep` receives each slice of a flood except the last, so that a restart continues where it was.
    Articles that came after `knows` are left out: the edition that uses this grouping does not list them.
    """
    stories: dict[ArticleId, StoryId] = {}
    ungrouped = store.stories.ungrouped(knows)
    grouped_now: list[StoryArticle] = []
    reader = ArticleReader()
    for arrivals in slices(ungrouped):
        since, until = arrivals[0].first_seen_at - STORY_WINDOW, arrivals[-1].first_seen_at + STORY_WINDOW
        before = {each.id: each for each in grouped_now if since <= each.first_seen_at <= until}
        before |= {each.id: each for each in store.stories.grouped_between(since, until)}
        recent = sorted(before.values(), key=lambda each: (each.first_seen_at, each.id))
        counts = store.words.counts(reader.words_of((*arrivals, *recent)))
        found = group(arrivals, recent, counts, sign_of_life=sign_of_life, reader=reader)
        stories |= found
        grouped_now += [replace(each, story_id=found[each.id]) for each in arrivals]
        if keep is not None and len(stories) < len(ungrouped):
            keep(found)
    return stories


def publishers(store: Store, feeds: Mapping[str, FeedSettings]) -> Publishers:
    """The publishers of feeds (by URL) according to the config. They are not stored, because they may change at any
    time.
    """
    states = store.feeds.configured()
    return publishers_of((state.id, feeds[state.url]) for state in states if state.url in feeds)
