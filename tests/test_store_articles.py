"""What is stored of articles: in order, in batches, by id, by address; and the matches and topics of each."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from databases import new_store
from simulated import NOON, article, match, poll_of

from monitor.model.article import Arrival
from monitor.model.feed_update import NewArticle
from monitor.model.history import TopicActivity
from monitor.model.ids import ArticleId
from monitor.model.match import Match, Origin
from monitor.model.settings import FeedSettings
from monitor.store import Store, articles

pytestmark = pytest.mark.both_databases

EVER = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = new_store(tmp_path / "news.db")
    found.feeds.sync((FeedSettings(url="https://post.example/feed"),), NOON)
    yield found
    found.close()


def keep(store: Store, *new: NewArticle, at: datetime = NOON, **matches: list[Match]) -> None:
    (state,) = store.feeds.configured(())
    store.articles.apply(poll_of(state, *new), matches, at)


def test_articles_come_in_the_order_they_were_first_seen_however_many_batches_it_takes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(articles, "BATCH_ARTICLES", 2)
    keep(store, *(article(f"late{n}", seen=NOON + timedelta(hours=1)) for n in range(3)))
    keep(store, *(article(f"early{n}") for n in range(4)))
    keys = ["early0", "early1", "early2", "early3", "late0", "late1", "late2"]
    assert [each.key for each in store.articles.since(NOON)] == keys
    assert [each.key for each in store.articles.since(NOON + timedelta(seconds=1))] == keys[4:]
    assert list(store.articles.since(NOON + timedelta(days=1))) == []


def test_each_article_comes_with_what_was_decided_about_it(store: Store) -> None:
    keep(store, article("a"), article("b"), a=[match("Truce"), match("Grain")])
    assert [(each.key, [found.topic for found in matches]) for each, matches in store.articles.decided_since(NOON)] == [
        ("a", ["Grain", "Truce"]),
        ("b", []),
    ]


def test_an_article_is_found_by_its_id(store: Store) -> None:
    keep(store, article("a"))
    (known,) = store.articles.since(EVER)
    assert store.articles.one(known.id) == known
    assert store.articles.one(ArticleId(known.id + 1)) is None


@pytest.mark.parametrize(
    ("url", "keys"),
    [
        ("https://post.example/a", ["a", "again"]),
        ("https://POST.example:443/a?utm_source=mail#top", ["a", "again"]),
        ("https://post.example/b", ["b"]),
        ("https://post.example/", []),
        ("http://post.example/a", ["a", "again"]),
        ("www.post.example/a/", ["a", "again"]),
        ("<https://m.post.example/a.html?utm_source=x>.", ["a", "again"]),
        ("https://www.google.com/amp/s/post.example/a/amp", ["a", "again"]),
        ("https://post.example/amp/a?ref=share", ["a", "again"]),
        ("https://post.example/%61", ["a", "again"]),
        ("https://post.example/aa", []),
        ("https://other.example/a", []),
        ("no address", []),
    ],
)
def test_an_article_is_found_by_any_form_of_its_address(store: Store, url: str, keys: list[str]) -> None:
    again = replace(article("again"), link="https://post.example/a?utm_medium=rss")
    keep(store, article("a"), article("b"), again)
    assert [each.key for each in store.articles.at(url)] == keys


def test_a_stored_match_tells_when_and_how_it_was_decided(store: Store) -> None:
    keep(store, article("a"), a=[match("Truce")], at=NOON)
    (known,) = store.articles.since(EVER)
    found = store.matches.one("Truce", known.id)
    assert found is not None
    assert (found.match, found.origin, found.matched_at) == (match("Truce"), Origin.NEW, NOON)
    assert store.matches.one("Grain", known.id) is None


def test_the_activity_of_a_topic_counts_matches_of_articles_that_were_new_in_the_last_days(store: Store) -> None:
    for days in (40, 10, 3):
        at = NOON - timedelta(days=days)
        keep(store, article(f"a{days}", seen=at), at=NOON - timedelta(days=3), **{f"a{days}": [match("Truce")]})
    there = replace(article("there"), arrival=Arrival.BASELINE)
    keep(store, there, article("ahead", seen=NOON + timedelta(days=9)), there=[match("Truce")], ahead=[match("Grain")])
    keep(store, article("a0"), a0=[match("Grain")])
    assert store.matches.activity(NOON) == {
        "Grain": TopicActivity(matches=2, last_7_days=1, last_30_days=1, last_match_at=NOON),
        "Truce": TopicActivity(matches=4, last_7_days=1, last_30_days=2, last_match_at=NOON),
    }


def test_the_wordings_of_topics_are_those_they_were_last_matched_under(store: Store) -> None:
    store.topics.settle({"Truce": "f1", "Grain": "f2"}, {"Truce": "w1", "Grain": "w2"}, NOON)
    store.topics.settle({"Truce": "f3"}, {"Truce": "w3"}, NOON)
    assert store.topics.wordings() == {"Truce": "f3", "Grain": ""}
