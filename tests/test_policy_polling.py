from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from monitor.model.feed import PollHints
from monitor.model.feed_update import FeedState, FeedUpdate, Hold
from monitor.model.fetch import FetchFailed, FetchProblem, FetchRequest, Validators
from monitor.model.ids import FeedId
from monitor.model.settings import FeedSettings, PollingSettings
from monitor.policy.polling import (
    asked_again_aside,
    claimed_until,
    floor,
    held_for,
    hold_until,
    is_long,
    is_probe_due,
    is_welcome,
    may_poll_at,
    next_poll_at,
    pace,
    redirected_hold,
    retry_at,
    retry_jitter,
)

NOW = datetime(2016, 9, 16, 10, 20, tzinfo=UTC)  # a Friday
FEED = FeedSettings(url="https://post.example/feed")
OWN = FeedSettings(url="http://127.0.0.3:8080/feed")
SET, IGNORED = FeedSettings(url=FEED.url, interval=timedelta(hours=2)), FeedSettings(url=FEED.url, ignore_hints=True)
POLLING = PollingSettings(allow_private=("127.0.0.0/8",))
NO_HINTS = PollHints()
FRIDAY, SATURDAY, SUNDAY = 4, 5, 6


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


@pytest.mark.parametrize(
    ("hints", "headers", "due_at"),
    [
        (NO_HINTS, {}, "16 11:20"),
        (PollHints(ttl=minutes(5)), {}, "16 11:20"),
        (PollHints(ttl=minutes(180)), {}, "16 13:20"),
        (PollHints(ttl=hours(-5)), {}, "16 11:20"),
        (PollHints(ttl=timedelta(days=400)), {}, "17 10:20"),
        (PollHints(update_every=hours(12)), {}, "16 22:20"),
        (PollHints(ttl=hours(2), update_every=hours(3)), {"cache-control": "max-age=18000"}, "16 15:20"),
        (NO_HINTS, {"cache-control": "max-age=7200"}, "16 12:20"),
        (NO_HINTS, {"cache-control": "public, Max-Age = 7200, must-revalidate"}, "16 12:20"),
        (NO_HINTS, {"cache-control": 'max-age="7200"'}, "16 12:20"),
        (NO_HINTS, {"cache-control": "max-age=7200", "age": "1800"}, "16 11:50"),
        (NO_HINTS, {"cache-control": "max-age=7200", "age": "9999999"}, "16 11:20"),
        (NO_HINTS, {"cache-control": "max-age=7200", "age": "old"}, "16 12:20"),
        (NO_HINTS, {"cache-control": "max-age=504576000"}, "17 10:20"),
        (NO_HINTS, {"cache-control": "max-age=" + "9" * 5_000}, "17 10:20"),
        (NO_HINTS, {"cache-control": "s-maxage=7200"}, "16 11:20"),
        (NO_HINTS, {"cache-control": "no-cache, no-store, max-age=0"}, "16 11:20"),
        (PollHints(ttl=hours(2)), {"cache-control": "no-cache"}, "16 12:20"),
        (NO_HINTS, {"cache-control": "max-age=-1", "expires": "0"}, "16 11:20"),
        (NO_HINTS, {"expires": "Fri, 16 Sep 2016 13:00:00 GMT"}, "16 13:00"),
        (NO_HINTS, {"expires": "Fri, 16 Sep 2016 09:00:00 GMT", "date": "Fri, 16 Sep 2016 07:00:00 GMT"}, "16 12:20"),
        (NO_HINTS, {"expires": "Friday, 16-Sep-16 13:00:00 GMT", "date": "soon"}, "16 13:00"),
        (NO_HINTS, {"expires": "Fri Sep 16 13:00:00 2016"}, "16 13:00"),
        (NO_HINTS, {"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, "16 11:20"),
        (NO_HINTS, {"expires": "Fri, 31 Dec 9999 23:59:59 -2300"}, "16 11:20"),
        (PollHints(skip_hours=frozenset({11})), {}, "16 12:00"),
        (PollHints(skip_hours=frozenset({11, 12, 13})), {}, "16 14:00"),
        (PollHints(skip_hours=frozenset(range(11, 24))), {}, "17 00:00"),
        (PollHints(skip_hours=frozenset({10})), {}, "16 11:20"),
        (PollHints(skip_days=frozenset({FRIDAY, SATURDAY, SUNDAY})), {}, "19 00:00"),
        (PollHints(skip_days=frozenset({FRIDAY}), skip_hours=frozenset({0, 1})), {}, "17 02:00"),
        (PollHints(skip_hours=frozenset(range(24))), {}, "16 11:20"),
        (PollHints(ttl=hours(14), skip_days=frozenset({SATURDAY})), {}, "18 00:00"),
    ],
)
def test_a_feed_is_due_when_its_publisher_wishes_within_bounds(
    hints: PollHints, headers: dict[str, str], due_at: str
) -> None:
    due = next_poll_at(FEED, POLLING, hints=hints, headers=headers, now=NOW, jitter=0)
    assert f"{due:%d %H:%M}" == due_at
    assert due >= NOW + floor(FEED, POLLING)


@pytest.mark.parametrize(
    ("hints", "jitter", "wait"),
    [
        (NO_HINTS, 0.0, minutes(60)),
        (NO_HINTS, 0.5, minutes(63)),
        (PollHints(ttl=hours(10)), 0.5, hours(10.5)),
        (PollHints(skip_hours=frozenset({11})), 0.5, minutes(100 + 3)),
    ],
)
def test_jitter_only_ever_adds_up_to_a_tenth(hints: PollHints, jitter: float, wait: timedelta) -> None:
    assert next_poll_at(FEED, POLLING, hints=hints, headers={}, now=NOW, jitter=jitter) == NOW + wait


@pytest.mark.parametrize(
    ("feed", "polling", "wait"),
    [
        (FEED, PollingSettings(interval=minutes(30)), minutes(30)),
        (FEED, PollingSettings(interval=minutes(1)), minutes(15)),
        (FEED, PollingSettings(interval=minutes(30), min_interval=minutes(45)), minutes(45)),
        (FeedSettings(url=FEED.url, interval=hours(3)), PollingSettings(), hours(3)),
        (FeedSettings(url=FEED.url, interval=minutes(1)), PollingSettings(), minutes(15)),
        (FeedSettings(url=FEED.url, interval=timedelta(days=3)), PollingSettings(), timedelta(days=3)),
        (FeedSettings(url=OWN.url, interval=minutes(1)), POLLING, minutes(1)),
    ],
)
def test_the_interval_is_the_feeds_else_the_general_and_never_under_the_floor(
    feed: FeedSettings, polling: PollingSettings, wait: timedelta
) -> None:
    assert next_poll_at(feed, polling, hints=NO_HINTS, headers={}, now=NOW, jitter=0) == NOW + wait


@pytest.mark.parametrize(
    ("url", "min_interval", "least"),
    [
        (FEED.url, None, minutes(15)),
        (FEED.url, timedelta(), minutes(15)),
        (FEED.url, minutes(1), minutes(15)),
        (FEED.url, minutes(20), minutes(20)),
        (OWN.url, None, timedelta()),
        (OWN.url, timedelta(seconds=5), timedelta(seconds=5)),
        (OWN.url, minutes(20), minutes(20)),
    ],
)
def test_the_floor_can_be_lowered_for_the_owners_own_hosts_only(
    url: str, min_interval: timedelta | None, least: timedelta
) -> None:
    polling = PollingSettings(min_interval=min_interval, allow_private=POLLING.allow_private)
    assert floor(FeedSettings(url=url), polling) == least


def retry(failures: int, *, jitter: float = 0, is_gone: bool = False, feed: FeedSettings = FEED) -> timedelta:
    return retry_at(feed, POLLING, failures=failures, is_gone=is_gone, hints=NO_HINTS, now=NOW, jitter=jitter) - NOW


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 24), (7, 24), (60, 24), (1_000_000, 24)],
)
def test_failures_double_the_wait_up_to_a_day_for_ever(failures: int, wait: int) -> None:
    assert retry(failures) == hours(wait)


