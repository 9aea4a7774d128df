from dataclasses import replace
from datetime import timedelta

import pytest
from poll_history import FRESH, HOUR, PAST_BASELINE, START, answer, document, item, update

from monitor.model.feed_update import KnownArticle, Stored
from monitor.model.fetch import NotModified
from monitor.model.ids import ArticleId
from monitor.policy.polling import ARRIVALS_KEPT

DAY = timedelta(days=1)


def test_the_dates_of_a_baseline_tell_how_often_a_feed_publishes() -> None:
    dated = [item(str(each), published=START - each * DAY) for each in range(1, 20)]
    parsed = document(*dated, item("undated"), item("ahead", published=START + HOUR))
    state = update(FRESH, answer(), parsed).state
    assert state.arrivals == tuple(START - each * DAY for each in range(ARRIVALS_KEPT, 0, -1))
    assert state.next_poll_at == START + 2 * HOUR


def test_what_comes_later_counts_from_its_date_or_from_now_and_the_late_not_at_all() -> None:
    parsed = document(item("dated", published=START - HOUR), item("undated"), item("late", published=START - 9 * DAY))
    assert update(PAST_BASELINE, answer(), parsed).state.arrivals == (START - HOUR, START)


@pytest.mark.parametrize(
    ("new", "known", "before", "turnover", "wait"),
    [
        (10, 0, None, HOUR, HOUR / 2),
        (9, 1, None, HOUR * 10 / 9, HOUR * 5 / 9),
        (5, 5, None, 2 * HOUR, HOUR),
        (1, 9, None, 10 * HOUR, HOUR),
        (1, 99, None, None, HOUR),
        (0, 10, None, None, HOUR),
        (10, 0, HOUR / 2, HOUR, HOUR / 2),
        (0, 10, HOUR / 2, HOUR, HOUR / 2),
        (0, 10, 14 * HOUR, None, HOUR),
        (10, 0, 3 * HOUR, HOUR, HOUR / 2),
    ],
)
def test_a_window_that_is_filled_anew_between_two_polls_is_looked_at_sooner(
    new: int, known: int, before: timedelta | None, turnover: timedelta | None, wait: timedelta
) -> None:
    state = replace(PAST_BASELINE, turnover=before, arrivals=(START - HOUR,))
    fresh = [item(f"new-{each}") for each in range(new)]
    old = [item(f"old-{each}") for each in range(known)]
    stored = Stored(by_key={f"guid:{each.guid}": _stored(number, each.guid) for number, each in enumerate(old)})
    done = update(state, answer(), document(*fresh, *old), stored=stored)
    assert (done.counts.new, done.counts.known) == (new, known)
    assert (done.state.turnover, done.state.next_poll_at) == (turnover, START + wait)


def test_a_first_document_says_nothing_of_the_window() -> None:
    assert update(FRESH, answer(), document(item("a"))).state.turnover is None


@pytest.mark.parametrize("set_back", [HOUR, 2 * HOUR, 9 * DAY])
def test_a_clock_that_is_set_back_says_nothing_of_the_window(set_back: timedelta) -> None:
    done = update(PAST_BASELINE, answer(), document(item("a")), now=START - set_back)
    assert done.state.turnover is None
    assert done.state.next_poll_at == START - set_back + HOUR


def test_an_answer_without_news_lets_a_feed_calm_down() -> None:
    state = replace(PAST_BASELINE, turnover=HOUR, arrivals=(START,), validators=answer().validators)
    kept = NotModified(request=answer().request, final_url="", headers={}, validators=answer().validators)
    assert update(state, kept).state.turnover == 2 * HOUR
    assert update(replace(state, turnover=13 * HOUR), kept).state.turnover is None
    assert update(replace(state, turnover=-HOUR), kept).state.turnover is None


def _stored(number: int, guid: str) -> KnownArticle:
    words = update(FRESH, answer(), document(item(guid))).new[0]
    return KnownArticle(
        id=ArticleId(number), key=words.key, title=words.title, link=words.link, content_hash=words.content_hash
    )
