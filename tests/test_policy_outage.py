"""What counts as an outage of our own, and which feed is asked while it lasts (rule P12)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model.edition_input import Outage
from monitor.model.feed_update import Attempt, FeedState
from monitor.model.ids import FeedId
from monitor.policy.outage import is_outage, is_probe_due, may_well_answer, probed_first

NOW = datetime(2016, 9, 16, 10, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("attempted", "hosts", "is_ours"),
    [
        ("abcde", "abcdefgh", True),
        ("abcd", "abcdefgh", False),
        ("aabba", "aabbcdefgh", False),
        ("aabbc", "aabbcdefgh", True),
        ("abcaabba", "aabbcdefgh", False),
        ("aaaaa", "aaaaaaa", True),
        ("ab", "ab", True),
        ("a", "ab", False),
        ("aa", "ab", False),
        ("a", "a", True),
        ("", "abc", False),
        ("", "", False),
    ],
)
def test_attempts_that_reach_nobody_are_our_own_fault_if_they_are_many_and_of_many_hosts(
    attempted: str, hosts: str, *, is_ours: bool
) -> None:
    attempts = [Attempt(feed_id=FeedId(number), host=host, at=NOW) for number, host in enumerate(attempted)]
    assert is_outage(attempts, hosts) is is_ours


@pytest.mark.parametrize(
    ("probed", "is_due"),
    [(None, True), (-5 * MINUTE, True), (-4 * MINUTE, False), (3 * MINUTE, False), (6 * MINUTE, True)],
)
def test_during_an_outage_a_feed_is_asked_every_five_minutes_whatever_the_clock_did(
    probed: timedelta | None, *, is_due: bool
) -> None:
    outage = Outage(since=NOW, until=None, probed_at=None if probed is None else NOW + probed)
    assert is_probe_due(outage, NOW) is is_due


@pytest.mark.parametrize(
    ("probed", "is_due"),
    [(None, True), (-10, True), (-9, False), (0, False), (9, False), (600, True)],
)
def test_a_feed_that_may_well_answer_waits_ten_seconds_at_most(probed: int | None, *, is_due: bool) -> None:
    at = None if probed is None else NOW + timedelta(seconds=probed)
    assert is_probe_due(Outage(since=NOW, until=None, probed_at=at), NOW, is_in_doubt=True) is is_due


def test_a_feed_may_well_answer_that_was_well_and_was_not_asked_since_the_outage_began() -> None:
    outage = Outage(since=NOW, until=None)
    well = FeedState(id=FeedId(1), url="https://1.example/", next_poll_at=NOW, polled_at=NOW - MINUTE)
    others = [
        replace(well, id=FeedId(2), polled_at=None),
        replace(well, id=FeedId(3), polled_at=NOW),
        replace(well, id=FeedId(4), polled_at=NOW + MINUTE),
        replace(well, id=FeedId(5), failures=1),
    ]
    assert may_well_answer([*others, well], outage) == [well]
    assert may_well_answer(others, outage) == []


def test_it_is_the_feed_that_waits_longest() -> None:
    asked = [
        FeedState(id=FeedId(number), url=f"https://{number}.example/", next_poll_at=NOW, polled_at=polled_at)
        for number, polled_at in enumerate((NOW, NOW - MINUTE, NOW - MINUTE))
    ]
    never = FeedState(id=FeedId(9), url="https://9.example/", next_poll_at=NOW)
    assert probed_first(asked).id == 1
    assert probed_first([*asked, never]).id == 9