def test_a_retry_is_jittered_by_up_to_a_quarter_within_the_day() -> None:
    assert retry(1, jitter=0.5) == minutes(67.5)
    assert retry(5, jitter=0.999) < hours(20)
    assert retry(9, jitter=0.5) == hours(24)


def test_a_feed_that_is_gone_is_asked_once_a_day() -> None:
    assert retry(1, is_gone=True) == hours(24)


def test_an_interval_over_a_day_is_not_shortened_by_failing() -> None:
    rare = FeedSettings(url=FEED.url, interval=timedelta(days=3))
    assert retry(1, feed=rare) == retry(8, feed=rare) == retry(1, feed=rare, is_gone=True) == timedelta(days=3)


def test_a_retry_waits_for_the_host_and_keeps_out_of_skipped_hours() -> None:
    hints = PollHints(skip_hours=frozenset({13}))
    due = retry_at(FEED, POLLING, failures=1, is_gone=False, hints=hints, now=NOW, jitter=0, hold=NOW + hours(3))
    assert due == datetime(2016, 9, 16, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "retry_after", "wait"),
    [
        (429, "3600", hours(1)),
        (503, " 120 ", minutes(2)),
        (429, "0", timedelta()),
        (429, "99999999999", timedelta(days=7)),
        (429, "Fri, 16 Sep 2016 13:20:00 GMT", hours(3)),
        (503, "Friday, 16-Sep-16 13:20:00 GMT", hours(3)),
        (503, "Fri Sep 16 13:20:00 2016", hours(3)),
        (429, "Fri, 16 Sep 2016 15:20:00 +0200", hours(3)),
        (429, "Fri, 16 Sep 2016 03:00:00 GMT", timedelta()),
        (429, "Fri, 16 Sep 2033 03:00:00 GMT", timedelta(days=7)),
        (429, None, hours(2)),
        (503, "", hours(2)),
        (429, "soon", hours(2)),
        (429, "-5", hours(2)),
        (429, "1.5", hours(2)),
        (429, "٣٦٠٠", hours(2)),
        (429, "Fri, 31 Dec 9999 23:59:59 -2300", hours(2)),
        (500, "3600", None),
        (404, None, None),
        (None, None, None),
    ],
)
def test_a_server_that_asks_for_quiet_gets_it(
    status: int | None, retry_after: str | None, wait: timedelta | None
) -> None:
    hold = hold_until(failed(status, retry_after), FEED, POLLING, now=NOW)
    assert hold == (None if wait is None else NOW + wait)


