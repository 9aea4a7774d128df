"""fetch → parse → reconcile → match → store, for each feed that is to be polled; one transaction per feed.

It decides nothing: what is new is `reconcile`'s word, when to ask again `polling`'s, what matches `match`'s.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

import structlog

from monitor.errors import DamagedStore, UsageError
from monitor.fetch import Session
from monitor.jobs.match_counts import baseline_counts, flagged
from monitor.jobs.matching import learned_by, matches_of, shared_by, with_finds, words_in
from monitor.jobs.outage import due_now, note_attempt
from monitor.jobs.poll_round import Round
from monitor.jobs.stages import Stages
from monitor.jobs.work_units import aside, done, poll_of
from monitor.model.feed import ParseOutcome
from monitor.model.feed_update import (
    BaselineCounts,
    FeedState,
    FeedUpdate,
    PollReport,
    Stored,
)
from monitor.model.fetch import Fetched, FetchFailed, FetchOutcome, FetchProblem, FetchRequest, NotAsked, Validators
from monitor.model.setback import Setback
from monitor.polling import floor, is_probe_due, may_poll_at, redirected_hold
from monitor.progress import Unit
from monitor.reconcile import (
    Identity,
    body_hash,
    carries_the_same,
    distinct_items,
    doubtful,
    lookup_for,
    reconcile,
)
from monitor.url import host_of, origin_of, registrable_domain, shown_url

log = structlog.get_logger(__name__)

CLAIM = timedelta(seconds=10)
"""How soon a feed may be asked again at the earliest after a crash in the middle of its poll."""

ASIDE_ASKED_AFTER = timedelta(hours=1)
"""How soon at the latest it is seen that the document of a feed that is set aside has changed."""

IN_FLIGHT_A_PLACE = 2
"""Feeds under way for each request that may run: the others wait for their host's pause, are parsed or stored."""

OnPolled = Callable[[PollReport], None]


def ignore_report(_report: PollReport) -> None:
    """For whom what is stored is enough."""


async def refresh_due(
    stages: Stages,
    on_polled: OnPolled = ignore_report,
    is_over: Callable[[], bool] = lambda: False,
    *,
    is_once: bool = False,
) -> None:
    """Poll every feed whose time has come, or comes meanwhile; `on_polled` hears of each as it is done.

    `is_over` is asked now and then: from then on only those in flight are finished. The reports are not kept: as
    long as some feed is always due there is no end to them, unless each is polled only once (`is_once`).
    """
    begun: set[int] = set()

    def wanted() -> Sequence[FeedState]:
        due = [state for state in _known_to(stages, due_now(stages)) if state.id not in begun]
        begun.update(state.id for state in due if is_once)
        return due

    await _refresh(stages, wanted, on_polled, is_over)


async def poll_by_hand(
    stages: Stages, urls: Sequence[str] = (), on_polled: OnPolled = ignore_report
) -> tuple[PollReport, ...]:
    """Poll feeds now, due or not; one that must not be asked yet is reported with the time when it may be.

    Raises UsageError for a URL that is not polled at all.
    """
    now = stages.clock.now()
    holds = stages.store.feeds.holds(now)
    states = [_as_of(state, now) for state in _known_to(stages, stages.store.feeds.configured(urls))]
    unknown = set(urls) - {state.url for state in states}
    if unknown:
        raise UsageError(
            f"Not polled, because it is disabled or not in the config that runs: {', '.join(sorted(unknown))}."
        )
    free, early = [], []
    for state in states:
        at = may_poll_at(
            state, stages.feeds[state.url], stages.polling, holds.get(origin_of(state.moved_to or state.url))
        )
        if at > now:
            early.append(_too_soon(stages, state, f"may be asked again at {at:%Y-%m-%d %H:%M:%S} UTC"))
        else:
            free.append(state)
    asked = iter([free])
    reports = list(early)

    def heard(report: PollReport) -> None:
        reports.append(report)
        on_polled(report)

    await _refresh(stages, lambda: next(asked, ()), heard, lambda: False, is_by_hand=True)
    return tuple(reports)


async def poll_once(stages: Stages, state: FeedState) -> PollReport:
    """Poll this feed as of this state, due or not: for those who replay what was recorded."""
    async with stages.fetcher.session() as session:
        return await _poll(stages, session, asyncio.Lock(), state)


def _as_of(state: FeedState, now: datetime) -> FeedState:
    """Without a poll that lies in the future, and what it was asked for: the clock was wrong then."""
    is_right = state.polled_at is None or state.polled_at <= now
    return state if is_right else replace(state, polled_at=None, hold_until=None)


def _known_to(stages: Stages, states: Sequence[FeedState]) -> list[FeedState]:
    """Without feeds of a config that has been read since: the next tick has stages that know them."""
    return [state for state in states if state.url in stages.feeds]


