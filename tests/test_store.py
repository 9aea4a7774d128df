"""The store keeps its promises: all or nothing, once, and private."""

import fcntl
import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from databases import new_store
from simulated import NOON, article, match, poll_of
from sqlalchemy.exc import IntegrityError

from monitor.errors import AlreadyRunning, DamagedStore, NewerStore, StoreError
from monitor.model.delivery import DeliveryState, NewDelivery, Verdict
from monitor.model.edition import Listing
from monitor.model.edition_input import EditionInput, FeedGap, FeedMove, HighWater, LeftOut
from monitor.model.feed import PollHints
from monitor.model.feed_update import ChangedArticle, FeedState, FeedUpdate, Hold, Lookup, PollCounts, Stored
from monitor.model.fetch import FetchProblem, Validators
from monitor.model.ids import ArticleId, StoryId
from monitor.model.match import Origin
from monitor.model.new_edition import EditionKind, NewEdition
from monitor.model.overview import HeldFeeds
from monitor.model.requests import PollRequest, RequestKind, SendRequest
from monitor.model.settings import FeedSettings
from monitor.model.story import WordCounts
from monitor.store import Store, lock, open_store
from monitor.store.lock import is_owned, ownership
from monitor.store.schema import migrate
from monitor.store.tables import metadata

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TOPIC = "Syria ceasefire"
LATER = NOON + timedelta(days=9)
FEED = FeedSettings(url="https://post.example/feed.xml", outlet="The Post")
OTHER = FeedSettings(url="https://wire.example/feed.xml")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = new_store(tmp_path / "state" / "news.db")
    store.feeds.sync([FEED, OTHER], NOON)
    store.editions.sync(["Daily"], NOON)
    yield store
    store.close()


def state_of(store: Store, url: str = FEED.url) -> FeedState:
    return store.feeds.configured([url])[0]


POST = "https://post.example"


def hold(until: datetime, asked_at: datetime = NOON, origin: str = POST) -> Hold:
    return Hold(origin=origin, until=until, asked_by=FEED.url, asked_at=asked_at)


def edition(*listings: Listing, slot: str = "2026-03-02", recipients: tuple[str, ...] = ("a@x.example",)) -> NewEdition:
    return NewEdition(
        digest="Daily",
        kind=EditionKind.SCHEDULED,
        slot=slot,
        slots=((date.fromisoformat(slot[:10]), 1),),
        made_at=NOON + HOUR,
        subject="News",
        page="<html></html>",
        knew=HighWater(),
        listings=listings,
        deliveries=tuple(
            NewDelivery(recipient=each, message_id=f"<{slot}.{each}>", body=b"bytes") for each in recipients
        ),
        stories={listing.article_id: StoryId(listing.article_id) for listing in listings},
    )


def edit_of(article_id: int, key: str) -> ChangedArticle:
    return ChangedArticle(
        id=ArticleId(article_id),
        key=key,
        link=f"https://post.example/{key}",
        title="Title, corrected",
        text="Now.",
        outlet="The Post",
        language="en",
        content_hash="other",
        revisions=1,
    )


def edition_input(store: Store) -> EditionInput:
    """The next edition's material, every article being a story of its own."""
    alone = {article.id: StoryId(article.id) for article in store.stories.ungrouped()}
    return store.edition_input.load("Daily", ["Syria ceasefire"], alone, LATER)


def listing(article_id: int, form: str = "story", topic: str = "Syria ceasefire") -> Listing:
    return Listing(topic=topic, article_id=ArticleId(article_id), form=form)


def test_migrations_build_exactly_the_tables_the_code_uses(store: Store) -> None:
    with store.database.read() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), metadata)
    assert difference == []


def test_migrating_twice_changes_nothing(store: Store) -> None:
    before, after = migrate(store.database)
    assert before == after


def test_a_database_of_a_newer_program_is_refused_and_left_alone(store: Store) -> None:
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerStore, match="9999"):
        migrate(store.database)