def test_without_a_time_the_quiet_is_an_hour_at_least_and_two_intervals_at_most_a_week() -> None:
    often = FeedSettings(url=FEED.url, interval=minutes(20))
    rarely = FeedSettings(url=FEED.url, interval=timedelta(days=5))
    assert hold_until(failed(429, None), often, POLLING, now=NOW) == NOW + hours(1)
    assert hold_until(failed(429, None), rarely, POLLING, now=NOW) == NOW + timedelta(days=7)


def test_a_good_poll_is_followed_by_the_quiet_that_one_of_its_answers_asked_for() -> None:
    before = FeedState(id=FeedId(1), url=FEED.url, next_poll_at=NOW)
    update = FeedUpdate(state=FeedState(id=FeedId(1), url=FEED.url, next_poll_at=NOW + minutes(30)), status="ok")
    held = held_for(failed(429, "7200"), update, before, FEED, POLLING, NOW)
    assert held.state.hold_until == held.state.next_poll_at == NOW + hours(2)
    assert held_for(None, update, before, FEED, POLLING, NOW) == update
    assert held_for(failed(404, None), update, before, FEED, POLLING, NOW) == update


@pytest.mark.parametrize(
    ("feed", "polled_at", "hold", "earliest"),
    [
        (FEED, None, None, None),
        (FEED, NOW - minutes(5), None, NOW + minutes(10)),
        (FEED, NOW - minutes(5), NOW + hours(1), NOW + hours(1)),
        (FEED, NOW - minutes(5), NOW - hours(1), NOW + minutes(10)),
        (FEED, None, NOW + hours(1), NOW + hours(1)),
        (OWN, NOW, None, NOW),
    ],
)
def test_a_poll_by_hand_keeps_the_floor_and_the_hold(
    feed: FeedSettings, polled_at: datetime | None, hold: datetime | None, earliest: datetime | None
) -> None:
    state = FeedState(id=FeedId(1), url=feed.url, next_poll_at=NOW + hours(1), polled_at=polled_at)
    at = may_poll_at(state, feed, POLLING, hold)
    assert at == earliest if earliest else at < NOW


