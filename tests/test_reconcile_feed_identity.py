"""Which stored feed a configured URL goes on with: a table."""

import pytest
from poll_history import FEED, Shelf, document, item

from monitor.model.feed import StoredFeed
from monitor.model.ids import FeedId
from monitor.model.settings import FeedSettings
from monitor.reconcile import adopted, carries_the_same, distinct_items, lookup_for

OLD = StoredFeed(id=FeedId(1), url="http://post.example/rss")
MOVED = StoredFeed(id=FeedId(2), url="http://wire.example/rss", moved_to="https://wire.example/feed")
OTHER = StoredFeed(id=FeedId(3), url="https://coast.example/a", former_urls=("https://coast.example/b",))
ROWS = (OLD, MOVED, OTHER)


@pytest.mark.parametrize(
    ("configured", "found"),
    [
        pytest.param({"http://post.example/rss": ""}, {}, id="its own row"),
        pytest.param({"https://post.example/rss": ""}, {"https://post.example/rss": 1}, id="https"),
        pytest.param({"http://www.post.example/rss/": ""}, {"http://www.post.example/rss/": 1}, id="www and a slash"),
        pytest.param({"http://post.example/rss?all=1": ""}, {}, id="a parameter may say which feed it is"),
        pytest.param({"https://wire.example/feed": ""}, {"https://wire.example/feed": 2}, id="where it moved"),
        pytest.param({"http://wire.example/feed/": ""}, {"http://wire.example/feed/": 2}, id="about where it moved"),
        pytest.param({"https://coast.example/b": ""}, {"https://coast.example/b": 3}, id="back to where it was"),
        pytest.param({"http://coast.example/b": ""}, {"http://coast.example/b": 3}, id="about where it was"),
        pytest.param({"https://new.example/x": "http://post.example/rss"}, {"https://new.example/x": 1}, id="named"),
        pytest.param({"https://new.example/x": "https://coast.example/b"}, {"https://new.example/x": 3}, id="named so"),
        pytest.param({"https://new.example/x": "http://unknown.example/"}, {}, id="named, and unknown"),
        pytest.param({"https://new.example/x": ""}, {}, id="a new feed"),
        pytest.param({"http://post.example/rss": "", "https://post.example/rss": ""}, {}, id="both are in the config"),
        pytest.param(
            {"https://post.example/rss": "", "https://new.example/x": "http://post.example/rss"},
            {"https://new.example/x": 1},
            id="what its owner says comes first",
        ),
        pytest.param(
            {"https://post.example/rss": "", "http://www.post.example/rss": ""},
            {"https://post.example/rss": 1},
            id="once",
        ),
    ],
)
def test_a_url_goes_on_with_the_feed_it_means(configured: dict[str, str], found: dict[str, int]) -> None:
    feeds = [FeedSettings(url=url, was=was) for url, was in configured.items()]
    assert adopted(feeds, ROWS) == found


def test_of_two_rows_the_first_is_taken() -> None:
    rows = (StoredFeed(id=FeedId(7), url="http://post.example/rss/"), OLD)
    assert adopted([FeedSettings(url="https://post.example/rss")], rows) == {"https://post.example/rss": 7}


@pytest.mark.parametrize(("shared", "fresh", "is_same"), [(3, 2, True), (2, 2, False), (1, 0, True), (0, 1, False)])
def test_a_document_shows_that_it_is_a_feed_we_know(shared: int, fresh: int, *, is_same: bool) -> None:
    shelf = Shelf()
    old = [item(f"{n}", f"{n}", f"Story {n}") for n in range(5)]
    shelf.poll(*old)
    new = [item(f"new{n}", f"new{n}", f"New {n}") for n in range(fresh)]
    items = distinct_items(document(*old[:shared], *new), FEED)
    assert carries_the_same(items, shelf.stored(lookup_for(items)), is_aggregator=False) is is_same
