"""What a clock that jumps means: one rule, wherever a moment is stored (rule D24)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from simulated import NOON, poll_of

from monitor.model.delivery import DeliveryState, NewDelivery, Verdict
from monitor.model.edition_input import HighWater
from monitor.model.feed_update import FeedState, Hold
from monitor.model.ids import FeedId
from monitor.model.new_edition import EditionKind, NewEdition
from monitor.model.settings import FeedSettings
from monitor.policy.clock import (
    SLIP,
    clock_error,
    is_credible,
    is_jump,
    is_plausible,
    is_within,
    latest_credible,
)
from monitor.policy.polling import believed
from monitor.store import Store, open_store
from monitor.store.schema import migrate

NOW = datetime(2016, 9, 16, 10, 20, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("moment", "ahead", "expected"),
    [
        (NOW, timedelta(), True),
        (NOW - 9 * HOUR, timedelta(), True),
        (NOW + 5 * MINUTE, timedelta(), True),
        (NOW + 5 * MINUTE + SECOND, timedelta(), False),
        (NOW + HOUR, HOUR, True),
        (NOW + HOUR + 5 * MINUTE, HOUR, True),
        (NOW + HOUR + 6 * MINUTE, HOUR, False),
    ],
)
def test_a_right_clock_writes_nothing_of_the_future_but_what_is_meant(
    moment: datetime, ahead: timedelta, *, expected: bool
) -> None:
    assert is_credible(moment, NOW, ahead) is expected
    assert (moment <= latest_credible(NOW, ahead)) is expected


@pytest.mark.parametrize(
    ("before", "span", "expected"),
    [
        (timedelta(), HOUR, True),
        (59 * MINUTE, HOUR, True),
        (HOUR, HOUR, False),
        (-SLIP, HOUR, True),
        (-SLIP - SECOND, HOUR, False),
        (timedelta(), timedelta(), False),
        (-MINUTE, timedelta(), False),
    ],
)
def test_what_happened_a_moment_ahead_of_now_happened_now(
    before: timedelta, span: timedelta, *, expected: bool
) -> None:
    assert is_within(NOW - before, span, NOW) is expected


@pytest.mark.parametrize(
    ("drift", "expected"), [(timedelta(), False), (SLIP, False), (-SLIP, False), (6 * MINUTE, True), (-HOUR, True)]
)
def test_a_jump_is_what_binds_nothing(drift: timedelta, *, expected: bool) -> None:
    assert is_jump(drift) is expected


@pytest.mark.parametrize(("polled", "is_believed"), [(None, True), (-HOUR, True), (MINUTE, True), (6 * MINUTE, False)])
def test_a_poll_of_the_future_is_forgotten_with_the_hold_it_brought(
    polled: timedelta | None, *, is_believed: bool
) -> None:
    state = FeedState(
        id=FeedId(1),
        url="https://post.example/",
        next_poll_at=NOW,
        polled_at=None if polled is None else NOW + polled,
        hold_until=NOW + HOUR,
    )
    found = believed(state, NOW)
    assert found.hold_until == (state.hold_until if is_believed else None)
    assert found.polled_at == (state.polled_at if is_believed else None)


# ---- where moments are stored


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = open_store(f"sqlite:///{tmp_path / 'news.db'}")
    migrate(found.database)
    found.feeds.sync([FeedSettings(url="https://post.example/feed")], NOON)
    found.editions.sync(["Daily"], NOON)
    yield found
    found.close()


def published(store: Store, made_at: datetime) -> None:
    message = NewDelivery(recipient="a@x.example", message_id="<1@x.example>", body=b"news")
    edition = NewEdition(
        digest="Daily",
        kind=EditionKind.SCHEDULED,
        slot="2026-03-02",
        slots=((date(2026, 3, 2), 1),),
        made_at=made_at,
        subject="News",
        page="",
        listings=(),
        knew=HighWater(),
        deliveries=(message,),
    )
    assert store.new_editions.publish(edition) is not None


@pytest.mark.parametrize(
    ("ahead", "is_due"),
    [(timedelta(), True), (HOUR, False), (64 * MINUTE, False), (66 * MINUTE, True), (20 * HOUR, True)],
)
def test_a_message_waits_no_longer_than_messages_do(store: Store, ahead: timedelta, *, is_due: bool) -> None:
    published(store, NOON)
    (waiting,) = store.deliveries.due(NOON)
    again = Verdict(state=DeliveryState.QUEUED, next_attempt_at=NOON + ahead, answer="451 later")
    store.deliveries.settle(waiting, again, NOON)
    assert bool(store.deliveries.due(NOON)) is is_due


@pytest.mark.parametrize(
    ("until", "is_kept"),
    [
        (HOUR, True),
        (timedelta(days=7), True),
        (timedelta(days=7, minutes=4), True),
        (timedelta(days=7, hours=1), False),
    ],
)
def test_a_hold_is_kept_as_long_as_one_can_be_given(store: Store, until: timedelta, *, is_kept: bool) -> None:
    (state,) = store.feeds.configured()
    asked = Hold(origin="https://post.example", until=NOON + until, asked_by=state.url, asked_at=NOON)
    store.articles.apply(replace(poll_of(state), hold=asked), {}, NOON)
    assert bool(store.feeds.holds(NOON)) is is_kept


@pytest.mark.parametrize(
    ("ahead", "previous"), [(timedelta(), NOON), (-HOUR, NOON - HOUR), (4 * MINUTE, NOON), (6 * MINUTE, None)]
)
def test_an_edition_made_a_moment_ahead_is_the_previous_one(
    store: Store, ahead: timedelta, previous: datetime | None
) -> None:
    published(store, NOON + ahead)
    found = store.edition_input.load("Daily", [], {}, NOON)
    assert (found.previous and found.previous.made_at) == previous
    assert found.mailed_at == NOON
    taken = store.editions.progress("Daily", NOON)[1]
    assert (taken is None) == (previous is None)


def test_a_feed_that_was_asked_in_the_future_is_due(store: Store) -> None:
    for ahead, is_due in ((4 * MINUTE, False), (6 * MINUTE, True)):
        (state,) = store.feeds.configured()
        asked = replace(state, polled_at=NOON + ahead, next_poll_at=NOON + 2 * HOUR)
        store.articles.apply(poll_of(asked), {}, NOON)
        assert bool(store.feeds.due(NOON)) is is_due


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"date": "yesterday"}, None),
        ({"date": "Fri, 16 Sep 2016 10:20:00 GMT"}, timedelta()),
        ({"date": "Friday, 16-Sep-16 09:20:00 GMT", "age": "3600"}, timedelta()),
        ({"date": "Fri Sep 16 10:00:00 2016", "age": "old"}, -20 * MINUTE),
    ],
)
def test_a_server_says_how_wrong_the_clock_is(headers: dict[str, str], expected: timedelta | None) -> None:
    assert clock_error(headers, NOW) == expected


@pytest.mark.parametrize(
    ("days", "steady", "expected"),
    [
        ([], 24, True),
        ([], 23, False),
        ([0.9], 24, True),
        ([1.1], 24, False),
        ([0, 0, -1.1], 24, False),
        ([0, 0, 0.5], 0, True),
        ([0, 0, 0, 400], 0, True),
        ([0, 0, 0, 400, 400, 400], 48, False),
        ([-400, -400, -400], 48, False),
    ],
)
def test_a_clock_is_plausible_if_servers_agree_or_if_nobody_disagrees_for_a_day(
    days: list[float], steady: int, *, expected: bool
) -> None:
    assert is_plausible([timedelta(days=each) for each in days], steady * HOUR) is expected


@pytest.mark.parametrize("days", [[], [0], [0, 0, 0]])
def test_a_clock_is_not_plausible_while_nobody_answers(days: list[float]) -> None:
    errors = [timedelta(days=each) for each in days]
    assert is_plausible(errors, 48 * HOUR)
    assert not is_plausible(errors, 48 * HOUR, is_cut_off=True)
