from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from poll_history import (
    BOTH,
    FEED,
    FRESH,
    HOUR,
    PAST_BASELINE,
    REQUEST,
    START,
    URL,
    Shelf,
    answer,
    document,
    failure,
    item,
    update,
)

from monitor.model.feed import ParseFailed, ParseOutcome, PollHints
from monitor.model.feed_update import Hold, PollCounts
from monitor.model.fetch import FetchFailed, FetchOutcome, FetchProblem, FetchRequest, NotModified, Validators
from monitor.model.ids import FeedId
from monitor.policy.polling import PROBE_EVERY, RETRY_JITTER, is_probe_due, retry_jitter
from monitor.reconcile import body_hash
from monitor.url import url_fingerprint


def test_a_document_clears_failures_and_sets_what_it_vouches_for() -> None:
    failing = update(update(PAST_BASELINE, failure(404)).state, failure(410)).state
    parsed = replace(document(refused=2), language="en-GB", hints=PollHints(ttl=3 * HOUR), warning="odd")
    done = update(failing, answer(b"body"), parsed)
    assert done.state == replace(
        PAST_BASELINE,
        title="The Post",
        language="en",
        validators=BOTH,
        validators_from=url_fingerprint(URL),
        body_hash=body_hash(b"body"),
        hints=parsed.hints,
        fetched_at=START,
        polled_at=START,
        succeeded_at=START,
        kind="feed",
        next_poll_at=START + 3 * HOUR,
    )
    assert (done.status, done.warning, done.elapsed, done.hold) == ("ok", "odd", HOUR, None)
    assert done.counts == PollCounts(fetched=2, refused=2)


def test_a_document_without_title_and_language_keeps_those_known() -> None:
    state = replace(PAST_BASELINE, title="The Post", language="en")
    done = update(state, answer(), replace(document(), title=""))
    assert (done.state.title, done.state.language) == ("The Post", "en")


@pytest.mark.parametrize("served", [Validators(), Validators(etag=b'"2"'), replace(BOTH, etag=b'"2"')])
def test_a_200_replaces_the_whole_pair_even_if_the_body_is_the_same(served: Validators) -> None:
    first = update(FRESH, answer(b"body"), document()).state
    assert update(first, answer(b"other", served), document()).state.validators == served
    same = update(first, answer(b"body", served, {"cache-control": "max-age=7200"}), now=START + HOUR)
    assert (same.state.validators, same.status, same.counts) == (served, "unchanged", PollCounts())
    assert (same.state.succeeded_at, same.state.next_poll_at) == (START + HOUR, START + 3 * HOUR)


def test_what_is_odd_about_an_answer_is_said_beside_what_is_odd_about_its_document() -> None:
    gone = replace(answer(b"body"), status=410, note="HTTP 410 (Gone), although it sends a feed")
    done = update(PAST_BASELINE, gone, replace(document(), warning="odd"))
    assert (done.status, done.warning) == ("ok", "HTTP 410 (Gone), although it sends a feed; odd")
    assert (done.state.failures, done.state.gone_since) == (0, None)
    same = update(done.state, gone, now=START + HOUR)
    assert (same.status, same.warning) == ("unchanged", gone.note)


def test_a_410_whose_body_turns_out_to_be_no_feed_is_gone() -> None:
    gone = replace(answer(b"body"), status=410, note="HTTP 410 (Gone), although it sends a feed")
    done = update(PAST_BASELINE, gone, ParseFailed(problem=FetchProblem.PARSER, detail="The parser failed."))
    assert done.state.gone_since == START
    assert done.state.problem_detail == "The parser failed. (HTTP 410 (Gone), although it sends a feed)"


def test_another_body_must_have_been_parsed() -> None:
    with pytest.raises(ValueError, match="must be parsed"):
        update(PAST_BASELINE, answer(b"body"), None)


@pytest.mark.parametrize(
    ("carried", "kept"),
    [
        (Validators(), BOTH),
        (Validators(etag=b'"2"'), replace(BOTH, etag=b'"2"')),
        (Validators(last_modified=b"now"), replace(BOTH, last_modified=b"now")),
        (Validators(etag=b""), replace(BOTH, etag=b"")),
    ],
)
def test_a_304_refreshes_what_it_carries_and_erases_nothing(carried: Validators, kept: Validators) -> None:
    hints = PollHints(ttl=2 * HOUR)
    state = replace(PAST_BASELINE, validators=BOTH, body_hash="b", hints=hints, failures=2, failing_since=START)
    done = update(state, NotModified(request=REQUEST, final_url=URL, headers={}, validators=carried, elapsed=HOUR))
    assert (done.state.validators, done.state.body_hash, done.state.failures) == (kept, "b", 0)
    assert (done.status, done.counts, done.elapsed) == ("not modified", PollCounts(), HOUR)
    assert done.state.next_poll_at == START + 2 * HOUR


