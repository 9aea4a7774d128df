"""Days as bars: every day has a place, the highest fills the picture, and what is unknown stays unknown."""

from datetime import date, timedelta

from monitor.web.timeline import GAP, HEIGHT, WIDTH, bars

FIRST = date(2026, 3, 1)


def counted(*counts: int | None) -> list[tuple[date, int | None]]:
    return [(FIRST + timedelta(days=place), count) for place, count in enumerate(counts)]


def test_the_highest_day_fills_the_picture_and_the_others_are_in_proportion() -> None:
    one, two, three = bars(counted(2, 4, 1))
    assert (two.y, two.height) == (0, HEIGHT)
    assert (one.height, three.height) == (HEIGHT / 2, HEIGHT / 4)
    assert one.y + one.height == two.y + two.height == three.y + three.height == HEIGHT
    assert [each.x for each in (one, two, three)] == [0, WIDTH / 3, 2 * WIDTH / 3]
    assert one.width == WIDTH / 3 - GAP


def test_a_day_of_which_nothing_is_known_has_no_bar_and_is_not_none() -> None:
    unknown, none = bars(counted(None, 0))
    assert (unknown.count, none.count) == (None, 0)
    assert unknown.height == none.height == 0


def test_no_days_are_no_bars_and_many_are_still_to_be_seen() -> None:
    assert bars([]) == ()
    assert all(each.width >= 1 for each in bars(counted(*[1] * 1_000)))