def test_a_poll_by_hand_keeps_what_the_feed_itself_was_asked_for() -> None:
    state = FeedState(id=FeedId(1), url=FEED.url, next_poll_at=NOW, hold_until=NOW + hours(3))
    assert may_poll_at(state, FEED, POLLING, None) == NOW + hours(3)
    assert may_poll_at(state, FEED, POLLING, NOW + hours(5)) == NOW + hours(5)


@pytest.mark.parametrize(("rest", "wait"), [(hours(2), hours(2)), (timedelta(days=7), hours(24))])
def test_a_feed_that_redirects_to_an_origin_on_hold_looks_once_a_day_whether_it_still_does(
    rest: timedelta, wait: timedelta
) -> None:
    assert redirected_hold(NOW + rest, NOW) == NOW + wait


@pytest.mark.parametrize(("span", "is_shown"), [(hours(23), False), (hours(24), True), (timedelta(days=7), True)])
def test_a_hold_is_long_that_costs_more_than_a_failure_does(span: timedelta, *, is_shown: bool) -> None:
    hold = Hold(origin="https://a.example", until=NOW + span, asked_by=FEED.url, asked_at=NOW)
    assert is_long(hold) is is_shown


def failed(status: int | None, retry_after: str | None) -> FetchFailed:
    return FetchFailed(
        request=FetchRequest(feed_id=FeedId(1), url=FEED.url),
        problem=FetchProblem.STATUS,
        detail="",
        status=status,
        retry_after=retry_after,
    )


@pytest.mark.parametrize(
    ("hints", "is_asked"),
    [
        (NO_HINTS, True),
        (PollHints(skip_hours=frozenset({11})), True),
        (PollHints(skip_hours=frozenset({9, 10, 11})), False),
        (PollHints(skip_days=frozenset({FRIDAY})), False),
        (PollHints(skip_hours=frozenset(range(24))), True),
    ],
)
def test_a_poll_that_is_overdue_keeps_out_of_hours_to_skip(hints: PollHints, *, is_asked: bool) -> None:
    assert is_welcome(FEED, hints, NOW) is is_asked
    assert is_welcome(IGNORED, hints, NOW) is is_welcome(SET, hints, NOW) is True


DAILY = tuple(NOW - timedelta(days=each) for each in range(8, 0, -1))
WEEKLY_TWICE = tuple(NOW - hours(84 * each) for each in range(6, 0, -1))
BUSY = tuple(NOW - minutes(10 * each) for each in range(12, 0, -1))


