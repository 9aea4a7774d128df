"""Which stored feed a configured URL goes on with, so that an edit of the config repeats nothing.

A feed is a URL, and its history outlives the URL: written differently, moved by its publisher, or named by
its owner (`was`). Whose first document shows that it is a feed we know is judged here too. What happens to the rows is
the store's work.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from monitor.model.feed import StoredFeed
from monitor.model.feed_update import Stored
from monitor.model.ids import FeedId
from monitor.model.settings import FeedSettings
from monitor.reconcile.identity import Identity
from monitor.reconcile.recognition import recognised
from monitor.url import clean_link

Evidence = Callable[[FeedSettings, StoredFeed], bool]


def adopted(configured: Iterable[FeedSettings], stored: Sequence[StoredFeed]) -> Mapping[str, FeedId]:
    """By URL, the id of the stored feed that a URL without a row of its own goes on with.

    A row whose own URL is still in the config is nobody else's, and each goes to one URL at most. Stronger evidence
    comes first, whatever the order of the config; of several rows the one that stands first in `stored`.
    """
    feeds = {feed.url: feed for feed in configured}
    homeless = [feed for url, feed in feeds.items() if url not in {row.url for row in stored}]
    free = [row for row in stored if row.url not in feeds]
    found: dict[str, FeedId] = {}
    for evidence in (_is_named, _is_former, _has_moved, _is_written_otherwise):
        for feed in homeless:
            row = next((row for row in free if evidence(feed, row)), None)
            if row and feed.url not in found:
                found[feed.url] = row.id
                free.remove(row)
    return found


def carries_the_same(items: Sequence[Identity], stored: Stored, *, is_aggregator: bool) -> bool:
    """Whether more than half of a document are articles of the feed of which `stored` is what it has of them."""
    return 2 * len(recognised(items, stored, is_aggregator=is_aggregator).known) > len(items)


def _is_named(feed: FeedSettings, row: StoredFeed) -> bool:
    return feed.was != "" and feed.was in {row.url, *row.former_urls}


def _is_former(feed: FeedSettings, row: StoredFeed) -> bool:
    return feed.url in row.former_urls


def _has_moved(feed: FeedSettings, row: StoredFeed) -> bool:
    return row.moved_to != "" and _address(row.moved_to) == _address(feed.url)


def _is_written_otherwise(feed: FeedSettings, row: StoredFeed) -> bool:
    return _address(feed.url) in {_address(url) for url in (row.url, *row.former_urls)}


def _address(url: str) -> str:
    """Without scheme, `www.` and trailing slash; all parameters stay, for they may say which feed it is."""
    parts = urlsplit(clean_link(url))
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"
