"""How often feeds are asked in which a topic with alerts may be found. The floor, and what publishers ask for, stay."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from monitor.model.settings import FeedSettings, PollingSettings
from monitor.model.topic import Topic
from monitor.policy.polling import floor
from monitor.text import normalised_title


def hurried(
    feeds: Mapping[str, FeedSettings], topics: Iterable[Topic], polling: PollingSettings
) -> dict[str, FeedSettings]:
    """The feeds as they are polled: none less often than an alert of a topic wants it that may be found in it. Only
    the longest interval becomes shorter, so a feed with an `interval` of its own stays as its owner wrote it.
    """
    asking = [(topic, topic.alert.poll_every) for topic in topics if topic.enabled and topic.alert is not None]
    wanted = [(topic, every) for topic, every in asking if every is not None]
    return {url: _hurried(feed, wanted, polling) for url, feed in feeds.items()}


def longest_wait(feeds: Iterable[FeedSettings], topics: Iterable[Topic], polling: PollingSettings) -> timedelta | None:
    """After what time each feed is asked again in which a topic with alerts may be found, if its publisher does not
    ask for more; None if there is no such feed.
    """
    alerting = [topic for topic in topics if topic.enabled and topic.alert is not None]
    polled = hurried({feed.url: feed for feed in feeds if feed.enabled}, alerting, polling).values()
    waits = (
        max(feed.interval or feed.max_interval or polling.max_interval, floor(feed, polling))
        for feed in polled
        if any(may_carry(feed, topic) for topic in alerting)
    )
    return max(waits, default=None)


def may_carry(feed: FeedSettings, topic: Topic) -> bool:
    """Whether an article of this feed can match the topic, as far as its settings say. Of a feed without an outlet, or
    of an aggregator, only its articles say whose they are.
    """
    if topic.languages and feed.language and _primary(feed.language) not in map(_primary, topic.languages):
        return False
    if not feed.outlet or feed.aggregator:
        return True
    outlet = normalised_title(feed.outlet)
    wanted = _names(each for each in topic.sources if not each.startswith("!"))
    barred = _names(each[1:] for each in topic.sources if each.startswith("!"))
    return outlet not in barred and (not wanted or outlet in wanted)


def _hurried(feed: FeedSettings, wanted: Collection[tuple[Topic, timedelta]], polling: PollingSettings) -> FeedSettings:
    soonest = min((every for topic, every in wanted if may_carry(feed, topic)), default=None)
    longest = feed.max_interval or polling.max_interval
    if soonest is None or feed.interval is not None or soonest >= longest:
        return feed
    return replace(feed, max_interval=soonest)


def _names(sources: Iterable[str]) -> frozenset[str]:
    return frozenset(map(normalised_title, sources))


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].strip().lower()
