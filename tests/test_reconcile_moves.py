from dataclasses import replace
from datetime import timedelta

import pytest
from poll_history import HOUR, PAST_BASELINE, START, URL, answer, document, failure, item, update

from monitor.model.feed import ParseFailed, ParseOutcome
from monitor.model.feed_update import FeedState
from monitor.model.fetch import FetchOutcome, FetchProblem, NotModified

DAY = timedelta(days=1)
NEW = "https://new.example/feed"
FEED: tuple[FetchOutcome, ParseOutcome | None] = (replace(answer(), moved_to=NEW), document())
OTHER: tuple[FetchOutcome, ParseOutcome | None] = (replace(answer(), moved_to="https://other.example/"), document())
STAYED: tuple[FetchOutcome, ParseOutcome | None] = (answer(), document())
PORTAL: tuple[FetchOutcome, ParseOutcome | None] = (
    replace(answer(b"<html>"), moved_to="https://portal.example/"),
    ParseFailed(problem=FetchProblem.NOT_A_FEED, detail="a login page"),
)
DOWN: tuple[FetchOutcome, ParseOutcome | None] = (failure(500), None)


def history(*polls: tuple[FetchOutcome, ParseOutcome | None], apart: timedelta) -> FeedState:
    state = PAST_BASELINE
    for number, (outcome, parsed) in enumerate(polls):
        state = update(state, outcome, parsed, now=START + number * apart).state
    return state


@pytest.mark.parametrize(
    ("polls", "apart", "moved_to"),
    [
        ([FEED] * 8, DAY, NEW),
        ([FEED] * 7, DAY, ""),
        ([FEED] * 100, HOUR, ""),
        ([FEED] * 170, HOUR, NEW),
        ([FEED] * 4, 5 * DAY, ""),
        ([FEED] * 5, 5 * DAY, NEW),
        ([*[FEED] * 7, STAYED, *[FEED] * 7], DAY, ""),
        ([*[FEED] * 7, OTHER, *[FEED] * 7], DAY, ""),
        ([*[FEED] * 4, PORTAL, DOWN, *[FEED] * 4], DAY, NEW),
        ([PORTAL] * 20, DAY, ""),
        ([(replace(answer(), moved_to=URL), document())] * 20, DAY, ""),
        ([OTHER, *[FEED] * 8], DAY, NEW),
    ],
)
def test_a_permanent_redirect_is_believed_after_a_week_of_good_answers(
    polls: list[tuple[FetchOutcome, ParseOutcome | None]], apart: timedelta, moved_to: str
) -> None:
    state = history(*polls, apart=apart)
    assert (state.moved_to, state.url, state.moved_at is not None) == (moved_to, URL, bool(moved_to))
    assert not moved_to or (state.moving_to, state.moving_since, state.moving_sightings) == ("", None, 0)


def test_a_304_counts_as_a_good_answer() -> None:
    kept = NotModified(
        request=answer().request, final_url=NEW, headers={}, validators=answer().validators, moved_to=NEW
    )
    assert history(*[(kept, None)] * 8, apart=DAY).moved_to == NEW


@pytest.mark.parametrize(
    ("asked", "target", "is_followed"),
    [
        ("http://post.example/feed", "https://post.example/feed", True),
        ("http://post.example/feed", "https://post.example/new/feed.xml", True),
        ("http://post.example/feed", "https://www.post.example/feed", False),
        ("http://post.example/feed", "http://post.example/new", False),
        ("https://post.example/feed", "https://post.example/new", False),
        ("http://post.example/feed?token=a", "https://post.example/feed?token=a", False),
    ],
)
def test_to_https_on_the_same_host_a_feed_moves_at_once_and_nobody_need_be_told(
    asked: str, target: str, *, is_followed: bool
) -> None:
    fetched = replace(answer(), request=replace(answer().request, url=asked), moved_to=target)
    state = update(replace(PAST_BASELINE, url=asked), fetched, document()).state
    assert (state.moved_to, state.moved_at) == (target if is_followed else "", None)


def test_a_feed_that_fails_for_days_at_its_new_address_is_asked_at_its_own_again() -> None:
    state = history(*[FEED] * 8, apart=DAY)
    failing = update(state, failure(404), now=START + 10 * DAY).state
    assert update(failing, failure(404), now=START + 12 * DAY).state.moved_to == NEW
    assert update(failing, failure(404), now=START + 13 * DAY).state.moved_to == ""


def test_a_move_costs_no_article_its_identity() -> None:
    state = history(*[(replace(answer(), moved_to=NEW), document(item("g")))] * 8, apart=DAY)
    assert (state.moved_to, state.id, state.baseline_at) == (NEW, PAST_BASELINE.id, PAST_BASELINE.baseline_at)
