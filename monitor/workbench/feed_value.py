"""`feeds value`: what each feed brought that matched, what no other feed had, and what that cost."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from monitor.model.feed_value import AskedFeed, FeedValue, Overlap, ValueFacts
from monitor.model.ids import FeedId, StoryId

MOST_OVERLAPS = 10
"""Feeds that are named beside one."""

MOST_FEEDS = 50
"""A story that more feeds had says nothing of two of them, and its pairs take long to count."""


def feed_values(facts: ValueFacts) -> tuple[FeedValue, ...]:
    """The feeds, the least valuable first: by the stories that no other feed had, then by those that it had first, then
    by matches; of equal ones that which was asked most. Those that are new come last: they had less time.
    """
    matches = Counter(feed for feed, _ in facts.matching.values())
    stories: defaultdict[FeedId, set[StoryId]] = defaultdict(set)
    for feed, story in facts.matching.values():
        stories[feed].add(story)
    had_by = {story: frozenset(feed for _, feed in articles) for story, articles in facts.members.items()}
    began_in = {story: min(articles)[1] for story, articles in facts.members.items()}
    named = {feed.id: feed for feed in facts.feeds}
    found = (
        FeedValue(
            name=feed.name,
            url=feed.url,
            known_since=feed.known_since,
            is_new=feed.known_since is None or feed.known_since > facts.since,
            matches=matches[feed.id],
            stories=len(stories[feed.id]),
            first=sum(began_in[story] == feed.id for story in stories[feed.id]),
            only_here=sum(len(had_by[story]) == 1 for story in stories[feed.id]),
            polls=feed.polls,
            overlaps=_overlaps(feed.id, [had_by[story] for story in stories[feed.id]], named),
        )
        for feed in facts.feeds
    )
    return tuple(sorted(found, key=_least_first))


def _overlaps(
    feed: FeedId, stories: Collection[frozenset[FeedId]], named: Mapping[FeedId, AskedFeed]
) -> tuple[Overlap, ...]:
    """The feeds of the config with the most of these stories, the most first."""
    shared = Counter(other for feeds in stories if len(feeds) <= MOST_FEEDS for other in feeds if other != feed)
    known = sorted((-count, other) for other, count in shared.items() if other in named)
    return tuple(
        Overlap(
            name=named[other].name, url=named[other].url, stories=-count, percent=round(-100 * count / len(stories))
        )
        for count, other in known[:MOST_OVERLAPS]
    )


def _least_first(value: FeedValue) -> tuple[object, ...]:
    return value.is_new, value.only_here, value.first, value.matches, -value.polls, value.name.casefold(), value.url