def test_the_freshness_of_a_304_counts() -> None:
    fresh = {"cache-control": "max-age=7200"}
    done = update(PAST_BASELINE, NotModified(request=REQUEST, final_url=URL, headers=fresh, validators=Validators()))
    assert done.state.next_poll_at == START + 2 * HOUR


def test_a_304_to_an_unconditional_request_is_a_failure() -> None:
    asked = FetchRequest(feed_id=FeedId(1), url=URL)
    done = update(FRESH, NotModified(request=asked, final_url=URL, headers={}, validators=BOTH))
    assert (done.status, done.state.failures, done.state.baseline_at) == ("HTTP error", 1, None)


def test_validators_of_a_document_that_is_cut_off_are_not_believed() -> None:
    state = replace(PAST_BASELINE, validators=BOTH, body_hash="b")
    cut_off = replace(document(item("g")), is_cut_off=True, warning="the document breaks off")
    done = update(state, answer(b"half", Validators(etag=b'"2"')), cut_off)
    assert (done.state.validators, done.state.body_hash) == (BOTH, "b")
    assert (done.status, done.counts.new, done.warning) == ("ok", 1, "the document breaks off")


def test_a_doubt_about_a_document_stays_as_long_as_the_document() -> None:
    doubt = "The encoding of the document was guessed (cp1251): it declares none."
    first = update(PAST_BASELINE, answer(b"1"), replace(document(item("g")), doubt=doubt)).state
    unmodified = NotModified(request=REQUEST, final_url=URL, headers={}, validators=BOTH)
    assert update(first, answer(b"1"), None).state.problem_detail == doubt
    assert update(first, unmodified).state.problem_detail == doubt
    failing = update(first, failure(503)).state
    assert (failing.validators, failing.body_hash) == (Validators(), "")  # so it is asked for the document
    assert update(failing, answer(b"1"), replace(document(item("g")), doubt=doubt)).state.problem_detail == doubt
    sure = update(PAST_BASELINE, answer(b"1"), document(item("g"))).state
    assert update(sure, failure(503)).state.validators == BOTH
    assert update(first, answer(b"2"), document(item("g"))).state.problem_detail == ""
    failing = update(first, failure(404)).state
    assert update(failing, unmodified).state.problem_detail == ""


OF_FEED_1 = 1 + RETRY_JITTER * retry_jitter(FeedId(1))

FAILURES: list[tuple[FetchOutcome, ParseOutcome | None, str]] = [
    (failure(404), None, "HTTP error"),
    (failure(problem=FetchProblem.RESOLVE), None, "name not resolved"),
    (answer(b""), ParseFailed(problem=FetchProblem.EMPTY, detail="it says no"), "empty body"),
    (answer(b"<html>"), ParseFailed(problem=FetchProblem.NOT_A_FEED, detail="it says no"), "not a feed"),
]


@pytest.mark.parametrize(("outcome", "parsed", "status"), FAILURES)
def test_a_failure_is_named_and_nothing_is_forgotten(
    outcome: FetchOutcome, parsed: ParseOutcome | None, status: str
) -> None:
    state = replace(PAST_BASELINE, validators=BOTH, body_hash="b", title="The Post")
    first = update(state, outcome, parsed)
    assert first.state == replace(
        state,
        polled_at=START,
        failures=1,
        failing_since=START,
        problem=FetchProblem(status),
        problem_detail="it says no",
        next_poll_at=START + HOUR * OF_FEED_1,
    )
    assert (first.status, first.counts, first.hold, first.elapsed) == (status, PollCounts(), None, HOUR)
    second = update(first.state, outcome, parsed, now=START + HOUR).state
    assert (second.failures, second.failing_since, second.next_poll_at) == (
        2,
        START,
        START + HOUR + 2 * HOUR * OF_FEED_1,
    )


@pytest.mark.parametrize(("outcome", "parsed", "status"), FAILURES)
def test_a_feed_that_comes_back_repeats_nothing(
    outcome: FetchOutcome, parsed: ParseOutcome | None, status: str
) -> None:
    shelf = Shelf()
    shelf.poll(item("g"), item("h"))
    shelf.state = update(shelf.state, outcome, parsed, now=shelf.now).state
    assert shelf.state.problem == status
    assert shelf.poll(item("g"), item("h")) == PollCounts(fetched=2, known=2)