async def _refresh(
    stages: Stages,
    wanted: Callable[[], Sequence[FeedState]],
    on_polled: OnPolled,
    is_over: Callable[[], bool],
    *,
    is_by_hand: bool = False,
) -> None:
    """A round, with a session of its own once there is anything to ask."""
    first = wanted()
    if not first:
        return
    batches = chain([first], iter(wanted, None))
    turn = asyncio.Lock()  # to write: nobody waits for the database with the event loop in hand

    async def one(state: FeedState) -> None:
        on_polled(await _poll(stages, session, turn, state, is_by_hand=is_by_hand))

    async with stages.fetcher.session() as session:
        for origin, until in stages.store.feeds.holds(stages.clock.now()).items():
            session.keep_quiet(origin, until)
        await Round(
            lambda: next(batches),
            partial(_claim, stages, turn),
            one,
            most=IN_FLIGHT_A_PLACE * stages.polling.concurrency,
            is_over=is_over,
        ).run()


async def _claim(stages: Stages, turn: asyncio.Lock, states: Sequence[FeedState]) -> None:
    rests = {state.id: max(floor(stages.feeds[state.url], stages.polling), CLAIM) for state in states}
    async with turn:
        now = stages.clock.now()
        stages.store.feeds.claim({feed_id: now + rest for feed_id, rest in rests.items()}, now)


async def _poll(
    stages: Stages, session: Session, turn: asyncio.Lock, state: FeedState, *, is_by_hand: bool = False
) -> PollReport:
    try:
        outcome = await session.fetch(_request(stages, state))
        if isinstance(outcome, NotAsked):
            async with turn:
                return _postponed(stages, state, outcome)
        unit = poll_of(stages, state, body_hash(outcome.body) if isinstance(outcome, Fetched) else "")
        setback = None if is_by_hand or not isinstance(outcome, Fetched) else aside(stages, unit)
        if setback is not None:
            return await _left_aside(stages, turn, state, setback)
        update = await _update(stages, state, outcome, unit)
        shared = shared_by(stages, update)
        matches = await matches_of(stages, unit, update, shared)
        update = with_finds(stages, update, matches)
        words = await words_in(stages, unit, update.new)
        shared_now = await learned_by(stages, unit, update, shared)
        new_matches = flagged(stages.store, update, matches)
        async with turn:
            now, apply = stages.clock.now(), stages.store.articles.apply
            await asyncio.to_thread(done, stages, unit, apply, update, matches, now, words, stages.backfill, shared_now)
            if isinstance(outcome, Fetched):
                stages.store.setbacks.over(unit)
    except DamagedStore:
        raise  # whatever is written now makes it worse
    except Exception as error:  # a surprise with one feed must not cost the others
        log.exception("poll failed", feed=shown_url(state.url))
        return await _surprise(stages, turn, state, error)
    if update.hold:
        session.keep_quiet(update.hold.origin, update.hold.until)
    async with turn:
        note_attempt(stages, update)
    stages.progress.sign_of_life()
    report = _report(stages, update, new_matches, baseline_counts(update, matches))
    log.info(
        "polled",
        feed=shown_url(state.url),
        status=report.status,
        reason=report.reason,
        new=report.counts.new,
        changed=report.counts.changed,
        gap=update.gap_since is not None,
        matches=report.matches,
        seconds=round(update.elapsed.total_seconds(), 3),
    )
    return report


async def _update(stages: Stages, state: FeedState, outcome: FetchOutcome, unit: Unit) -> FeedUpdate:
    parsed = await _parsed(stages, state, outcome)
    feed = stages.feeds[state.url]
    items = await asyncio.to_thread(
        done, stages, unit, distinct_items, parsed, feed
    )  # seconds for thousands of hostile titles
    state, stored = _with_history(stages, state, items)
    return await asyncio.to_thread(
        done,
        stages,
        unit,
        reconcile,
        state,
        items,
        stored,
        outcome,
        parsed,
        feed=feed,
        polling=stages.polling,
        now=stages.clock.now(),
        jitter=stages.chance(),
    )


def _with_history(stages: Stages, state: FeedState, items: Sequence[Identity]) -> tuple[FeedState, Stored]:
    """The feed, and what is stored of these items; as a feed that left the config, if its first document is that
    feed's under another URL.
    """
    if state.baseline_at is None and items:
        for departed in _departed(stages, state):
            stored = _stored(stages, departed, items)
            if carries_the_same(items, stored, is_aggregator=stages.feeds[state.url].aggregator):
                log.info("feed adopted", feed=shown_url(state.url), was=shown_url(departed.url))
                return stages.store.feeds.merge(departed, state), stored
    return state, _stored(stages, state, items)