@pytest.mark.parametrize(
    ("feed", "polling", "state", "wait"),
    [
        (FEED, POLLING, {}, hours(1)),
        (FEED, POLLING, {"baseline_at": NOW - hours(24)}, hours(2)),
        (FEED, POLLING, {"arrivals": BUSY}, hours(1)),
        (FEED, POLLING, {"arrivals": DAILY}, hours(2)),
        (FEED, POLLING, {"arrivals": WEEKLY_TWICE}, hours(4)),
        (FEED, POLLING, {"arrivals": (NOW - hours(36),)}, hours(3)),
        (FEED, POLLING, {"arrivals": (*BUSY[:-1], NOW + hours(3))}, hours(1)),
        (FEED, PollingSettings(interval=hours(6)), {"arrivals": WEEKLY_TWICE}, hours(6)),
        (FEED, PollingSettings(max_interval=hours(12)), {"arrivals": WEEKLY_TWICE}, hours(7)),
        (FeedSettings(url=FEED.url, max_interval=minutes(30)), POLLING, {"arrivals": WEEKLY_TWICE}, minutes(30)),
        (FeedSettings(url=FEED.url, max_interval=hours(6)), POLLING, {"arrivals": WEEKLY_TWICE}, hours(6)),
        (FeedSettings(url=FEED.url, min_interval=hours(2)), POLLING, {"arrivals": BUSY}, hours(2)),
        (FeedSettings(url=FEED.url, interval=hours(1)), POLLING, {"arrivals": WEEKLY_TWICE}, hours(1)),
        (FEED, POLLING, {"arrivals": BUSY, "turnover": hours(1)}, minutes(30)),
        (FEED, POLLING, {"arrivals": BUSY, "turnover": hours(3)}, hours(1)),
        (FEED, POLLING, {"arrivals": BUSY, "turnover": minutes(2)}, minutes(15)),
        (OWN, POLLING, {"arrivals": BUSY, "turnover": minutes(2)}, minutes(15)),
        (FeedSettings(url=OWN.url, min_interval=minutes(5)), POLLING, {"turnover": minutes(2)}, minutes(5)),
        (FeedSettings(url=FEED.url, interval=hours(1)), POLLING, {"turnover": minutes(2)}, hours(1)),
    ],
)
def test_a_feed_is_asked_as_often_as_it_publishes_within_bounds(
    feed: FeedSettings, polling: PollingSettings, state: dict[str, Any], wait: timedelta
) -> None:
    assert pace(feed, polling, FeedState(id=FeedId(1), url=feed.url, next_poll_at=NOW, **state), NOW) == wait


@pytest.mark.parametrize(
    ("state", "is_due"),
    [
        ({"arrivals": DAILY, "fetched_at": NOW - timedelta(days=8)}, True),
        ({"arrivals": DAILY, "fetched_at": NOW - timedelta(days=8) + hours(1)}, False),
        ({"arrivals": DAILY, "fetched_at": None, "baseline_at": NOW - timedelta(days=9)}, True),
        ({"arrivals": WEEKLY_TWICE, "fetched_at": NOW - timedelta(days=17)}, False),
        ({"arrivals": WEEKLY_TWICE, "fetched_at": NOW - timedelta(days=18)}, True),
        ({"arrivals": DAILY[:2], "fetched_at": NOW - timedelta(days=99)}, False),
        ({"arrivals": DAILY}, False),
        ({"arrivals": DAILY, "fetched_at": NOW - timedelta(days=40), "probed_at": NOW - timedelta(days=29)}, False),
        ({"arrivals": DAILY, "fetched_at": NOW - timedelta(days=40), "probed_at": NOW - timedelta(days=30)}, True),
        ({"failing_since": NOW, "problem": FetchProblem.STATUS}, True),
        ({"failing_since": NOW, "problem": FetchProblem.RESOLVE}, False),
        ({"failing_since": NOW, "problem": FetchProblem.STATUS, "hold_until": NOW + hours(1)}, False),
        ({"failing_since": NOW - hours(3), "problem": FetchProblem.EMPTY, "probed_at": NOW - hours(2)}, False),
        ({"failing_since": NOW - hours(3), "problem": FetchProblem.EMPTY, "probed_at": NOW - hours(4)}, True),
        (
            {
                "failing_since": NOW - timedelta(days=31),
                "problem": FetchProblem.EMPTY,
                "probed_at": NOW - timedelta(days=30),
            },
            True,
        ),
        ({"arrivals": DAILY, "fetched_at": NOW - timedelta(days=40), "validators": Validators()}, False),
    ],
)
def test_a_304_is_no_longer_believed_of_a_feed_that_used_to_publish(state: dict[str, Any], *, is_due: bool) -> None:
    facts: dict[str, Any] = {"validators": Validators(etag=b"1"), **state}
    assert is_probe_due(FeedState(id=FeedId(1), url=FEED.url, next_poll_at=NOW, **facts), NOW) is is_due


