"""What the store counts of matches: stories a day; and when quiet feeds brought articles."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from databases import new_store
from simulated import NOON, article, match, poll_of

from monitor.model.article import Arrival
from monitor.model.edition_input import EditionInput
from monitor.model.feed_update import NewArticle
from monitor.model.fetch import FetchProblem
from monitor.model.ids import StoryId
from monitor.model.match import Match, Tier
from monitor.model.settings import FeedSettings
from monitor.store import Store

pytestmark = pytest.mark.both_databases

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TRUCE, GRAIN = "Truce", "Grain"
FEED = FeedSettings(url="https://post.example/feed.xml", outlet="The Post")
WRITTEN = {TRUCE: "w1", GRAIN: "w1"}
BOUNDS = tuple(NOON + day * DAY for day in range(5))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = new_store(tmp_path / "news.db")
    found.feeds.sync([FEED], NOON)
    found.editions.sync(["Daily"], NOON)
    found.topics.settle({TRUCE: "f1", GRAIN: "f1"}, WRITTEN, NOON)
    yield found
    found.close()


def polled(store: Store, at: datetime, *found: tuple[NewArticle, Match | None]) -> None:
    """A poll at `at` that brings these articles."""
    (state,) = store.feeds.configured([FEED.url])
    update = poll_of(replace(state, succeeded_at=at), *(each for each, _ in found))
    store.articles.apply(update, {each.key: [hit] for each, hit in found if hit}, at)


def edition_input(store: Store, now: datetime = BOUNDS[-1]) -> EditionInput:
    alone = {each.id: StoryId(each.id) for each in store.stories.ungrouped()}
    return store.edition_input.load("Daily", [TRUCE, GRAIN], alone, now, BOUNDS)


def test_stories_are_counted_by_the_day_they_were_first_seen(store: Store) -> None:
    first, third = NOON + HOUR, NOON + 2 * DAY + HOUR
    polled(store, first, (article("a", seen=first), match(TRUCE)), (article("b", seen=first), match(TRUCE)))
    polled(store, NOON + DAY + HOUR, (article("other", seen=NOON + DAY + HOUR), None))
    polled(store, third, (article("c", seen=third), match(TRUCE)), (article("d", seen=third), match(GRAIN)))
    polled(store, NOON + 4 * DAY, (article("e", seen=NOON + 4 * DAY), match(TRUCE)))
    assert edition_input(store).daily == {TRUCE: (2, 0, 1, 1), GRAIN: (0, 0, 1, 0)}


def test_articles_of_one_story_count_once_a_day(store: Store) -> None:
    for day in (0, 1):
        seen = NOON + day * DAY + HOUR
        polled(store, seen, *((article(f"{day}-{n}", seen=seen), match(TRUCE)) for n in range(3)))
    ids = [each.id for each in store.stories.ungrouped()]
    found = store.edition_input.load("Daily", [TRUCE], dict.fromkeys(ids, StoryId(ids[0])), BOUNDS[-1], BOUNDS)
    assert found.daily[TRUCE] == (1, 1, None, None)


def test_mentions_and_what_surfaced_late_are_no_stories_of_the_day(store: Store) -> None:
    seen = NOON + HOUR
    passing = replace(match(TRUCE), tier=Tier.PASSING)
    late = replace(article("late", seen=seen), arrival=Arrival.LATE)
    undated = article("undated", seen=seen, is_mailable=False)
    polled(store, seen, (article("p", seen=seen), passing), (late, match(TRUCE)), (undated, match(TRUCE)))
    assert edition_input(store).daily[TRUCE][0] == 0


def test_nothing_is_known_of_a_day_on_which_no_feed_answered(store: Store) -> None:
    polled(store, NOON + HOUR)
    (state,) = store.feeds.configured([FEED.url])
    failed = replace(poll_of(state), status=FetchProblem.TIMEOUT.value)
    store.articles.apply(failed, {}, NOON + DAY + HOUR)
    assert edition_input(store).daily[TRUCE] == (0, None, None, None)


def test_nothing_is_known_of_days_before_a_topic_was_matched_as_it_is_now(store: Store) -> None:
    for day in range(4):
        polled(store, NOON + day * DAY + HOUR)
    store.topics.settle({TRUCE: "f2", GRAIN: "f1"}, WRITTEN | {TRUCE: "w2"}, NOON + 2 * DAY)
    assert edition_input(store).daily == {TRUCE: (None, None, 0, 0), GRAIN: (0, 0, 0, 0)}


@pytest.mark.parametrize(
    ("fingerprint", "written", "days"),
    [
        ("f1", "w1", (0, 0, 0, 0)),
        ("f2", "w1", (0, 0, 0, 0)),
        ("f1", "w2", (0, 0, 0, 0)),
        ("f2", "w2", (None, None, 0, 0)),
    ],
)
def test_days_stay_known_unless_the_owner_changed_what_is_looked_for(
    store: Store, fingerprint: str, written: str, days: tuple[int | None, ...]
) -> None:
    for day in range(4):
        polled(store, NOON + day * DAY + HOUR)
    store.topics.settle({TRUCE: fingerprint, GRAIN: "f1"}, WRITTEN | {TRUCE: written}, NOON + 2 * DAY)
    assert edition_input(store).daily[TRUCE] == days
    assert store.topics.changed({TRUCE: "f3"}, {TRUCE: written}).reinterpreted == {TRUCE}
    assert store.topics.changed({TRUCE: "f3"}, {TRUCE: "w3"}).reworded == {TRUCE}


def test_a_topic_that_was_not_looked_for_meanwhile_is_new(store: Store) -> None:
    store.topics.settle({GRAIN: "f1"}, WRITTEN, NOON + DAY)
    assert store.topics.changed({TRUCE: "f1", GRAIN: "f1"}, WRITTEN).reworded == {TRUCE}


@pytest.mark.parametrize(("fingerprint", "reinterpreted"), [("f1", frozenset()), ("f2", frozenset({TRUCE}))])
def test_where_it_was_not_noted_what_the_owner_wrote_days_stay_known(
    store: Store, fingerprint: str, reinterpreted: frozenset[str]
) -> None:
    """As after the upgrade to the version that notes it; from then on it is known."""
    for day in range(4):
        polled(store, NOON + day * DAY + HOUR)
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE topics SET written = NULL")
    changed = store.topics.changed({TRUCE: fingerprint}, WRITTEN)
    assert (changed.all, changed.reinterpreted) == (reinterpreted, reinterpreted)
    store.topics.settle({TRUCE: fingerprint, GRAIN: "f1"}, WRITTEN, NOON + 2 * DAY)
    assert edition_input(store).daily == {TRUCE: (0, 0, 0, 0), GRAIN: (0, 0, 0, 0)}
    assert store.topics.changed({TRUCE: "f3"}, {TRUCE: "w2"}).reworded == {TRUCE}


def test_without_days_nothing_is_counted(store: Store) -> None:
    assert store.edition_input.load("Daily", [TRUCE], {}, NOON).daily == {}


def test_a_feed_that_was_quiet_for_two_days_tells_when_it_brought_something(store: Store) -> None:
    for number, hours in enumerate((0, 4, 4, 8)):
        seen = NOON + hours * HOUR
        polled(store, seen, (article(str(number), seen=seen), None))
    last = NOON + 8 * HOUR
    assert edition_input(store, last + 47 * HOUR).sightings == ()
    (feed,) = edition_input(store, last + 48 * HOUR).sightings
    assert (feed.name, feed.seen_at) == ("The Post", (NOON, NOON + 4 * HOUR, last))
    assert edition_input(store, last + 61 * DAY).sightings == (feed,)


def test_of_a_quiet_feed_two_months_before_it_fell_quiet_are_told(store: Store) -> None:
    for day in (0, 10, 70):
        polled(store, NOON + day * DAY, (article(str(day), seen=NOON + day * DAY), None))
    (feed,) = edition_input(store, NOON + 100 * DAY).sightings
    assert feed.seen_at == (NOON + 70 * DAY,)
    (feed,) = edition_input(store, NOON + 69 * DAY).sightings
    assert feed.seen_at == (NOON, NOON + 10 * DAY)
