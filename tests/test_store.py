"""The store keeps its promises: all or nothing, once, and private."""

import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from simulated import NOON, article, match, poll_of
from sqlalchemy.exc import IntegrityError

from monitor.errors import AlreadyRunning, DamagedStore, NewerStore, StoreError
from monitor.model.delivery import DeliveryState, NewDelivery, Verdict
from monitor.model.edition import Listing
from monitor.model.feed import PollHints
from monitor.model.fetch import Validators
from monitor.model.publication import EditionKind, Publication
from monitor.model.requests import RequestKind
from monitor.model.settings import FeedSettings
from monitor.model.update import ChangedArticle, FeedState, FeedUpdate, PollCounts
from monitor.store import Store, migrate, open_store, ownership
from monitor.store.tables import metadata

HOUR = timedelta(hours=1)
FEED = FeedSettings(url="https://post.example/feed.xml", outlet="The Post")
OTHER = FeedSettings(url="https://wire.example/feed.xml")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'state' / 'news.db'}")
    migrate(store.database)
    store.feeds.sync([FEED, OTHER], NOON)
    store.editions.sync(["Daily"], NOON)
    yield store
    store.close()


def state_of(store: Store, url: str = FEED.url) -> FeedState:
    return store.feeds.configured([url])[0]


def edition(
    *listings: Listing, slot: str = "2026-03-02", recipients: tuple[str, ...] = ("a@x.example",)
) -> Publication:
    return Publication(
        digest="Daily",
        kind=EditionKind.SCHEDULED,
        slot=slot,
        days=(date.fromisoformat(slot),),
        made_at=NOON + HOUR,
        subject="News",
        page="<html></html>",
        listings=listings,
        deliveries=tuple(
            NewDelivery(recipient=each, message_id=f"<{slot}.{each}>", body=b"bytes") for each in recipients
        ),
        stories={listing.article_id: listing.article_id for listing in listings},
    )


def listing(article_id: int) -> Listing:
    return Listing(topic="Syria ceasefire", article_id=article_id, form="story")


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


def test_feeds_are_due_by_age_unless_their_host_is_on_hold(store: Store) -> None:
    store.articles.apply(poll_of(replace(state_of(store), next_poll_at=NOON - HOUR)), {}, NOON)
    assert [state.url for state in store.feeds.due(NOON)] == [FEED.url, OTHER.url]
    held = replace(poll_of(state_of(store)), host_hold=NOON + HOUR)
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
    assert set(store.articles.known(state_of(store).id, ["a", *many])) == {"a"}
    assert store.articles.known(state_of(store, OTHER.url).id, ["a"]) == {}