ALL_HINTS: dict[str, Any] = {
    "hints": PollHints(ttl=hours(5), update_every=hours(6)),
    "headers": {"cache-control": "max-age=25200", "expires": "Fri, 16 Sep 2016 18:20:00 GMT"},
}


@pytest.mark.parametrize(
    ("feed", "facts", "wait"),
    [
        (FEED, {}, hours(7)),
        (SET, {"own_interval": hours(2)}, hours(2)),
        (FeedSettings(url=FEED.url, interval=minutes(1)), {}, minutes(15)),
        (IGNORED, {}, hours(1)),
        (SET, {"own_interval": hours(2), "hints": PollHints(skip_hours=frozenset({12}))}, hours(2)),
        (SET, {"own_interval": hours(2), "hints": PollHints(skip_days=frozenset({FRIDAY}))}, hours(2)),
        (IGNORED, {"hints": PollHints(skip_hours=frozenset({11, 12}))}, hours(1)),
        (FEED, {"turnover": hours(4), "own_interval": hours(1)}, hours(2)),
        (FEED, {"turnover": hours(20), "own_interval": hours(1)}, hours(7)),
        (FEED, {"turnover": minutes(10), "own_interval": minutes(15)}, minutes(15)),
        (FEED, {"hints": NO_HINTS, "headers": {**ALL_HINTS["headers"], "cache-control": "max-age=60"}}, hours(1)),
        (FEED, {"hints": NO_HINTS, "headers": {**ALL_HINTS["headers"], "cache-control": "max-age=0"}}, hours(1)),
        (FEED, {"hints": NO_HINTS, "headers": {**ALL_HINTS["headers"], "cache-control": "public"}}, hours(8)),
        (FEED, {"hints": NO_HINTS, "headers": {**ALL_HINTS["headers"], "cache-control": "max-age=soon"}}, hours(8)),
    ],
)
def test_what_the_owner_has_set_and_what_was_measured_win_over_hints(
    feed: FeedSettings, facts: dict[str, Any], wait: timedelta
) -> None:
    assert next_poll_at(feed, POLLING, now=NOW, jitter=0, **{**ALL_HINTS, **facts}) == NOW + wait


def test_a_feed_that_fails_does_not_skip_hours_if_its_hints_are_ignored() -> None:
    facts: dict[str, Any] = {"failures": 1, "is_gone": False, "now": NOW, "jitter": 0}
    hints = PollHints(skip_hours=frozenset(range(10, 20)))
    assert retry_at(FEED, POLLING, hints=hints, **facts) == NOW.replace(hour=20, minute=0)
    assert retry_at(IGNORED, POLLING, hints=hints, **facts) == NOW + hours(1)


def test_feeds_that_fail_together_are_spread() -> None:
    shares = sorted(retry_jitter(FeedId(feed)) for feed in range(1, 101))
    assert max(later - earlier for earlier, later in pairwise(shares)) < 0.03
    assert 0 <= shares[0] <= shares[-1] < 1


@pytest.mark.parametrize(("feed", "wait"), [(FEED, minutes(15)), (OWN, timedelta(seconds=10))])
def test_a_feed_that_is_being_asked_is_not_asked_again_at_once_even_after_a_crash(
    feed: FeedSettings, wait: timedelta
) -> None:
    assert claimed_until(feed, POLLING, NOW) == NOW + wait


@pytest.mark.parametrize(
    ("feed", "due_in", "wait"),
    [
        (FEED, hours(24), hours(1)),
        (FEED, minutes(30), minutes(30)),
        (FeedSettings(url=FEED.url, min_interval=hours(3)), hours(24), hours(3)),
    ],
)
def test_a_feed_whose_document_is_set_aside_is_looked_at_soon(
    feed: FeedSettings, due_in: timedelta, wait: timedelta
) -> None:
    assert asked_again_aside(feed, POLLING, NOW + due_in, NOW) == NOW + wait