def test_nobody_else_may_read_the_database(store: Store, tmp_path: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state").iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_a_damaged_file_is_named_and_kept(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "state" / "news.db"
    store.database.checkpoint()
    store.close()
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(DamagedStore, match="damaged"):
        open_store(f"sqlite:///{path}").database.quick_check()
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(f"sqlite:///{tmp_path / 'file' / 'news.db'}")


def test_a_feed_keeps_its_state_when_it_leaves_the_config_and_returns(store: Store) -> None:
    hints = PollHints(ttl=4 * HOUR, skip_hours=frozenset({0, 23}), skip_days=frozenset({6}))
    polled = replace(state_of(store), validators=Validators(etag=b'W/"\xe9"'), next_poll_at=NOON + HOUR, hints=hints)
    store.articles.apply(poll_of(polled), {}, NOON)
    store.feeds.sync([OTHER], NOON)
    assert [state.url for state in store.feeds.configured()] == [OTHER.url]
    store.feeds.sync([FEED, OTHER], NOON)
    assert state_of(store) == polled


def test_feeds_are_due_by_age_unless_their_origin_is_on_hold(store: Store) -> None:
    store.articles.apply(poll_of(replace(state_of(store), next_poll_at=NOON - HOUR)), {}, NOON)
    assert [state.url for state in store.feeds.due(NOON)] == [FEED.url, OTHER.url]
    held = replace(poll_of(state_of(store)), hold=hold(NOON + HOUR))
    store.articles.apply(held, {}, NOON)
    assert [state.url for state in store.feeds.due(NOON)] == [OTHER.url]
    assert {state.url for state in store.feeds.due(NOON + HOUR)} == {FEED.url, OTHER.url}


def test_a_claim_keeps_a_feed_from_being_due(store: Store) -> None:
    store.feeds.claim({state_of(store).id: NOON + HOUR}, NOON)
    assert [state.url for state in store.feeds.due(NOON)] == [OTHER.url]
    assert state_of(store).polled_at == NOON


def test_a_poll_commits_whole_or_not_at_all(store: Store) -> None:
    state = replace(state_of(store), validators=Validators(etag=b'"new"'))
    with pytest.raises(IntegrityError):
        store.articles.apply(poll_of(state, article("a"), article("a")), {}, NOON)
    assert store.articles.count() == 0
    assert state_of(store).validators == Validators()


def test_articles_are_known_by_key_within_their_feed(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a"), article("b")), {}, NOON)
    many = [f"k{number}" for number in range(1200)]
    assert set(store.articles.known(state_of(store).id, Lookup(keys=("a", *many))).by_key) == {"a"}
    assert store.articles.known(state_of(store, OTHER.url).id, Lookup(keys=("a",))) == Stored()


def test_an_edit_keeps_the_old_words_and_the_match_keeps_its_origin(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a")), {"a": [match()]}, NOON)
    known = store.articles.known(state_of(store).id, Lookup(keys=("a",))).by_key["a"]
    edit = edit_of(known.id, "a")
    update = FeedUpdate(
        state=state_of(store), changed=(edit,), counts=PollCounts(fetched=1, known=1, changed=1), status="ok"
    )
    store.articles.apply(update, {"a": [match()]}, NOON + HOUR)
    candidate = edition_input(store).candidates[0]
    assert (candidate.article.title, candidate.article.first_seen_at) == ("Title, corrected", NOON)
    with store.database.read() as connection:
        assert connection.exec_driver_sql("SELECT title FROM revisions").scalar_one() == "Title of a"


def test_a_match_is_a_candidate_until_an_edition_lists_it(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a"), article("b")), {"a": [match()]}, NOON)
    found = edition_input(store)
    assert [candidate.article.key for candidate in found.candidates] == ["a"]
    article_id = found.candidates[0].article.id
    assert store.new_editions.publish(edition(listing(article_id))) is not None
    after = edition_input(store)
    assert after.candidates == ()
    assert after.previous is not None
    assert after.previous.slot == "2026-03-02"


def test_an_article_that_no_story_has_yet_waits_for_the_next_edition(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a")), {"a": [match()]}, NOON)
    assert store.edition_input.load("Daily", ["Syria ceasefire"], {}, LATER).candidates == ()
    assert len(edition_input(store).candidates) == 1


def test_a_digests_news_begins_a_day_before_it_was_configured(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a")), {"a": [match()]}, NOON)
    alone = {each.id: StoryId(each.id) for each in store.stories.ungrouped()}
    store.editions.sync(["Daily", "Soon", "Late"], NOON)
    store.editions.sync(["Daily", "Soon"], NOON)
    store.editions.sync(["Daily", "Soon", "Late"], NOON + timedelta(days=2))
    found = {name: len(store.edition_input.load(name, [TOPIC], alone, LATER).candidates) for name in ("Soon", "Late")}
    assert found == {"Soon": 1, "Late": 0}


def test_old_matches_of_a_topic_that_a_digest_was_given_are_backfill(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a")), {"a": [match()]}, NOON)
    alone = {each.id: StoryId(each.id) for each in store.stories.ungrouped()}
    store.new_editions.publish(replace(edition(), knew=store.edition_input.high_water()))
    (candidate,) = store.edition_input.load("Daily", [TOPIC], alone, LATER).candidates
    assert candidate.origin is Origin.BACKFILL


def test_what_a_baseline_brought_undated_is_no_candidate(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a", is_mailable=False)), {"a": [match()]}, NOON)
    assert edition_input(store).candidates == ()


def test_topics_that_are_not_asked_for_bring_nothing(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a")), {"a": [match()]}, NOON)
    assert store.edition_input.load("Daily", ["Another"], {}, LATER).candidates == ()


def test_a_slot_is_published_once_and_a_listing_never_twice(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a")), {"a": [match()]}, NOON)
    article_id = edition_input(store).candidates[0].article.id
    assert store.new_editions.publish(edition()) is not None
    assert store.new_editions.publish(edition()) is None
    assert store.new_editions.publish(edition(listing(article_id), slot="2026-03-03")) is not None
    with pytest.raises(IntegrityError):
        store.new_editions.publish(edition(listing(article_id), slot="2026-03-04"))
    assert store.editions.progress("Daily", NOON + timedelta(days=2)) == (NOON + HOUR, (date(2026, 3, 3), 1))


def test_an_edition_that_cannot_be_stored_whole_leaves_nothing(store: Store) -> None:
    with pytest.raises(IntegrityError):
        store.new_editions.publish(edition(recipients=("a@x.example", "a@x.example")))
    assert store.editions.progress("Daily", NOON)[1] is None
    assert store.deliveries.counts() == {}


def test_stories_hold_all_their_articles_and_when_they_were_told(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a"), article("b")), {"a": [match()], "b": [match()]}, NOON)
    ungrouped = [each.id for each in store.stories.ungrouped()]
    together = store.edition_input.load(
        "Daily", ["Syria ceasefire"], dict.fromkeys(ungrouped, StoryId(ungrouped[0])), LATER
    )
    assert [each.key for each in together.stories[StoryId(ungrouped[0])].articles] == ["a", "b"]
    assert together.stories[StoryId(ungrouped[0])].shown_at is None
    first, second = ungrouped
    store.new_editions.publish(
        replace(edition(listing(first)), stories={first: StoryId(first), second: StoryId(first)})
    )
    assert store.stories.ungrouped() == ()
    assert [each.story_id for each in store.stories.grouped_between(NOON, NOON)] == [StoryId(first)] * 2
    later = edition_input(store)
    assert later.stories[StoryId(first)].shown_at == NOON + HOUR


@pytest.mark.parametrize(
    ("form", "is_told"),
    [("story", True), ("also", True), ("passing", False), ("late", False), ("backfill", False), ("muted", False),
     ("pointer", False)],
)  # fmt: skip
def test_a_story_is_told_when_it_was_printed_in_full(store: Store, form: str, *, is_told: bool) -> None:
    found = {"a": [match()], "b": [match()]}
    store.articles.apply(poll_of(state_of(store), article("a"), article("b")), found, NOON)
    first, second = (each.id for each in store.stories.ungrouped())
    store.new_editions.publish(
        replace(edition(listing(first, form)), stories={first: StoryId(first), second: StoryId(first)})
    )
    story = store.edition_input.load("Daily", ["Syria ceasefire"], {}, LATER).stories[StoryId(first)]
    assert story.shown_at == (NOON + HOUR if is_told else None)


@pytest.mark.parametrize(
    ("forms", "named"),
    [
        ({"Aleppo": "pointer", "Zabadani": "story"}, "Zabadani"),
        ({"Aleppo": "passing", "Zabadani": "also"}, "Zabadani"),
        ({"Aleppo": "pointer", "Zabadani": "late"}, "Zabadani"),
        ({"Aleppo": "passing", "Zabadani": "passing"}, "Aleppo"),
        ({"Aleppo": "muted"}, None),
    ],
)
def test_an_article_was_told_by_the_topic_that_had_it_most_in_full(
    store: Store, forms: dict[str, str], named: str | None
) -> None:
    found = {"a": [match(topic) for topic in ("Syria ceasefire", *forms)]}
    store.articles.apply(poll_of(state_of(store), article("a")), found, NOON)
    (one,) = (each.id for each in store.stories.ungrouped())
    store.new_editions.publish(edition(*(listing(one, form, topic) for topic, form in forms.items())))
    listed_under = store.edition_input.load("Daily", ["Syria ceasefire"], {}, LATER).listed_under
    assert listed_under == ({one: named} if named else {})


@pytest.mark.parametrize(
    ("problem", "detail", "reason"),
    [
        (FetchProblem.STATUS, "HTTP 410 (Gone)", "HTTP 410 (Gone)"),
        (FetchProblem.NOT_A_FEED, "This is a web page, not a feed.", "This is a web page, not a feed"),
        (FetchProblem.TIMEOUT, "", "timed out"),
        (FetchProblem.PARSER, "KeyError: 'entries'.", "parser gave up: KeyError: 'entries'"),
    ],
)
def test_the_trouble_of_a_feed_is_said_once(store: Store, problem: FetchProblem, detail: str, reason: str) -> None:
    failing = replace(
        state_of(store, OTHER.url), failures=3, failing_since=NOON, problem=problem, problem_detail=detail
    )
    store.articles.apply(poll_of(failing), {}, NOON)
    (trouble,) = store.edition_input.load("Daily", [], {}, LATER).coverage.failing
    assert trouble.reason == reason


def test_coverage_counts_what_was_read_and_names_what_fails(store: Store) -> None:
    failing = replace(state_of(store, OTHER.url), failures=3, failing_since=NOON, problem_detail="404 Not Found")
    store.articles.apply(poll_of(replace(state_of(store), succeeded_at=NOON), article("a")), {}, NOON)
    store.articles.apply(poll_of(failing), {}, NOON)
    coverage = store.edition_input.load("Daily", [], {}, LATER).coverage
    assert (coverage.feeds, coverage.feeds_ok, coverage.articles_read) == (2, 1, 1)
    assert [(trouble.name, trouble.since) for trouble in coverage.failing] == [("wire.example", NOON)]


@pytest.mark.parametrize(
    ("state", "is_named"),
    [
        ({}, False),
        ({"failing_since": NOON}, True),
        ({"failing_since": NOON, "succeeded_at": NOON - HOUR}, False),
        ({"failing_since": NOON - timedelta(days=2), "succeeded_at": NOON - timedelta(days=2, hours=1)}, True),
        ({"failing_since": NOON, "succeeded_at": NOON - HOUR, "paused_at": NOON}, True),
    ],
)
def test_a_feed_is_named_after_three_days_or_when_it_never_worked_or_is_gone(
    store: Store, state: dict[str, Any], *, is_named: bool
) -> None:
    store.articles.apply(poll_of(replace(state_of(store), problem_detail="HTTP 404", **state)), {}, NOON)
    coverage = store.edition_input.load("Daily", [], {}, NOON + DAY).coverage
    assert [trouble.name for trouble in coverage.failing] == (["The Post"] if is_named else [])
    assert all(trouble.reason.endswith("no longer polled") == ("paused_at" in state) for trouble in coverage.failing)


def test_coverage_tells_what_happened_since_the_previous_edition_and_only_that(store: Store) -> None:
    since = NOON - HOUR
    secret = "https://post.example/new?token=hush"
    moved = replace(state_of(store), succeeded_at=NOON, moved_to=secret, moved_at=NOON)
    for number in range(2):
        counts = PollCounts(fetched=50, refused=50, left_out=40 + number)
        store.articles.apply(
            FeedUpdate(state=moved, counts=counts, status="ok", gap_since=since), {}, NOON + number * HOUR
        )
    coverage = store.edition_input.load("Daily", [], {}, LATER).coverage
    assert coverage.gaps == (FeedGap(name="The Post", url=FEED.url, times=2, since=since, until=NOON + HOUR),)
    assert coverage.left_out == (LeftOut(name="The Post", url=FEED.url, articles=41),)
    assert coverage.moved == (FeedMove(name="The Post", url=FEED.url, to="https://post.example/new?token=***"),)
    store.new_editions.publish(replace(edition(), knew=store.edition_input.high_water()))
    later = store.edition_input.load("Daily", [], {}, LATER).coverage
    assert (later.gaps, later.left_out, later.moved) == ((), (), ())


@pytest.mark.parametrize("ahead", [timedelta(), 2 * HOUR, timedelta(days=900)])
def test_what_is_stored_after_an_edition_is_news_whatever_time_either_bears(store: Store, ahead: timedelta) -> None:
    """The edition was made while the clock was ahead; or the poll was begun before it and stored after it."""
    gap = FeedUpdate(state=state_of(store), counts=PollCounts(), status="ok", gap_since=NOON - HOUR)
    store.articles.apply(poll_of(state_of(store), article("a")), {"a": [match()]}, NOON)
    first = edition_input(store).candidates[0].article.id
    known = replace(edition(listing(first)), knew=store.edition_input.high_water(), made_at=NOON + ahead)
    store.new_editions.publish(known)
    store.articles.apply(poll_of(state_of(store), article("b")), {"b": [match()]}, NOON)
    store.articles.apply(gap, {}, NOON)
    joined = {article.id: StoryId(first) for article in store.stories.ungrouped()}
    next_ = store.edition_input.load("Daily", [TOPIC], joined, NOON + HOUR)
    assert [(each.article.key, each.origin) for each in next_.candidates] == [("b", Origin.NEW)]
    assert next_.stories[StoryId(first)].listed == {first}
    assert next_.stories[StoryId(first)].shown_at == min(NOON + ahead, NOON + HOUR)
    assert (next_.previous is None) == (ahead > HOUR)  # it is not known when it was made
    assert [each.times for each in next_.coverage.gaps] == [1]
    assert next_.coverage.articles_read == 1


def test_an_edition_may_have_more_matches_than_sqlite_takes_values(store: Store) -> None:
    number = 1_000
    found = {f"k{each}": [match()] for each in range(number)}
    store.articles.apply(poll_of(state_of(store), *map(article, found)), found, NOON)
    with store.database.read() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        before = driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, number // 2)
    assert len(edition_input(store).stories) == number
    assert before > number


def test_what_is_stored_while_an_edition_is_made_is_told_by_the_next_one_alone(store: Store) -> None:
    gap = FeedUpdate(state=state_of(store), counts=PollCounts(), status="ok", gap_since=NOON - HOUR)
    knows = store.edition_input.high_water()
    store.articles.apply(gap, {}, NOON)
    told = []
    for slot in ("2026-03-02", "2026-03-03"):
        told.append(len(store.edition_input.load("Daily", [], {}, LATER, knows=knows).coverage.gaps))
        store.new_editions.publish(replace(edition(slot=slot), knew=knows))
        knows = store.edition_input.high_water()
    assert told == [0, 1]


def test_what_an_unmailed_edition_said_of_the_feeds_is_said_again_where_somebody_reads_it(store: Store) -> None:
    gap = FeedUpdate(state=state_of(store), counts=PollCounts(), status="ok", gap_since=NOON - HOUR)
    store.new_editions.publish(replace(edition(), knew=store.edition_input.high_water()))
    for slot in ("2026-03-03", "2026-03-04"):
        store.articles.apply(gap, {}, NOON)
        unmailed = edition(slot=slot, recipients=() if slot == "2026-03-03" else ("held@x.example",))
        store.new_editions.publish(replace(unmailed, knew=store.edition_input.high_water(), made_at=NOON + 2 * HOUR))
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET state = 'held' WHERE recipient = 'held@x.example'")
    covered = {
        since_mailed: store.edition_input.load("Daily", [], {}, LATER, since_mailed=since_mailed).coverage
        for since_mailed in (True, False)
    }
    assert [each.times for each in covered[True].gaps] == [2]
    assert covered[False].gaps == ()
    assert (covered[True].since, covered[False].since) == (NOON + HOUR, NOON + 2 * HOUR)


def test_what_an_edition_lists_was_told_with_its_story_though_it_came_while_that_was_made(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a")), {"a": [match()]}, NOON)
    knows = store.edition_input.high_water()
    store.articles.apply(poll_of(state_of(store), article("b")), {"b": [match()]}, NOON)
    first, second = (each.id for each in store.stories.ungrouped())
    told = edition(listing(first), listing(second, "also"))
    store.new_editions.publish(replace(told, knew=knows, stories={first: StoryId(first), second: StoryId(first)}))
    store.articles.apply(poll_of(state_of(store), article("c")), {"c": [match()]}, NOON)
    (third,) = (each.id for each in store.stories.ungrouped())
    story = store.edition_input.load("Daily", [TOPIC], {third: StoryId(first)}, LATER).stories[StoryId(first)]
    assert (len(story.articles), story.listed) == (3, frozenset({first, second}))


def test_what_comes_while_an_edition_is_made_is_in_none_of_its_stories(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a")), {"a": [match()]}, NOON)
    knows = store.edition_input.high_water()
    store.articles.apply(poll_of(state_of(store), article("b")), {"b": [match()]}, NOON)
    assert len(store.stories.ungrouped()) == 2
    (first,) = (each.id for each in store.stories.ungrouped(knows))
    found = store.edition_input.load("Daily", [TOPIC], {first: StoryId(first)}, LATER, knows=knows)
    assert [each.id for story in found.stories.values() for each in story.articles] == [first]
    assert len(found.candidates) == 1


def test_an_article_that_an_edit_made_match_was_not_told_with_its_story(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a"), article("b")), {"a": [match()]}, NOON)
    first = edition_input(store).candidates[0].article.id
    store.new_editions.publish(replace(edition(listing(first)), knew=store.edition_input.high_water()))
    second = store.articles.known(state_of(store).id, Lookup(keys=("b",))).by_key["b"].id
    edited = FeedUpdate(state=state_of(store), changed=(edit_of(second, "b"),), counts=PollCounts(), status="ok")
    store.articles.apply(edited, {"b": [match()]}, NOON)
    stories = store.edition_input.load("Daily", [TOPIC], {second: StoryId(first)}, LATER).stories
    assert [article.id for article in stories[StoryId(first)].articles] == [first, second]
    assert stories[StoryId(first)].listed == {first}


@pytest.mark.parametrize("table", ["matches", "polls"])
def test_an_id_that_an_edition_knew_is_never_given_again(store: Store, table: str) -> None:
    def last() -> int:
        knows = store.edition_input.high_water()
        return {"matches": knows.matches, "polls": knows.polls}[table]

    store.articles.apply(poll_of(state_of(store), article("a")), {"a": [match()]}, NOON)
    before = last()
    with store.database.write() as connection:
        connection.exec_driver_sql(f"DELETE FROM {table}")
    store.articles.apply(poll_of(state_of(store), article("b")), {"b": [match()]}, NOON)
    assert last() > before


def test_a_delivery_is_claimed_once_and_settled(store: Store) -> None:
    store.new_editions.publish(edition(recipients=("a@x.example", "b@x.example")))
    first, second = store.deliveries.due(NOON + HOUR)
    assert store.deliveries.due(NOON) == ()
    assert store.deliveries.claim(first)
    assert not store.deliveries.claim(first)
    assert [each.id for each in store.deliveries.unknown()] == [first.id]
    store.deliveries.settle(first, Verdict(state=DeliveryState.SENT, next_attempt_at=None, answer="250 ok"), NOON)
    again = Verdict(state=DeliveryState.QUEUED, next_attempt_at=NOON + 2 * HOUR, answer="451 later")
    store.deliveries.settle(second, again, NOON)
    assert store.deliveries.counts() == {"queued": 1, "sent": 1}
    assert store.deliveries.due(NOON + HOUR) == ()
    assert [(each.attempts, each.answer) for each in store.deliveries.due(NOON + 2 * HOUR)] == [(1, "451 later")]


def test_a_request_is_open_until_it_is_answered(store: Store) -> None:
    request_id = store.requests.ask(PollRequest(), NOON)
    assert store.requests.outcome(request_id) is None
    (request,) = store.requests.open(RequestKind.POLL)
    assert store.requests.open(RequestKind.SEND) == ()
    store.requests.answer(request, {"reports": []}, NOON)
    assert store.requests.open(RequestKind.POLL) == ()
    assert store.requests.outcome(request_id) == {"reports": []}
    store.requests.forget(NOON + HOUR)
    assert store.requests.outcome(request_id) is None


def test_pages_wait_until_they_are_in_the_archive(store: Store) -> None:
    edition_id = store.new_editions.publish(edition())
    assert edition_id is not None
    assert store.editions.unarchived(10) == (edition_id,)
    assert store.editions.page(edition_id) == "<html></html>"
    store.editions.mark_archived(edition_id, NOON)
    assert store.editions.unarchived(10) == ()
    store.editions.archive_again()
    assert store.editions.unarchived(10) == (edition_id,)


def test_what_was_decided_while_the_clock_was_wrong_binds_nothing(store: Store) -> None:
    future = NOON + timedelta(days=3650)
    state = replace(state_of(store), polled_at=future, next_poll_at=future + HOUR)
    store.articles.apply(replace(poll_of(state), hold=hold(future + HOUR, future)), {}, future)
    assert state_of(store).url in {each.url for each in store.feeds.due(NOON)}
    assert store.feeds.holds(NOON) == {}
    store.articles.apply(replace(poll_of(state), hold=hold(NOON + HOUR)), {}, NOON)
    assert store.feeds.holds(NOON) == {POST: NOON + HOUR}
    assert state_of(store).url not in {each.url for each in store.feeds.due(NOON)}
    wrong = replace(edition(slot="2036-03-02"), made_at=future, slots=((date(2026, 3, 2), 1), (date(2036, 3, 2), 1)))
    store.new_editions.publish(wrong)
    assert store.editions.progress("Daily", NOON) == (NOON, None)
    assert store.new_editions.publish(edition(recipients=())) is not None
    assert store.editions.progress("Daily", NOON + HOUR) == (NOON + HOUR, (date(2026, 3, 2), 1))
    (waiting,) = store.deliveries.due(NOON)
    far = Verdict(state=DeliveryState.QUEUED, next_attempt_at=future, answer="")
    store.deliveries.settle(waiting, far, NOON)
    assert store.deliveries.due(NOON) != ()


def test_a_hold_is_never_shortened(store: Store) -> None:
    for until in (NOON + 2 * HOUR, NOON + HOUR):
        store.articles.apply(replace(poll_of(state_of(store)), hold=hold(until)), {}, NOON)
    assert store.feeds.holds(NOON) == {POST: NOON + 2 * HOUR}


def test_a_hold_is_told_with_who_was_asked_and_how_many_wait(store: Store) -> None:
    more = [FEED, OTHER, FeedSettings(url=f"{POST}/2"), FeedSettings(url="http://post.example/3")]
    store.feeds.sync(more, NOON)
    alone = replace(state_of(store, OTHER.url), polled_at=NOON, hold_until=NOON + 3 * DAY)
    store.articles.apply(poll_of(alone), {}, NOON)
    told = replace(state_of(store), polled_at=NOON, hold_until=NOON + HOUR)
    store.articles.apply(replace(poll_of(told), hold=hold(NOON + HOUR)), {}, NOON)
    of_one = Hold(origin="", until=NOON + 3 * DAY, asked_by=OTHER.url, asked_at=NOON)
    assert store.overview.overview(NOON).held == (
        HeldFeeds(hold=of_one, feeds=1),
        HeldFeeds(hold=hold(NOON + HOUR), feeds=2),
    )
    assert [each.hold for each in store.feeds.standings(NOON)] == [hold(NOON + HOUR), of_one, hold(NOON + HOUR), None]
    assert store.overview.overview(NOON + 4 * DAY).held == ()


def test_what_a_feed_was_asked_for_at_its_old_address_does_not_bind_it_at_a_new_one(store: Store) -> None:
    held = replace(state_of(store, OTHER.url), polled_at=NOON, hold_until=NOON + 3 * DAY)
    store.articles.apply(poll_of(held), {}, NOON)
    store.feeds.sync([FEED, FeedSettings(url="https://new.example/")], NOON, {"https://new.example/": held.id})
    assert state_of(store, "https://new.example/").hold_until is None
    assert store.overview.overview(NOON).held == ()


def test_a_digest_that_comes_back_begins_anew(store: Store) -> None:
    store.editions.sync(["Daily"], NOON + HOUR)
    assert store.editions.progress("Daily", NOON)[0] == NOON
    store.editions.sync([], NOON + HOUR)
    store.editions.sync(["Daily"], NOON + 2 * HOUR)
    assert store.editions.progress("Daily", NOON)[0] == NOON + 2 * HOUR


def test_a_wish_nobody_waits_for_is_withdrawn_or_refused(store: Store) -> None:
    given_up, left = (store.requests.ask(SendRequest(digest="Daily"), NOON) for _ in range(2))
    store.requests.withdraw(given_up)
    assert [request.id for request in store.requests.open(RequestKind.SEND)] == [left]
    store.requests.refuse_open("restarted", NOON + HOUR, asked_before=NOON + MINUTE)
    assert store.requests.outcome(left) == {"error": "restarted"}


def test_a_wish_of_a_process_that_starts_is_not_refused(store: Store) -> None:
    """The command found the lock taken, and the process that took it was still opening its database."""
    asked = {
        moment: store.requests.ask(SendRequest(digest="Daily"), moment) for moment in (NOON, NOON + MINUTE, NOON + HOUR)
    }
    store.requests.refuse_open("restarted", NOON + 2 * MINUTE, asked_before=NOON + MINUTE)
    refused = {moment for moment, request in asked.items() if store.requests.outcome(request) is not None}
    assert refused == {NOON, NOON + HOUR}


def test_the_outbox_is_found_by_its_index(store: Store) -> None:
    with store.database.read() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT id, recipient, next_attempt_at FROM deliveries "
            "WHERE state = 'queued' AND next_attempt_at > '0001-01-01'"
        ).all()
    assert "USING INDEX ix_deliveries_next_attempt_at" in " ".join(row[-1] for row in plan)


def test_the_ledger_of_polls_is_bounded(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store)), {}, NOON)
    assert store.polls.forget(NOON) == 0
    assert store.polls.forget(NOON + HOUR) == 1


def test_many_threads_write_without_losing_to_each_other(store: Store) -> None:
    state = state_of(store)

    def write(number: int) -> None:
        for each in range(10):
            store.articles.apply(poll_of(state, article(f"{number}-{each}")), {}, NOON)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.articles.count() == 80


def test_the_log_is_emptied_into_the_database(store: Store, tmp_path: Path) -> None:
    store.articles.apply(poll_of(state_of(store), article("a")), {}, NOON)
    store.database.checkpoint()
    assert (tmp_path / "state" / "news.db-wal").stat().st_size == 0


def test_a_naive_time_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="naive"):
        store.feeds.due(NOON.replace(tzinfo=None))


@pytest.mark.flushed
def test_the_connection_is_set_up_to_survive(store: Store) -> None:
    with store.database.read() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "journal_size_limit", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "journal_size_limit": 64 * 1024 * 1024,
        "busy_timeout": 10_000,
    }


def test_who_only_looks_at_the_lock_keeps_nobody_from_taking_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking = os.open(tmp_path / "lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(looking, fcntl.LOCK_SH)
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if seconds:
            fcntl.flock(looking, fcntl.LOCK_UN)

    monkeypatch.setattr(lock, "time", SimpleNamespace(sleep=sleep))
    with ownership(tmp_path, tmp_path / "a.db"):
        assert is_owned(tmp_path, tmp_path / "b.db")
    os.close(looking)
    assert len(waited) == 3  # twice for the lock of the folder


def test_only_one_process_owns_polling_and_delivery(tmp_path: Path) -> None:
    state, elsewhere = tmp_path / "state", tmp_path / "elsewhere"
    with ownership(state, state / "a.db"):
        with pytest.raises(AlreadyRunning, match=r"process \d+"), ownership(state, state / "b.db"):
            pass
        with ownership(elsewhere, elsewhere / "a.db"):
            pass
    with ownership(state, state / "a.db"):
        pass


@pytest.mark.parametrize(
    "way", ["shared/news.db", "shared/../shared/news.db", "folder/news.db", "file.db", "new/news.db"]
)
def test_a_database_has_one_owner_by_whatever_name_it_is_reached(way: str, tmp_path: Path) -> None:
    """And whether it is there already or not."""
    database = tmp_path / "shared" / "news.db"
    database.parent.mkdir()
    (tmp_path / "folder").symlink_to("shared")
    (tmp_path / "file.db").symlink_to(database)
    (tmp_path / "new").symlink_to("shared")
    if not way.startswith("new"):
        database.touch()
    with ownership(tmp_path / "one", database):
        with (
            pytest.raises(AlreadyRunning, match=r"the database .* \(process \d+\)"),
            ownership(tmp_path / "two", tmp_path / way),
        ):
            pass
        assert is_owned(tmp_path / "two", tmp_path / way)
        with ownership(tmp_path / "three", tmp_path / "shared" / "other.db"):
            pass
    assert not is_owned(tmp_path / "two", tmp_path / way)


def test_words_are_counted_in_the_transaction_that_stores_their_articles(store: Store) -> None:
    counts = WordCounts(articles=2, words={"truce": 2, "convoy": 1})
    store.articles.apply(poll_of(state_of(store), article("a"), article("b")), {}, NOON, counts)
    store.articles.apply(poll_of(state_of(store), article("c")), {}, NOON, WordCounts(articles=1, words={"truce": 1}))
    with pytest.raises(IntegrityError):
        store.articles.apply(poll_of(state_of(store), article("d"), article("d")), {}, NOON, counts)
    assert store.words.counts(["truce", "convoy", "unheard"]) == WordCounts(articles=3, words={"truce": 3, "convoy": 1})
    assert store.words.counts([str(number) for number in range(2000)]) == WordCounts(articles=3)


def test_a_digest_configured_under_a_clock_that_was_ahead_begins_now(store: Store) -> None:
    store.editions.sync(["Ahead"], NOON + timedelta(days=365))
    store.editions.sync(["Ahead"], NOON)
    assert store.editions.progress("Ahead", NOON) == (NOON, None)
    store.editions.sync(["Ahead"], NOON + HOUR)
    assert store.editions.progress("Ahead", NOON + HOUR) == (NOON, None)
