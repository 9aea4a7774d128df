"""What is usual for a topic, and for a feed; and how that is said."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from editions import GAZA, NOW, RUSSIA, SLOT, SYRIA, TOPICS, Desk, article, edition_of

from monitor.digest.trend import day_bounds, is_unusual, trend
from monitor.model.edition import Quiet, Trend
from monitor.model.silence import FeedSightings
from monitor.render.calendar import Calendar
from monitor.render.levels import bars, heights, level, silence, span

LONDON = ZoneInfo("Europe/London")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("mean", "first_unusual"),
    [(0, 4), (0.3, 4), (0.5, 4), (1, 5), (2.9, 8), (6, 13)],
)
def test_a_day_is_unusual_where_chance_would_bring_it_in_less_than_one_of_a_hundred(
    mean: float, first_unusual: int
) -> None:
    assert not is_unusual(first_unusual - 1, mean)
    assert is_unusual(first_unusual, mean)


@pytest.mark.parametrize("mean", [0.0, 0.01, 0.4])
def test_two_stories_are_never_unusual(mean: float) -> None:
    assert not any(is_unusual(count, mean) for count in range(3))


@pytest.mark.parametrize(
    ("days", "usual", "unusual"),
    [
        ((), None, False),
        ((9,), None, False),
        ((1, 1, 1, 1, 9), None, False),
        ((None, 1, 1, 1, 1, 9), None, False),
        ((1, 1, 1, 1, 1, 9), 1.0, True),
        ((*(0,) * 14, 3), 0.0, False),
        ((*(0,) * 14, 4), 0.0, True),
        ((None, None, 2, 2, 3, 3, 2, 2, 9), 2 + 1 / 3, True),
        ((2, 2, 3, 3, 2, 2, None, 9), 2 + 1 / 3, False),
        ((1, 1, 1, 1, 1, None), 1.0, False),
    ],
)
def test_usual_is_the_mean_of_the_known_days_before(
    days: Sequence[int | None], usual: float | None, *, unusual: bool
) -> None:
    found = trend(days)
    assert found.usual == (None if usual is None else pytest.approx(usual))
    assert found.is_unusual is unusual


def test_days_are_local_ones_also_when_clocks_change() -> None:
    bounds = day_bounds(datetime(2016, 10, 31, 7, tzinfo=UTC), LONDON, 3)
    assert [f"{bound:%d %H:%M}" for bound in bounds] == ["28 06:00", "29 06:00", "30 07:00", "31 07:00"]
    fifteen = day_bounds(NOW, ZoneInfo("UTC"))
    assert len(fifteen) == 16
    assert {later - earlier for earlier, later in pairwise(fifteen)} == {DAY}


def test_an_unusual_day_does_not_move_a_topic() -> None:
    desk = Desk()
    for number in range(9):
        desk.add(article(number, f"Story {number}"), about=(SYRIA if number < 4 else RUSSIA,))
    calm, busy = (5,) * 15, (*(0,) * 14, 4)
    edition = edition_of(desk.edition_input(daily={SYRIA: busy, RUSSIA: calm}))
    assert [section.topic for section in edition.sections] == [SYRIA, RUSSIA]
    assert [section.topic for section in edition_of(desk.edition_input(), TOPICS[1::-1]).sections] == [RUSSIA, SYRIA]


# ---- silent feeds


def test_a_silent_feed_is_named_on_one_line() -> None:
    seen = tuple(NOW - timedelta(days=9, hours=4 * number) for number in range(12, -1, -1))
    desk = Desk().edition_input(sightings=[FeedSightings(name="Outlet\n\x00G", url="https://g.example/", seen_at=seen)])
    (feed,) = edition_of(desk).coverage.silent
    assert (feed.name, feed.usual_gap, feed.since) == ("Outlet G", 4 * HOUR, seen[-1])


# ---- in words


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((), ""),
        ((5,), ""),
        ((None, None, 5), ""),
        ((0, 0), "▁▁"),
        ((0, 1, None, 4), "▁▂·█"),
        ((None, 1, 0), "▂▁"),
        ((0, 10, 20, 40), "▁▃▅█"),
    ],
)
def test_bars_rise_with_the_count(days: Sequence[int | None], expected: str) -> None:
    assert bars(days) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [((), []), ((0, 0), []), ((None, 0, 2, None, 8), [0, 8, None, 32]), ((1,), [8])],
)
def test_bars_are_drawn_to_scale(days: Sequence[int | None], expected: list[int | None]) -> None:
    assert heights(days, 32) == expected


@pytest.mark.parametrize(
    ("trend", "said"),
    [
        (Trend(), ""),
        (Trend(days=(3,)), "3 today, still learning what is usual"),
        (Trend(days=(1, 8), usual=2.9, is_unusual=True), "8 today, usually 2.9 a day – unusually busy"),
        (Trend(days=(1, None), usual=3.0), "none today, usually 3 a day"),
        (Trend(days=(0, 2), usual=0.0), "2 today, usually none"),
    ],
)
def test_a_level_is_said_in_words(trend: Trend, said: str) -> None:
    assert level(trend) == said


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        (Quiet(topic=GAZA, last_match=None), "no match yet"),
        (Quiet(topic=GAZA, last_match=NOW - HOUR), "nothing new (last match Wed 21 Sep)"),
        (Quiet(topic=GAZA, last_match=NOW - DAY, days=1), "nothing for 1 day (last match Tue 20 Sep)"),
        (
            Quiet(topic=GAZA, last_match=NOW - 5 * DAY, days=5, trend=Trend(days=(0,), usual=1.2)),
            "nothing for 5 days (usually 1.2 a day; last match Fri 16 Sep)",
        ),
        (
            Quiet(topic=GAZA, last_match=NOW - DAY, days=1, baseline=9),
            "nothing new; 9 were there before the first poll (last match Tue 20 Sep)",
        ),
        (
            Quiet(topic=GAZA, last_match=NOW, trend=Trend(days=(0,), usual=0.0), baseline=1),
            "nothing new; 1 was there before the first poll (usually none; last match Wed 21 Sep)",
        ),
    ],
)
def test_a_quiet_topic_says_for_how_long_and_what_is_usual(topic: Quiet, said: str) -> None:
    assert silence(topic, Calendar(zone=LONDON, now=NOW)) == said


@pytest.mark.parametrize(
    ("time", "said"), [(20 * timedelta(minutes=1), "1 hour"), (47 * HOUR, "47 hours"), (9 * DAY + 5 * HOUR, "9 days")]
)
def test_spans_are_said_in_whole_units(time: timedelta, said: str) -> None:
    assert span(time) == said


# ---- late editions


@pytest.mark.parametrize(("minutes", "is_late"), [(0, False), (14, False), (15, True), (300, True)])
def test_an_edition_speaks_from_when_it_was_due_unless_it_was_late(minutes: int, *, is_late: bool) -> None:
    made_at = SLOT.due_at + timedelta(minutes=minutes)
    edition = edition_of(Desk().edition_input(), now=made_at)
    assert edition.is_late is is_late
    assert edition.moment == (made_at if is_late else SLOT.due_at)
