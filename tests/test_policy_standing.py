"""How a feed fares, in a word and a sentence, and what it is called."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from house import lived_in, settings
from origin import Origin, status
from simulated import NOON, poll_of

from monitor.model.feed_update import FeedState, Hold
from monitor.model.fetch import FetchProblem
from monitor.model.ids import FeedId
from monitor.policy.standing import feed_name, standing_of, trouble_of

FACTS = FeedState(id=FeedId(1), url="https://post.example/", next_poll_at=NOON, succeeded_at=NOON)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("state", "kind", "says"),
    [
        (FACTS, "ok", "ok"),
        (replace(FACTS, succeeded_at=None), "new", "not polled yet"),
        (
            replace(FACTS, failing_since=NOON, problem=FetchProblem.TIMEOUT),
            "failing",
            "since 2026-03-01 12:00: timed out",
        ),
        (replace(FACTS, failing_since=NOON, paused_at=NOON, gone_since=NOON - DAY), "paused", "gone since 2026-02-28"),
        (replace(FACTS, moved_to="https://new.example/", moved_at=NOON), "moved", "read at new.example"),
        (replace(FACTS, moved_to="https://post.example/"), "ok", "ok"),
        (replace(FACTS, problem_detail="The encoding was guessed."), "ok", "ok; The encoding was guessed."),
    ],
)
def test_the_state_of_a_feed_in_a_word_and_a_sentence(state: FeedState, kind: str, says: str) -> None:
    word, sentence = standing_of(state, NOON)
    assert word == kind
    assert says in sentence


@pytest.mark.parametrize(
    ("days_ago", "kind", "says"),
    [
        (range(14, 8, -1), "silent", "silent since 2026-02-20"),
        (range(14, 8, -2), "ok", "ok"),
        ((), "ok", "ok"),
    ],
)
def test_a_feed_that_answers_may_be_silent(days_ago: Sequence[int], kind: str, says: str) -> None:
    seen = tuple(NOON - days * DAY for days in days_ago)
    assert standing_of(FACTS, NOON, seen_at=seen) == (kind, says)
    failing = replace(FACTS, failing_since=NOON, problem=FetchProblem.TIMEOUT)
    assert standing_of(failing, NOON, seen_at=seen)[0] == "failing"


def test_a_hold_is_said_in_words() -> None:
    until = NOON + timedelta(hours=9)
    hold = Hold(origin="https://a.example", until=until, asked_by="https://a.example/1?key=x", asked_at=NOON)
    kind, says = standing_of(FACTS, NOON, hold)
    assert (kind, says) == (
        "held",
        "on hold until 2026-03-01 21:00: https://a.example asked for it when https://a.example/1?key=*** was polled",
    )
    ill = replace(FACTS, failing_since=NOON, problem_detail="HTTP 503")
    assert standing_of(ill, NOON, hold)[1].endswith("HTTP 503; asks to be left alone until 2026-03-01 21:00")
    assert standing_of(replace(ill, paused_at=NOON), NOON, hold)[0] == "paused"


@pytest.mark.parametrize(
    ("outlet", "title", "name"),
    [("Post", "The Post – News", "Post"), ("", "The Post – News", "The Post – News"), ("", "", "post.example")],
)
def test_a_feed_is_called_by_its_outlet_else_its_title_else_its_host(outlet: str, title: str, name: str) -> None:
    assert feed_name(outlet, title, "https://post.example/feed") == name


@pytest.mark.parametrize(
    ("problem", "detail", "paused_at", "reason"),
    [
        (FetchProblem.TIMEOUT, "No answer within 60 seconds.", None, "No answer within 60 seconds"),
        (FetchProblem.STATUS, "", None, "HTTP error"),
        (FetchProblem.SURPRISE, "KeyError: 'x'", None, "our own fault: KeyError: 'x'"),
        (FetchProblem.PARSER, "", None, "parser gave up"),
        (FetchProblem.STATUS, "HTTP 410 Gone.", NOON, "HTTP 410 Gone; no longer polled"),
        (None, "", None, ""),
    ],
)
def test_why_a_feed_fails_is_a_sentence_with_a_name_where_our_own_code_failed(
    problem: FetchProblem | None, detail: str, paused_at: datetime | None, reason: str
) -> None:
    assert trouble_of(replace(FACTS, problem=problem, problem_detail=detail, paused_at=paused_at)) == reason


def test_a_feed_that_has_moved_has_one_name_and_keeps_it(tmp_path: Path) -> None:
    """The digest once took the host of its new address, `poll` that of the old one."""
    with Origin("127.0.0.1") as origin:
        url = origin.url("/a").replace("127.0.0.1", "localhost")
        config = settings(tmp_path, [url], origin.port)
        polling = replace(config.polling, allow_private=("127.0.0.0/8", "localhost"))
        with lived_in(replace(config, polling=polling)) as home:
            store, now = home.jobs.store, home.clock.now()
            (state,) = store.feeds.configured()
            moved = replace(state, moved_to=origin.url("/b"), moved_at=now, failing_since=now, failures=1)
            store.articles.apply(poll_of(moved), {}, now)
            origin.serve("/b", status(500))
            (report,) = home.poll()
            (standing,) = store.feeds.standings(now)
            coverage = store.feeds.coverage(now, now)
            names = {report.name, standing.name, store.overview.overview(now).failing[0].name}
            assert names | {each.name for each in coverage.failing} == {"localhost"}
            assert coverage.failing