def _departed(stages: Stages, state: FeedState) -> list[FeedState]:
    """The feeds of its domain that it may be under another URL: not those which the config has, but disabled."""
    departed = stages.store.feeds.departed(registrable_domain(state.url))
    return [each for each in departed if each.url not in stages.feeds]


def _stored(stages: Stages, feed: FeedState, items: Sequence[Identity]) -> Stored:
    has_tombstones = stages.store.retention.has_taken(feed.id)
    stored = stages.store.articles.known(feed.id, lookup_for(items, has_tombstones=has_tombstones))
    doubts = doubtful(items, stored, feed)
    return replace(stored, past=stages.store.articles.past(feed.id, doubts)) if doubts else stored


async def _parsed(stages: Stages, state: FeedState, outcome: FetchOutcome) -> ParseOutcome | None:
    """None when there is nothing to parse: no body, or the same bytes as last time (P14)."""
    if not isinstance(outcome, Fetched) or body_hash(outcome.body) == state.body_hash:
        return None
    return await stages.parsers.parse(
        outcome.body, url=outcome.final_url, headers=outcome.headers, max_items=stages.polling.max_items
    )


def _request(stages: Stages, state: FeedState) -> FetchRequest:
    feed = stages.feeds[state.url]
    return FetchRequest(
        feed_id=state.id,
        url=state.moved_to or feed.url,
        validators=Validators() if is_probe_due(state, stages.clock.now()) else state.validators,
        validators_from=state.validators_from,
        feed=feed,
    )


def _report(stages: Stages, update: FeedUpdate, matches: int, baseline: BaselineCounts | None = None) -> PollReport:
    state = update.state
    return PollReport(
        url=state.url,
        name=_name(stages, state),
        status=update.status,
        is_failure=state.failures > 0,
        reason=state.problem_detail,
        counts=update.counts,
        has_gap=update.gap_since is not None,
        matches=matches,
        baseline=baseline,
        next_poll_at=state.next_poll_at,
    )


def _postponed(stages: Stages, state: FeedState, outcome: NotAsked) -> PollReport:
    """A server asks for quiet, this feed's or one it redirects to: it waits for that, if we know how long."""
    now = stages.clock.now()
    until = stages.store.feeds.holds(now).get(outcome.origin)
    if until:
        is_own = outcome.origin == origin_of(outcome.request.url)
        until = until if is_own else redirected_hold(until, now)
        stages.store.feeds.postpone(state.id, until)
        state = replace(state, next_poll_at=until)
    return _too_soon(stages, state, "its host has asked for quiet")


def _too_soon(stages: Stages, state: FeedState, reason: str, *, is_failure: bool = False) -> PollReport:
    return PollReport(
        url=state.url,
        name=_name(stages, state),
        status="not stored" if is_failure else "too soon",
        is_failure=is_failure,
        reason=reason,
        next_poll_at=state.next_poll_at,
    )


async def _surprise(stages: Stages, turn: asyncio.Lock, state: FeedState, error: Exception) -> PollReport:
    """Count it as a failure of the feed, so that it backs off and is named; the database may be what failed."""
    failed = FetchFailed(
        request=_request(stages, state), problem=FetchProblem.SURPRISE, detail=f"{type(error).__name__}: {error}"[:200]
    )
    try:
        update = await _update(stages, state, failed, poll_of(stages, state, ""))
        async with turn:
            stages.store.articles.apply(update, {}, stages.clock.now())
    except Exception:  # the claim keeps the feed from being asked again at once
        log.exception("failure not stored", feed=shown_url(state.url))
        return _too_soon(stages, state, failed.detail, is_failure=True)
    return _report(stages, update, 0)


async def _left_aside(stages: Stages, turn: asyncio.Lock, state: FeedState, setback: Setback) -> PollReport:
    """Its document is not read, which is a failure of the feed for all to see; it is asked for other words soon."""
    log.warning("poll set aside", feed=shown_url(state.url), reason=setback.sentence)
    failed = FetchFailed(
        request=_request(stages, state), problem=FetchProblem.SET_ASIDE, detail=setback.sentence, reached=True
    )
    update = await _update(stages, state, failed, poll_of(stages, state, ""))
    now = stages.clock.now()
    soon = max(now + ASIDE_ASKED_AFTER, now + floor(stages.feeds[state.url], stages.polling))
    update = replace(update, state=replace(update.state, next_poll_at=min(update.state.next_poll_at, soon)))
    async with turn:
        stages.store.articles.apply(update, {}, now)
    return _report(stages, update, 0)


def _name(stages: Stages, state: FeedState) -> str:
    return stages.feeds[state.url].outlet or state.title or host_of(state.url)
