"""One host, many feeds: when failing feeds are one incident of their host, and which of them a good answer wakes."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.model.edition_input import FeedTrouble
from monitor.model.feed_update import FeedState
from monitor.model.settings import FeedSettings, PollingSettings
from monitor.policy.polling import believed, may_poll_at

INCIDENT_FEEDS = 3
"""Fewer are as easily named one by one, and may well be two feeds that were closed."""

INCIDENT_SHARE = 0.5
"""On a host of hundreds of feeds, such as a video site, some are always dead: that is no incident of the host."""

REASONS_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """A feed that fails, at an origin (scheme, host and port); `is_named` if people are to know of it."""

    origin: str
    trouble: FeedTrouble
    is_named: bool = True


def is_incident(failing: int, polled: int) -> bool:
    """Whether so many failing feeds, of all that are polled at one origin, are an incident of the host."""
    return failing >= INCIDENT_FEEDS and failing >= INCIDENT_SHARE * polled


def hosts_in_trouble(failing: Sequence[Failing], polled: Mapping[str, int]) -> frozenset[str]:
    """The origins at which the failing feeds are one incident; `polled` counts the feeds of each."""
    counts = Counter(each.origin for each in failing)
    return frozenset(origin for origin, count in counts.items() if is_incident(count, polled.get(origin, 0)))


def as_incidents(failing: Sequence[Failing], polled: Mapping[str, int]) -> Iterator[FeedTrouble]:
    """What people hear of these feeds: one line for each incident of a host with a feed that is named, in the place of
    its first feed; all other feeds that are named by themselves.
    """
    troubled = hosts_in_trouble(failing, polled)
    together: defaultdict[str, list[Failing]] = defaultdict(list)
    for each in failing:
        together[each.origin].append(each)
    for each in failing:
        if each.origin not in troubled:
            yield from [each.trouble] if each.is_named else []
        elif any(feed.is_named for feed in together.get(each.origin, ())):
            yield _incident(each.origin, [feed.trouble for feed in together.pop(each.origin)], polled[each.origin])


def woken_at(state: FeedState, feed: FeedSettings, polling: PollingSettings, now: datetime) -> datetime | None:
    """When a failing feed is asked because another one of its host has recovered: as soon as a poll by hand may ask;
    None if it is due before that anyway. One that was paused is asked once more.
    """
    at = max(may_poll_at(believed(state, now), feed, polling, None), now)
    return at if at < state.next_poll_at or state.paused_at is not None else None


def _incident(origin: str, feeds: Sequence[FeedTrouble], polled: int) -> FeedTrouble:
    reasons = Counter(feed.reason for feed in feeds).most_common(REASONS_NAMED)
    words = [reason if count == len(feeds) else f"{count} × {reason}" for reason, count in reasons]
    name = f"{len(feeds)} of {polled} feeds of {origin.partition('://')[2] or origin}"
    since = min(feed.since for feed in feeds)
    return replace(feeds[0], name=name, url=origin, reason=", ".join(words), since=since, feeds=len(feeds))