def test_a_feed_that_is_gone_is_asked_daily_and_remembers_since_when() -> None:
    gone = update(PAST_BASELINE, failure(410)).state
    assert (gone.gone_since, gone.next_poll_at) == (START, START + 24 * HOUR)
    later = update(gone, failure(500), now=START + 24 * HOUR).state
    assert later.paused_at is None
    sure = update(later, failure(410), now=START + 48 * HOUR).state
    assert (sure.gone_since, sure.paused_at) == (START, START + 48 * HOUR)
    assert update(sure, answer(), document()).state.paused_at is None


@pytest.mark.parametrize(
    ("failed", "reached"),
    [
        (failure(404), True),
        (failure(problem=FetchProblem.RESOLVE), False),
        (failure(problem=FetchProblem.CONNECT), False),
        (failure(problem=FetchProblem.TIMEOUT), False),
        (failure(problem=FetchProblem.ADDRESS), None),
        (failure(problem=FetchProblem.SURPRISE), None),
    ],
)
def test_an_attempt_says_whether_the_network_is_there(failed: FetchFailed, *, reached: bool | None) -> None:
    failed = replace(failed, reached=failed.status is not None)
    assert update(PAST_BASELINE, failed).reached is reached


@pytest.mark.parametrize(
    ("reached", "proxy", "probed_at"),
    [
        (True, "", START),
        (False, "", None),
        (False, "http://proxy.example:3128", START),
        (False, "socks5://proxy.example:1080", START),
    ],
)
def test_a_look_whether_a_304_can_be_believed_is_noted_if_a_server_may_have_heard_of_it(
    *, reached: bool, proxy: str, probed_at: datetime | None
) -> None:
    state = replace(PAST_BASELINE, validators=BOTH)
    asked = FetchRequest(feed_id=FeedId(1), url=URL)
    failed = replace(failure(), request=asked, reached=reached)
    assert update(state, failed, feed=replace(FEED, proxy=proxy)).state.probed_at == probed_at
    assert update(state, replace(answer(), request=asked), document()).state.probed_at == START
    assert update(state, answer(), document()).state.probed_at is None


@pytest.mark.parametrize("ahead", [HOUR, 2 * HOUR, timedelta(days=4000)])
def test_a_run_of_failures_that_began_while_the_clock_was_ahead_has_one_poll_without_validators(
    ahead: timedelta,
) -> None:
    state = update(replace(PAST_BASELINE, validators=BOTH), failure(), now=START + ahead).state
    assert is_probe_due(state, START)
    whole = replace(failure(), request=FetchRequest(feed_id=FeedId(1), url=URL), reached=True)
    probed = update(state, whole).state
    assert (probed.failing_since, probed.probed_at) == (START, START)
    assert not is_probe_due(probed, START + HOUR)


def test_a_poll_without_validators_while_the_clock_was_ahead_is_neither_repeated_nor_the_last_one() -> None:
    ahead = START + timedelta(days=4000)
    state = replace(PAST_BASELINE, validators=BOTH, failing_since=ahead, failures=1, probed_at=ahead)
    assert not is_probe_due(state, START)
    later = update(state, failure()).state
    assert not is_probe_due(later, START + HOUR)
    assert is_probe_due(later, START + PROBE_EVERY)
    well = update(later, answer(), document(), now=START + HOUR).state
    failing = update(well, failure(), now=START + 2 * HOUR).state
    assert is_probe_due(failing, START + 3 * HOUR)


def test_a_server_that_asks_for_quiet_gets_it_from_the_feed_and_by_its_own_word_from_all_of_its_feeds() -> None:
    asked = failure(429, retry_after="7200")
    alone = update(PAST_BASELINE, asked)
    assert alone.hold is None
    assert alone.state.hold_until == alone.state.next_poll_at == START + 2 * HOUR
    own = update(PAST_BASELINE, replace(asked, origin="https://post.example"))
    assert own.hold == Hold(
        origin="https://post.example", until=START + 2 * HOUR, asked_by=PAST_BASELINE.url, asked_at=START
    )
    assert own.state == alone.state
    for again in (update(own.state, failure(500)), update(own.state, answer(b"body"), document())):
        assert (again.hold, again.state.hold_until) == (None, None)