def test_an_edit_keeps_the_old_words_and_the_match_keeps_its_origin(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a")), {"a": [match()]}, NOON)
    known = store.articles.known(state_of(store).id, ["a"])["a"]
    edit = ChangedArticle(
        id=known.id,
        key="a",
        link="https://post.example/a",
        title="Title, corrected",
        text="Now.",
        outlet="The Post",
        language="en",
        content_hash="other",
        revisions=1,
    )
    update = FeedUpdate(
        state=state_of(store), changed=(edit,), counts=PollCounts(fetched=1, known=1, changed=1), status="ok"
    )
    store.articles.apply(update, {"a": [match()]}, NOON + HOUR)
    candidate = store.editions.material("Daily", ["Syria ceasefire"], {}).candidates[0]
    assert (candidate.article.title, candidate.article.first_seen_at) == ("Title, corrected", NOON)
    with store.database.read() as connection:
        assert connection.exec_driver_sql("SELECT title FROM revisions").scalar_one() == "Title of a"


def test_a_match_is_a_candidate_until_an_edition_lists_it(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a"), article("b")), {"a": [match()]}, NOON)
    material = store.editions.material("Daily", ["Syria ceasefire"], {})
    assert [candidate.article.key for candidate in material.candidates] == ["a"]
    article_id = material.candidates[0].article.id
    assert store.editions.publish(edition(listing(article_id))) is not None
    after = store.editions.material("Daily", ["Syria ceasefire"], {})
    assert after.candidates == ()
    assert after.previous is not None
    assert after.previous.slot == "2026-03-02"


def test_what_a_baseline_brought_undated_is_no_candidate(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a", is_mailable=False)), {"a": [match()]}, NOON)
    assert store.editions.material("Daily", ["Syria ceasefire"], {}).candidates == ()


def test_topics_that_are_not_asked_for_bring_nothing(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a")), {"a": [match()]}, NOON)
    assert store.editions.material("Daily", ["Another"], {}).candidates == ()


def test_a_slot_is_published_once_and_a_listing_never_twice(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a")), {"a": [match()]}, NOON)
    article_id = store.editions.material("Daily", ["Syria ceasefire"], {}).candidates[0].article.id
    assert store.editions.publish(edition()) is not None
    assert store.editions.publish(edition()) is None
    assert store.editions.publish(edition(listing(article_id), slot="2026-03-03")) is not None
    with pytest.raises(IntegrityError):
        store.editions.publish(edition(listing(article_id), slot="2026-03-04"))
    assert store.editions.progress("Daily", NOON) == (NOON, date(2026, 3, 3))


def test_an_edition_that_cannot_be_stored_whole_leaves_nothing(store: Store) -> None:
    with pytest.raises(IntegrityError):
        store.editions.publish(edition(recipients=("a@x.example", "a@x.example")))
    assert store.editions.progress("Daily", NOON)[1] is None
    assert store.deliveries.counts() == {}


def test_stories_hold_all_their_articles_and_when_they_were_told(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store), article("a"), article("b")), {"a": [match()], "b": [match()]}, NOON)
    ungrouped = [each.id for each in store.articles.ungrouped()]
    material = store.editions.material("Daily", ["Syria ceasefire"], dict.fromkeys(ungrouped, ungrouped[0]))
    assert [each.key for each in material.stories[ungrouped[0]].articles] == ["a", "b"]
    assert material.stories[ungrouped[0]].told_at is None
    first, second = ungrouped
    store.editions.publish(replace(edition(listing(first)), stories={first: first, second: first}))
    assert store.articles.ungrouped() == ()
    assert [each.story_id for each in store.articles.grouped_since(NOON)] == [first, first]
    later = store.editions.material("Daily", ["Syria ceasefire"], {})
    assert later.stories[first].told_at == NOON + HOUR


def test_coverage_counts_what_was_read_and_names_what_fails(store: Store) -> None:
    failing = replace(state_of(store, OTHER.url), failures=3, failing_since=NOON, problem_detail="404 Not Found")
    store.articles.apply(poll_of(replace(state_of(store), succeeded_at=NOON), article("a")), {}, NOON)
    store.articles.apply(poll_of(failing), {}, NOON)
    coverage = store.editions.material("Daily", [], {}).coverage
    assert (coverage.feeds, coverage.feeds_ok, coverage.articles_read) == (2, 1, 1)
    assert [(trouble.name, trouble.since) for trouble in coverage.failing] == [("wire.example", NOON)]


def test_a_delivery_is_claimed_once_and_settled(store: Store) -> None:
    store.editions.publish(edition(recipients=("a@x.example", "b@x.example")))
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


def test_a_wish_is_open_until_it_is_answered(store: Store) -> None:
    wish = store.requests.ask(RequestKind.POLL, {"urls": []}, NOON)
    assert store.requests.outcome(wish) is None
    (request,) = store.requests.open(RequestKind.POLL)
    assert store.requests.open(RequestKind.SEND) == ()
    store.requests.answer(request, {"reports": []}, NOON)
    assert store.requests.open(RequestKind.POLL) == ()
    assert store.requests.outcome(wish) == {"reports": []}
    store.requests.forget(NOON + HOUR)
    assert store.requests.outcome(wish) is None


def test_pages_wait_until_they_are_in_the_archive(store: Store) -> None:
    edition_id = store.editions.publish(edition())
    assert edition_id is not None
    assert store.editions.unarchived() == ((edition_id, "Daily", "2026-03-02", "<html></html>"),)
    store.editions.mark_archived(edition_id, NOON)
    assert store.editions.unarchived() == ()


def test_the_ledger_of_polls_is_bounded(store: Store) -> None:
    store.articles.apply(poll_of(state_of(store)), {}, NOON)
    assert store.feeds.forget_polls(NOON) == 0
    assert store.feeds.forget_polls(NOON + HOUR) == 1


def test_many_threads_write_without_losing_to_each_other(store: Store) -> None:
    state = state_of(store)
    threads = [
        threading.Thread(
            target=lambda number=number: [
                store.articles.apply(poll_of(state, article(f"{number}-{each}")), {}, NOON) for each in range(10)
            ]
        )
        for number in range(8)
    ]
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


def test_only_one_process_owns_polling_and_delivery(tmp_path: Path) -> None:
    with ownership(tmp_path / "state"):
        with pytest.raises(AlreadyRunning, match=r"process \d+"), ownership(tmp_path / "state"):
            pass
        with ownership(tmp_path / "elsewhere"):
            pass
    with ownership(tmp_path / "state"):
        pass
