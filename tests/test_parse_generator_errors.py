"""A generator's error as an item is a failed poll, not an article."""

import json
from dataclasses import replace

import pytest

from monitor.model.feed import ParsedFeed, ParseFailed, ParseOutcome
from monitor.model.fetch import FetchProblem
from monitor.parse import parse_feed
from monitor.parse.generator_errors import without_errors

ERRORS = [
    "Bridge returned error 404! (20442)",
    "Bridge returned error 0! (19000)",
    "bridge returned error -1!",
    "HarbourBridge returned error 503",
    "The feed generator encountered an error 500.",
    "Scraper failed with HTTP error code: 429",
    "Bridge returned error 404: Not Found! (20442)",
    "QuayBridge returned error 429 Too Many Requests (2031-11-28)",
    "Generator reported error 503 (Service Unavailable)!",
]


def read(document: str) -> ParseOutcome:
    return parse_feed(document.encode(), url="https://bridge.example/", headers={}, max_items=9)


def rss(*titles: str) -> str:
    items = "".join(f"<item><guid>{n}-{title}</guid><title>{title}</title></item>" for n, title in enumerate(titles))
    return f"<rss version='2.0'><channel><title>Search</title>{items}</channel></rss>"


def atom(title: str) -> str:
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title><entry><id>1</id><title>{title}</title></entry></feed>"


def json_feed(title: str) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": title}]})


@pytest.mark.parametrize("title", ERRORS)
def test_an_error_alone_is_a_failure_in_its_words(title: str) -> None:
    for document in (rss(title), rss(title, title), atom(title), json_feed(title)):
        failed = read(document)
        assert isinstance(failed, ParseFailed)
        assert (failed.problem, failed.detail) == (FetchProblem.GENERATOR, f"The generator of the feed failed: {title}")


def test_an_error_among_articles_is_left_out_and_reported() -> None:
    feed = read(rss(ERRORS[0], "Tide turns"))
    assert isinstance(feed, ParsedFeed)
    assert ([item.title for item in feed.items], feed.refused) == (["Tide turns"], 1)
    assert feed.doubt == f"The generator of the feed failed: {ERRORS[0]}"
    before = without_errors(
        replace(feed, items=(*feed.items, replace(feed.items[0], title=ERRORS[0])), doubt="A guess.")
    )
    assert isinstance(before, ParsedFeed)
    assert (before.items, before.doubt) == (feed.items, f"A guess. The generator of the feed failed: {ERRORS[0]}")


@pytest.mark.parametrize(
    "title",
    [
        "Bridge returned to traffic after error",
        "Bridge returned error 404! (20442): what to do about it",
        "Drawbridge operator returned error-strewn report of 404 pages",
        "Old bridge closed, 404 drivers turned back",
        "Error 404",
        "Bridge returned error 404 Not Found to its makers",
    ],
)
def test_news_of_bridges_and_errors_is_news(title: str) -> None:
    feed = read(rss(title))
    assert isinstance(feed, ParsedFeed)
    assert [item.title for item in feed.items] == [title]
