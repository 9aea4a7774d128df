"""The state of a feed after an answer: validators, failures, the next due time.

Articles are not touched here: a failure changes only the state of the feed (rule I12).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from monitor.model.feed import FEED, ParsedFeed, ParseFailed
from monitor.model.feed_update import FeedState, FeedUpdate
from monitor.model.fetch import Fetched, FetchFailed, FetchProblem, NotModified, Validators
from monitor.policy.polling import believed_hints, hold_of, hold_until, next_poll_at, pace, retry_at, retry_jitter
from monitor.policy.suspension import is_gone_for_good
from monitor.reconcile.articles import primary_language
from monitor.reconcile.moves import with_sighting, with_way_back
from monitor.reconcile.poll import Poll
from monitor.reconcile.publishing_rate import relaxed
from monitor.url import url_fingerprint

NOT_MODIFIED, GONE = 304, 410
IDLE = ("not modified", "unchanged")
OF_THE_NETWORK = frozenset({FetchProblem.RESOLVE, FetchProblem.CONNECT, FetchProblem.TIMEOUT})


def body_hash(body: bytes) -> str:
    """Equal to `FeedState.body_hash` when a body need not be parsed again (rule P14)."""
    return sha256(body).hexdigest()


def after_document(poll: Poll, fetched: Fetched, parsed: ParsedFeed) -> FeedUpdate:
    """The feed after a document that was read; the first one is its baseline, even without items (rule I6).

    Validators and body of a document that is cut off are not believed: they would make the rest of
    it "not modified" ever after (rule P5). A baseline that is cut off in an item stays open for the rest of it.
    """
    state = replace(
        poll.state,
        title=parsed.title or poll.state.title,
        language=primary_language(parsed.language) or poll.state.language,
        baseline_at=poll.state.baseline_at or poll.now,
        is_baseline_open=parsed.is_cut_in_item and (poll.state.baseline_at is None or poll.state.is_baseline_open),
        hints=parsed.hints,
        kind=parsed.kind,
        parts=poll.state.parts if parsed.is_index else (),
    )
    if not parsed.is_cut_off:
        state = replace(_vouched(state, fetched), body_hash=body_hash(fetched.body))
    state = replace(_succeeded(poll, state, fetched), fetched_at=poll.now, problem_detail=parsed.doubt)
    kind = "" if parsed.kind == FEED else parsed.kind
    warning = "; ".join(filter(None, (fetched.note, kind, parsed.warning)))
    return FeedUpdate(state=state, status="ok", reached=True, elapsed=fetched.elapsed, warning=warning)


def after_same_body(poll: Poll, fetched: Fetched) -> FeedUpdate:
    """The body of last time, perhaps under other validators, which replace the stored pair (rule P2).

    Raises ValueError if it is another body.
    """
    if body_hash(fetched.body) != poll.state.body_hash:
        raise ValueError("a body that differs from the one read before must be parsed")
    state = replace(relaxed(_succeeded(poll, _vouched(poll.state, fetched), fetched)), fetched_at=poll.now)
    update = FeedUpdate(state=state, status=IDLE[1], reached=True, elapsed=fetched.elapsed, warning=fetched.note)
    return scheduled(poll, update, fetched.headers)


def after_not_modified(poll: Poll, answer: NotModified) -> FeedUpdate:
    """A 304 refreshes the validators that it carries and erases none (rule P3)."""
    if not answer.request.validators:
        return after_failure(poll, _baseless(answer))
    kept, sent = poll.state.validators, answer.validators
    validators = Validators(
        etag=kept.etag if sent.etag is None else sent.etag,
        last_modified=kept.last_modified if sent.last_modified is None else sent.last_modified,
    )
    state = relaxed(_succeeded(poll, replace(poll.state, validators=validators), answer))
    update = FeedUpdate(state=state, status=IDLE[0], reached=True, elapsed=answer.elapsed)
    return scheduled(poll, update, answer.headers)


def is_idle(before: FeedState, update: FeedUpdate) -> bool:
    """Whether a feed that was well was answered, and nothing was brought: nobody waits for such a poll to be stored."""
    return update.status in IDLE and not before.failures and update.hold is None


def after_no_feed(poll: Poll, fetched: Fetched, failed: ParseFailed) -> FeedUpdate:
    """A body that is not a feed is a failure like any other: a login page must not look like a quiet feed."""
    failure = FetchFailed(
        request=fetched.request,
        problem=failed.problem,
        detail=f"{failed.detail} ({fetched.note})" if fetched.note else failed.detail,
        status=fetched.status,
        reached=True,
        elapsed=fetched.elapsed,
    )
    return after_failure(poll, failure)


def after_failure(poll: Poll, failed: FetchFailed) -> FeedUpdate:
    """Counted and named; validators, baseline and hints stay as they are (rules P5, I12), except where a doubt about
    the document gave way to the words of the failure: the next good poll reads it again, and so finds the doubt again.

    A server that asks for quiet gets it from this feed; from all feeds of its origin only by its own word (rule P8).
    """
    until = hold_until(failed, poll.feed, poll.polling, now=poll.now)
    state = replace(_failing(poll, failed), hold_until=until)
    next_at = retry_at(
        poll.feed,
        poll.polling,
        failures=state.failures,
        is_gone=failed.status == GONE,
        hints=state.hints,
        now=poll.now,
        jitter=retry_jitter(state.id),
        drift=retry_jitter(state.id, state.failures),
        failing_since=state.failing_since,
        hold=until,
    )
    state = replace(state, next_poll_at=next_at)
    return FeedUpdate(
        state=state,
        status=failed.problem.value,
        hold=hold_of(failed, poll.state, poll.feed, poll.polling, poll.now),
        reached=_was_reached(failed),
        elapsed=failed.elapsed,
    )


def _vouched(state: FeedState, fetched: Fetched) -> FeedState:
    """With the validators of this answer, which speak of the URL that gave it and of no other."""
    return replace(state, validators=fetched.validators, validators_from=url_fingerprint(fetched.final_url))


def _failing(poll: Poll, failed: FetchFailed) -> FeedState:
    before, is_gone = poll.state, failed.status == GONE
    gone_since = before.gone_since or (poll.now if is_gone else None)
    is_sure = is_gone and is_gone_for_good(gone_since, poll.now)
    state = replace(
        before,
        polled_at=poll.now,
        probed_at=_probed_at(poll, failed),
        failures=before.failures + 1,
        failing_since=min(before.failing_since or poll.now, poll.now),  # the clock may have been ahead (rule D24)
        problem=failed.problem,
        problem_detail=failed.detail,
        gone_since=gone_since,
        paused_at=before.paused_at or (poll.now if is_sure else None),
    )
    if before.problem_detail and not before.failures:
        state = replace(state, validators=Validators(), validators_from="", body_hash="")
    return with_way_back(state, poll.now)


def _baseless(answer: NotModified) -> FetchFailed:
    """A server that answers 304 to an unconditional request would keep its feed empty and healthy for ever."""
    return FetchFailed(
        request=answer.request,
        problem=FetchProblem.STATUS,
        detail="the server answers 304 Not Modified although it was not asked whether anything was modified",
        status=NOT_MODIFIED,
        reached=True,
        elapsed=answer.elapsed,
    )


def scheduled(poll: Poll, update: FeedUpdate, headers: Mapping[str, str]) -> FeedUpdate:
    """With the next due time of a feed that answered, by all that is known of it now."""
    state = update.state
    next_at = next_poll_at(
        poll.feed,
        poll.polling,
        own_interval=pace(poll.feed, poll.polling, state, poll.now),
        turnover=state.turnover,
        hints=state.hints,
        headers=headers,
        now=poll.now,
        jitter=poll.jitter,
    )
    return replace(update, state=replace(state, next_poll_at=next_at))


def _succeeded(poll: Poll, state: FeedState, answer: Fetched | NotModified) -> FeedState:
    state = with_sighting(state, answer.request.url, answer.moved_to, poll.now)
    return replace(
        state,
        hints=believed_hints(poll.feed, state.hints),
        polled_at=poll.now,
        succeeded_at=poll.now,
        probed_at=_probed_at(poll, answer),
        failures=0,
        failing_since=None,
        problem=None,
        problem_detail="" if state.failures else state.problem_detail,  # a doubt about the document, which stays
        gone_since=None,
        paused_at=None,
        hold_until=None,
    )


def _probed_at(poll: Poll, answer: Fetched | NotModified | FetchFailed) -> datetime | None:
    """Now, if this poll checked whether a 304 can be believed, and a server may have received it: behind a proxy nobody
    knows, and twice would be once too often (rule P15). Else as before, but not in the future (rule D24).
    """
    is_probe = bool(poll.state.validators) and not answer.request.validators
    was_heard = not isinstance(answer, FetchFailed) or answer.reached or bool(poll.feed.proxy)
    return poll.now if is_probe and was_heard else poll.state.probed_at and min(poll.state.probed_at, poll.now)


def _was_reached(failed: FetchFailed) -> bool | None:
    """Whether any server answered; None if the attempt says nothing of the network, but of us or of the URL."""
    if failed.reached:
        return True
    return False if failed.problem in OF_THE_NETWORK else None
