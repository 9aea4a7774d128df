"""What changed of feeds. What all feeds of a group share is said once, of the group."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from monitor.config.differences.keys import key_changes, table_changes
from monitor.model.config_change import ConfigChange, KeyChange, What
from monitor.model.settings import FeedSettings
from monitor.url import shown_url

OWN = ("url", "was")
"""Which feed it is: compared here, and never said as it is."""

SHARED_BY = 2
"""The fewest feeds of a group whose change is said of the group."""


def feed_changes(old: Sequence[FeedSettings], new: Sequence[FeedSettings]) -> Iterator[ConfigChange]:
    """Feeds that are new or gone, groups, and then keys that differ."""
    pairs = _pairs(old, new)
    kept = {id(before) for before, _ in pairs if before}
    yield from (_of_feed(after, What.ADDED) for before, after in pairs if before is None)
    yield from (_of_feed(before, What.REMOVED) for before in old if id(before) not in kept)
    yield from _groups(old, new)
    changed = [(after, _keys(before, after)) for before, after in pairs if before]
    shared = _shared(changed)
    for group, keys in shared.items():
        ordered = sorted(keys, key=lambda each: each.key)
        yield from table_changes("group", group, ordered, What.PAUSED, What.RESUMED)
    for feed, found in changed:
        own = [key for key in found if key not in shared.get(feed.group, ())]
        yield from table_changes("feed", _name(feed), own, What.PAUSED, What.RESUMED)


def _pairs(old: Sequence[FeedSettings], new: Sequence[FeedSettings]) -> list[tuple[FeedSettings | None, FeedSettings]]:
    """Each new feed with the old one that it goes on with: of the same URL, of the one it names as `was`, or of one
    that differs only in what is secret in it.
    """
    left = {feed.url: feed for feed in old}
    found: dict[str, FeedSettings] = {feed.url: left.pop(feed.url) for feed in new if feed.url in left}
    for feed in new:
        if feed.url not in found and feed.was in left:
            found[feed.url] = left.pop(feed.was)
    alike = defaultdict(list)
    for feed in left.values():
        alike[shown_url(feed.url)].append(feed)
    for feed in new:
        if feed.url not in found and alike[shown_url(feed.url)]:
            found[feed.url] = alike[shown_url(feed.url)].pop(0)
    return [(found.get(feed.url), feed) for feed in new]


def _keys(before: FeedSettings, after: FeedSettings) -> list[KeyChange]:
    keys = list(key_changes(before, after, without=OWN))
    if before.url != after.url:
        was, now = shown_url(before.url), shown_url(after.url)
        keys.insert(0, KeyChange(key="url", before=was, after=now) if was != now else KeyChange(key="url"))
    return keys


def _shared(changed: Sequence[tuple[FeedSettings, Sequence[KeyChange]]]) -> dict[str, set[KeyChange]]:
    """By group, the changes that all its feeds share. Of a secret nobody can say whether it is the same for all."""
    sizes = Counter(feed.group for feed, _ in changed if feed.group)
    counts = Counter((feed.group, key) for feed, keys in changed if feed.group for key in keys)
    shared: dict[str, set[KeyChange]] = defaultdict(set)
    for (group, key), count in counts.items():
        if count == sizes[group] >= SHARED_BY and key.key not in {"group", "url"}:
            shared[group].add(key)
    return shared


def _groups(old: Sequence[FeedSettings], new: Sequence[FeedSettings]) -> Iterator[ConfigChange]:
    before, after = ({feed.group for feed in feeds if feed.group} for feeds in (old, new))
    for name in sorted(after - before):
        yield ConfigChange(table="group", name=name, what=What.ADDED)
    for name in sorted(before - after):
        yield ConfigChange(table="group", name=name, what=What.REMOVED)


def _of_feed(feed: FeedSettings, what: What) -> ConfigChange:
    return ConfigChange(table="feed", name=_name(feed), what=what)


def _name(feed: FeedSettings) -> str:
    url = shown_url(feed.url)
    return f"{feed.outlet} ({url})" if feed.outlet else url
