"""The small rooms of `policy`: a table for each decision."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model.article import Arrival
from monitor.model.delivery import DeliveryState
from monitor.model.feed_update import FeedState
from monitor.model.ids import FeedId
from monitor.model.match import Origin
from monitor.policy.alarms import are_polls_late, is_edition_overdue, is_mail_late, is_server_down, polled_every
from monitor.policy.disk import has_space, has_space_for_backup
from monitor.policy.maintenance import is_backup_due, is_backup_late, is_check_due, newest_backup
from monitor.policy.news import news_since, origin_in_edition, origin_of, origin_when_reread, recent
from monitor.policy.notes import is_nothing_read, may_mail
from monitor.policy.publishing import awake_since, is_behind, is_late, is_resting, may_be_behind, may_wait
from monitor.policy.retention import forgotten_before, noted_again_before
from monitor.policy.suspension import is_gone_for_good, is_suspended, needs_attention

NOW = datetime(2016, 9, 18, 3, 20, tzinfo=UTC)  # a Sunday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MB = 10**6


def ago(span: timedelta | None) -> datetime | None:
    return None if span is None else NOW - span


# ---- disk


@pytest.mark.parametrize(("free", "is_enough"), [(99_999_999, False), (100_000_000, True)])
def test_with_less_than_100_mb_there_is_no_room_for_polls(free: int, *, is_enough: bool) -> None:
    assert has_space(free) is is_enough


@pytest.mark.parametrize(("free", "is_enough"), [(599 * MB, False), (600 * MB, True), (50 * MB, False)])
def test_a_backup_leaves_room_for_polls(free: int, *, is_enough: bool) -> None:
    assert has_space_for_backup(free, 500 * MB) is is_enough


# ---- maintenance


@pytest.mark.parametrize(
    ("made", "newest"),
    [((), None), ((2 * DAY, DAY), DAY), ((-DAY, 3 * DAY), 3 * DAY), ((-DAY,), None), ((-4 * MINUTE, DAY), -4 * MINUTE)],
)
def test_a_backup_from_the_future_is_not_the_newest(made: Sequence[timedelta], newest: timedelta | None) -> None:
    assert newest_backup([NOW - span for span in made], NOW) == ago(newest)


@pytest.mark.parametrize(
    ("newest", "every", "is_due", "is_late"),
    [
        (None, DAY, True, True),
        (None, timedelta(), False, False),
        (23 * HOUR, DAY, False, False),
        (24 * HOUR, DAY, True, False),
        (49 * HOUR, DAY, True, False),
        (49 * HOUR + MINUTE, DAY, True, True),
        (99 * DAY, timedelta(), False, False),
    ],
)
def test_a_backup_is_due_after_its_time_and_late_after_twice_that(
    newest: timedelta | None, every: timedelta, *, is_due: bool, is_late: bool
) -> None:
    assert is_backup_due(ago(newest), every, NOW) is is_due
    assert is_backup_late(ago(newest), every, NOW) is is_late


@pytest.mark.parametrize(("later", "is_due"), [(timedelta(), True), (HOUR, False), (DAY, False), (7 * DAY, True)])
def test_the_database_is_checked_once_a_week(later: timedelta, *, is_due: bool) -> None:
    assert is_check_due(NOW + later) is is_due


# ---- retention


def test_what_is_left_of_an_article_goes_400_days_after_the_last_thing_its_feed_showed() -> None:
    assert forgotten_before(NOW) == NOW - 400 * DAY
    assert noted_again_before(NOW) == NOW - 30 * DAY


# ---- news


@pytest.mark.parametrize(
    ("arrival", "is_mailable", "origin"),
    [
        (Arrival.NEW, True, Origin.NEW),
        (Arrival.LATE, True, Origin.LATE),
        (Arrival.BASELINE, True, Origin.NEW),
        (Arrival.BASELINE, False, Origin.BASELINE),
        (Arrival.LATE, False, Origin.BASELINE),
    ],
)
def test_why_an_article_that_comes_matches(arrival: Arrival, origin: Origin, *, is_mailable: bool) -> None:
    assert origin_of(arrival, is_mailable=is_mailable) is origin


@pytest.mark.parametrize(
    ("since", "is_mailable", "origin"),
    [
        (None, True, Origin.BACKFILL),
        (timedelta(), True, Origin.BACKFILL),
        (-MINUTE, True, Origin.BASELINE),
        (None, False, Origin.BASELINE),
    ],
)
def test_why_an_article_matches_of_which_more_is_read(
    since: timedelta | None, origin: Origin, *, is_mailable: bool
) -> None:
    assert origin_when_reread(NOW, ago(since), is_mailable=is_mailable) is origin


@pytest.mark.parametrize(
    ("origin", "was_known", "found"),
    [
        (Origin.NEW, False, Origin.NEW),
        (Origin.LATE, False, Origin.LATE),
        (Origin.NEW, True, Origin.BACKFILL),
        (Origin.LATE, True, Origin.BACKFILL),
        (Origin.BASELINE, True, Origin.BASELINE),
    ],
)
def test_what_an_earlier_edition_knew_and_did_not_list_is_backfill(
    origin: Origin, found: Origin, *, was_known: bool
) -> None:
    assert origin_in_edition(origin, was_known=was_known) is found


def test_the_news_of_a_digest_begins_a_day_before_it() -> None:
    assert news_since(NOW) == NOW - DAY
    assert news_since(None) < NOW - 36_500 * DAY


def test_new_is_what_came_in_that_time_and_not_what_comes_tomorrow() -> None:
    since, until = recent(7 * DAY, NOW)
    assert since == NOW - 7 * DAY
    assert NOW <= until < NOW + HOUR


# ---- notes


@pytest.mark.parametrize(
    ("failing", "outages", "is_noted"),
    [
        ((), (), False),
        ((48 * HOUR, 60 * HOUR), (), True),
        ((47 * HOUR, 60 * HOUR), (), False),
        ((60 * HOUR, None), (), False),
        ((None,), (47 * HOUR,), False),
        ((None,), (48 * HOUR,), True),
        ((), (48 * HOUR,), True),
    ],
)
def test_nothing_was_read_for_two_days(
    failing: Sequence[timedelta | None], outages: Sequence[timedelta], *, is_noted: bool
) -> None:
    assert is_nothing_read([ago(span) for span in failing], [NOW - span for span in outages], NOW) is is_noted


@pytest.mark.parametrize(
    ("last", "is_allowed"), [(None, True), (HOUR, True), (59 * MINUTE, False), (-2 * MINUTE, False), (-DAY, True)]
)
def test_notes_are_mailed_when_the_last_mail_is_old_enough(last: timedelta | None, *, is_allowed: bool) -> None:
    assert may_mail(ago(last), HOUR, NOW) is is_allowed


# ---- publishing


@pytest.mark.parametrize(
    ("before", "looked", "since"),
    [
        (None, None, 0),
        (3600, 2, 3600),
        (3600, 60, 3600),
        (3600, 61, 0),
        (3600, 8 * 3600, 0),
        (-3600, 2, 0),  # the clock was set back
    ],
)
def test_a_gap_between_two_looks_is_a_sleep(before: int | None, looked: int | None, since: int) -> None:
    was, last = (None if each is None else NOW - timedelta(seconds=each) for each in (before, looked))
    assert awake_since(was, last, NOW) == NOW - timedelta(seconds=since)


@pytest.mark.parametrize(
    ("due", "awake", "expected"),
    [
        (20, 0, True),  # woke 20 seconds after it was due
        (1, 11, True),  # 10 seconds before
        (1, 300, True),
        (1, 301, False),
        (20, 8 * 3600, False),
        (15 * 60, 8 * 3600, True),
    ],
)
def test_an_edition_may_be_behind_if_it_is_late_or_the_machine_has_just_woken(
    due: int, awake: int, *, expected: bool
) -> None:
    assert may_be_behind(NOW - timedelta(seconds=due), NOW - timedelta(seconds=awake), NOW) is expected


@pytest.mark.parametrize(("late", "expected"), [(14 * MINUTE, False), (15 * MINUTE, True)])
def test_an_edition_is_late_after_a_quarter_of_an_hour(late: timedelta, *, expected: bool) -> None:
    assert is_late(NOW - late, NOW) is expected


@pytest.mark.parametrize(
    ("polled", "expected"), [((), False), ((timedelta(),), False), ((MINUTE,), True), ((-MINUTE, None), True)]
)
def test_feeds_are_behind_that_were_last_asked_before_the_edition_was_due(
    polled: Sequence[timedelta | None], *, expected: bool
) -> None:
    assert is_behind([ago(span) for span in polled], NOW) is expected


@pytest.mark.parametrize(
    ("waited", "expected"), [(timedelta(), True), (14 * MINUTE, True), (15 * MINUTE, False), (-HOUR, False)]
)
def test_an_edition_waits_for_a_quarter_of_an_hour_and_not_for_a_clock(waited: timedelta, *, expected: bool) -> None:
    assert may_wait(NOW - waited, NOW) is expected


@pytest.mark.parametrize(
    ("failures", "seconds", "expected"),
    [(1, 3, True), (1, 4, False), (2, 7, True), (2, 8, False), (9, 299, True), (99, 300, False), (9, -3600, False)],
)
def test_an_edition_that_failed_rests_ever_longer(failures: int, seconds: int, *, expected: bool) -> None:
    assert is_resting(failures, NOW - timedelta(seconds=seconds), NOW) is expected


# ---- suspension


REFUSED, SENT, DEAD = DeliveryState.REFUSED, DeliveryState.SENT, DeliveryState.DEAD


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((), False),
        ((REFUSED, REFUSED), False),
        ((REFUSED, REFUSED, REFUSED), True),
        ((REFUSED, REFUSED, REFUSED, SENT), True),
        ((REFUSED, REFUSED, SENT, REFUSED), False),
        ((DEAD, DEAD, DEAD), False),
        ((DeliveryState.QUEUED, REFUSED, REFUSED, REFUSED), False),
    ],
)
def test_three_refused_editions_in_a_row_suspend_a_recipient(
    states: Sequence[DeliveryState], *, expected: bool
) -> None:
    assert is_suspended(states) is expected


def test_who_asks_for_no_more_is_suspended_at_once() -> None:
    assert is_suspended((REFUSED, SENT), "gone: 410 moved out")
    assert not is_suspended((REFUSED, SENT), "recipient: 550 gone: away")
    assert not is_suspended((SENT, REFUSED), "gone: 410 moved out")
    assert not is_suspended((), "")


@pytest.mark.parametrize(("gone", "expected"), [(None, False), (23 * HOUR, False), (24 * HOUR, True)])
def test_a_feed_is_gone_for_good_after_a_day(gone: timedelta | None, *, expected: bool) -> None:
    assert is_gone_for_good(ago(gone), NOW) is expected


@pytest.mark.parametrize(
    ("failing", "succeeded", "paused", "expected"),
    [
        (None, None, None, False),
        (None, HOUR, None, False),
        (71 * HOUR, 80 * HOUR, None, False),
        (72 * HOUR, 80 * HOUR, None, True),
        (HOUR, None, None, True),
        (HOUR, 80 * HOUR, MINUTE, True),
    ],
)
def test_a_person_hears_of_a_feed_after_three_days_or_if_it_never_worked_or_is_gone(
    failing: timedelta | None, succeeded: timedelta | None, paused: timedelta | None, *, expected: bool
) -> None:
    state = FeedState(
        id=FeedId(1),
        url="https://post.example/",
        next_poll_at=NOW,
        failing_since=ago(failing),
        succeeded_at=ago(succeeded),
        paused_at=ago(paused),
    )
    assert needs_attention(state, NOW) is expected


# ---- alarms


@pytest.mark.parametrize(("intervals", "every"), [((1,), HOUR), ((1, 6), 6 * HOUR), ((1, 24), DAY), ((1, 200), DAY)])
def test_no_feed_is_asked_less_than_once_a_day(intervals: Sequence[int], every: timedelta) -> None:
    assert polled_every([hours * HOUR for hours in intervals]) == every


@pytest.mark.parametrize(("succeeded", "expected"), [(None, False), (3 * HOUR, False), (3 * HOUR + MINUTE, True)])
def test_polls_are_late_after_two_intervals_and_an_hour(succeeded: timedelta | None, *, expected: bool) -> None:
    assert are_polls_late(ago(succeeded), HOUR, NOW) is expected


@pytest.mark.parametrize(("unsent", "expected"), [(None, False), (2 * HOUR, False), (2 * HOUR + MINUTE, True)])
def test_mail_is_late_after_two_hours(unsent: timedelta | None, *, expected: bool) -> None:
    assert is_mail_late(ago(unsent), NOW) is expected


@pytest.mark.parametrize(("tried", "expected"), [(0, False), (1, False), (2, True), (7, True)])
def test_a_server_is_down_if_it_took_nothing_twice(tried: int, *, expected: bool) -> None:
    assert is_server_down(tried) is expected


@pytest.mark.parametrize(("due", "expected"), [(None, False), (15 * MINUTE, False), (16 * MINUTE, True)])
def test_an_edition_is_overdue_after_a_quarter_of_an_hour(due: timedelta | None, *, expected: bool) -> None:
    assert is_edition_overdue(ago(due), NOW) is expected
