"""fetch → parse → reconcile → match → store, for one feed; one transaction.

It decides nothing: `reconcile` decides what is new, `polling` when to ask again, and `match` what matches.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from monitor.errors import DamagedStore, NotOurTurn, StoreError
from monitor.fetch import Session
from monitor.jobs.article_matcher import ArticleMatcher
from monitor.jobs.clock_witness import ClockWitness
from monitor.jobs.gap_filler import recovery
from monitor.jobs.index_parts import read_index
from monitor.jobs.match_counts import baseline_counts, flagged
from monitor.jobs.poll_report import log_poll
from monitor.jobs.takeovers import note_takeover
from monitor.jobs.turn import Turn
from monitor.log import logger
from monitor.model.clock import Clock
from monitor.model.feed import SITEMAP_INDEX, ParsedFeed, ParseFailed, ParseOutcome
from monitor.model.feed_update import BaselineCounts, FeedState, FeedUpdate, IdlePoll, PollReport, Stored
from monitor.model.fetch import Fetched, FetchFailed, FetchOutcome, FetchProblem, FetchRequest, NotAsked, Validators
from monitor.model.setback import Setback
from monitor.model.settings import FeedSettings, PollingSettings
from monitor.model.sitemap_index import SitemapPart
from monitor.policy.hosts import woken_at
from monitor.policy.polling import asked_again_aside, held_for, hold_of, is_probe_due, redirected_hold
from monitor.policy.standing import feed_name
from monitor.policy.workers import BUSY_FOR
from monitor.progress import Unit
from monitor.reconcile import (
    Identity,
    body_hash,
    carries_the_same,
    distinct_items,
    doubtful,
    is_idle,
    lookup_for,
    reconcile,
)
from monitor.reconcile.earlier_pages import Mark, Page, judged
from monitor.reconcile.publishers import wanted
from monitor.store import Store
from monitor.url import origin_of, registrable_domain, shown_url
from monitor.workers import ParserPool

log = logger(__name__)

NoteAttempt = Callable[[FeedUpdate], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPoll:
    """One poll of one feed, from the request to its rows."""

    clock: Clock
    chance: Callable[[], float]
    """Returns numbers in [0, 1): the jitter of the next poll."""
    store: Store
    parsers: ParserPool
    feeds: Mapping[str, FeedSettings]
    polling: PollingSettings
    matcher: ArticleMatcher
    backfill: timedelta
    witness: ClockWitness

    async def run(
        self,
        session: Session,
        turn: Turn,
        state: FeedState,
        note_attempt: NoteAttempt,
        *,
        is_by_hand: bool = False,
        is_whole: bool = False,
    ) -> PollReport:
        """Poll the feed as of `state`. `turn` is held while the database is written; `note_attempt` gets what was
        stored. `is_whole`: it is asked without validators. An unexpected error counts as a failure of that feed.
        Raises DamagedStore, NotOurTurn.
        """
        units = self.matcher.units
        try:
            outcome = await session.fetch(self._request(state, is_whole=is_whole))
            if isinstance(outcome, NotAsked):
                async with turn:
                    return self._postponed(state, outcome)
            self.witness.heard(outcome)
            body = body_hash(outcome.body) if isinstance(outcome, Fetched) else ""
            unit = units.poll(state, self.feeds[state.url], body)
            setback = units.setback(unit) if body and not is_by_hand else None
            if setback is not None:
                return await self._left_aside(turn, state, setback)
            update = await self._decided(session, state, outcome, unit, is_whole=is_whole)
            if is_idle(state, update):
                return await self._idle(turn, unit, IdlePoll(before=state, update=update), is_document=bool(body))
            update, report = await self._stored(turn, unit, update, is_document=bool(body))
        except (DamagedStore, NotOurTurn):
            raise  # any further write would make it worse, or is refused as well
        except StoreError as error:  # that is not the feed's fault; its claim says when it is asked again
            log.warning("poll not stored", feed=shown_url(state.url), reason=str(error))
            return self.too_soon(state, str(error), is_failure=True)
        except Exception as error:  # an unexpected error with one feed must not affect the others
            log.exception("poll failed", feed=shown_url(state.url))
            return await self._surprise(turn, state, error)
        if update.hold:
            session.keep_quiet(update.hold.origin, update.hold.until)
        async with turn:
            note_attempt(update)
            self._look_around(state, update)
        self.matcher.progress.sign_of_life()
        log_poll(report, update)
        return report

    async def _idle(self, turn: Turn, unit: Unit, poll: IdlePoll, *, is_document: bool) -> PollReport:
        """Commit a poll that brought nothing, with others that did not."""
        await turn.written(poll)
        if is_document:
            self.matcher.units.succeeded(unit)
        self.matcher.progress.sign_of_life()
        report = self._report(poll.update, 0)
        log_poll(report, poll.update)
        return report

    async def _stored(
        self, turn: Turn, unit: Unit, update: FeedUpdate, *, is_document: bool
    ) -> tuple[FeedUpdate, PollReport]:
        """Match the articles of the poll and commit them. Returns the update as stored, and the report."""
        matcher, units = self.matcher, self.matcher.units
        shared = matcher.boilerplate(update)
        matches = await matcher.matches(unit, update, shared)
        update = matcher.with_matching_edits(update, matches)
        words = await matcher.words(unit, update.new)
        learned = await matcher.learned_boilerplate(unit, update, shared)
        new_matches = flagged(self.store, update, matches)
        allowed = self.store.licences.allowed  # before anybody waits for the transaction, which decides it again
        update = await asyncio.to_thread(units.run, unit, allowed, update, self.clock.now())
        async with turn:
            now, apply = self.clock.now(), self.store.articles.apply
            await asyncio.to_thread(units.run, unit, apply, update, matches, now, words, self.backfill, learned)
            if is_document:
                units.succeeded(unit)
        return update, self._report(update, new_matches, baseline_counts(update, matches))

    async def _decided(
        self, session: Session, state: FeedState, outcome: FetchOutcome, unit: Unit, *, is_whole: bool
    ) -> FeedUpdate:
        """What the poll changes: with what earlier pages have of a gap, and without a pause for a fault of the host."""
        parsed = await self._parsed(state, outcome)
        if isinstance(outcome, Fetched) and isinstance(parsed, ParseFailed) and parsed.parts:
            update = await self._of_index(session, state, outcome, parsed.parts, unit, is_whole=is_whole)
        else:
            update = await self._update(state, outcome, parsed, unit)
        if isinstance(outcome, Fetched) and isinstance(parsed, ParsedFeed) and update.gap_since:
            update = await self._filled(session, update, state, outcome, parsed, unit)
        if update.state.paused_at and not state.paused_at and self.store.hosts.is_in_trouble(_origin(state)):
            update = replace(update, state=replace(update.state, paused_at=None))
        return update

    async def _of_index(
        self,
        session: Session,
        state: FeedState,
        index: Fetched,
        parts: Sequence[SitemapPart],
        unit: Unit,
        *,
        is_whole: bool,
    ) -> FeedUpdate:
        """What the parts of an index of sitemaps change. A part that asks for quiet speaks for the feed as a whole."""
        feed, now = self.feeds[state.url], self.clock.now()

        async def parse(part: Fetched) -> ParseOutcome:
            return await self._parse(part, feed)

        reading = await read_index(
            session, state, index, parts, parse, now=now, most=self.polling.max_items, is_whole=is_whole
        )
        if isinstance(reading.failed, FetchFailed):
            return await self._update(reading.before, reading.failed, None, unit)
        is_same = reading.is_unchanged and body_hash(index.body) == state.body_hash
        update = await self._update(reading.before, index, None if is_same else reading.parsed or reading.failed, unit)
        return held_for(reading.quiet, update, state, feed, self.polling, self.clock.now())

    async def _filled(
        self, session: Session, gap: FeedUpdate, state: FeedState, fetched: Fetched, parsed: ParsedFeed, unit: Unit
    ) -> FeedUpdate:
        """The update with the articles that earlier pages of the feed have of the gap."""
        since = gap.gap_since or self.clock.now()
        feed, units = self.feeds[state.url], self.matcher.units

        async def read(page: Fetched, seen: frozenset[Mark]) -> tuple[ParsedFeed, Page] | None:
            found = await self._parse(page, feed)
            if not isinstance(found, ParsedFeed):
                return None
            items = await asyncio.to_thread(units.run, unit, distinct_items, found, feed)
            stored = self._known(state, items)
            is_aggregator = feed.aggregator
            return found, await asyncio.to_thread(
                units.run, unit, judged, items, stored, seen, since, is_aggregator=is_aggregator
            )

        found = await recovery(session, parsed, fetched, read)
        if found.items:
            recovered = tuple(replace(item, is_recovered=True, is_beyond=not found.is_closed) for item in found.items)
            whole = replace(parsed, items=(*parsed.items, *recovered))
            gap = replace(await self._update(state, fetched, whole, unit), gap_since=gap.gap_since)
        hold = hold_of(found.failed, state, feed, self.polling, self.clock.now()) if found.failed else None
        return replace(gap, is_gap_closed=found.is_closed, hold=gap.hold or hold)

    async def _update(
        self, state: FeedState, outcome: FetchOutcome, parsed: ParseOutcome | None, unit: Unit
    ) -> FeedUpdate:
        units, feed = self.matcher.units, self.feeds[state.url]
        if parsed is None:  # nothing to read: neither a thread nor a look at what is stored
            return self._reconciled(outcome, None, feed)(state, (), Stored())
        # takes seconds for thousands of hostile titles
        items = await asyncio.to_thread(units.run, unit, distinct_items, parsed, feed)
        state, stored = self._with_history(state, items) if items else (state, Stored())
        return await asyncio.to_thread(units.run, unit, self._reconciled(outcome, parsed, feed), state, items, stored)

    def _reconciled(
        self, outcome: FetchOutcome, parsed: ParseOutcome | None, feed: FeedSettings
    ) -> Callable[[FeedState, Sequence[Identity], Stored], FeedUpdate]:
        """`reconcile` for this answer, now."""
        now, jitter = self.clock.now(), self.chance()
        return partial(
            reconcile, outcome=outcome, parsed=parsed, feed=feed, polling=self.polling, now=now, jitter=jitter
        )

    def _with_history(self, state: FeedState, items: Sequence[Identity]) -> tuple[FeedState, Stored]:
        """The feed, and what is stored of these items. If the first document belongs to a feed that left the config,
        the feed continues that one under the new URL.
        """
        if state.baseline_at is None:
            for departed in self._departed(state):
                stored = self._known(departed, items)
                is_same = carries_the_same(items, stored, is_aggregator=self.feeds[state.url].aggregator)
                if is_same and (merged := self.store.feeds.merge(departed, state)):
                    log.info("feed adopted", feed=shown_url(state.url), was=shown_url(departed.url))
                    return merged, stored
        return state, self._known(state, items)

    def _departed(self, state: FeedState) -> list[FeedState]:
        """The stored feeds of the same domain that it may continue; disabled feeds of the config are not among them."""
        departed = self.store.feeds.departed(registrable_domain(state.url))
        return [each for each in departed if each.url not in self.feeds]

    def _known(self, feed: FeedState, items: Sequence[Identity]) -> Stored:
        has_tombstones = self.store.retention.has_taken(feed.id)
        lookup = lookup_for(items, has_tombstones=has_tombstones, feed=self.feeds.get(feed.url))
        stored = self.store.articles.known(feed.id, lookup)
        doubts = doubtful(items, stored, feed)
        return replace(stored, past=self.store.articles.past(feed.id, doubts)) if doubts else stored

    async def _parsed(self, state: FeedState, outcome: FetchOutcome) -> ParseOutcome | None:
        """None when there is nothing to parse: no body, or the same bytes as last time (P14). An index may be the same,
        and its parts are not.
        """
        if not isinstance(outcome, Fetched):
            return None
        if body_hash(outcome.body) == state.body_hash and state.kind != SITEMAP_INDEX:
            return None
        return await self._parse(outcome, self.feeds[state.url])

    async def _parse(self, fetched: Fetched, feed: FeedSettings) -> ParseOutcome:
        found = await self.parsers.parse(
            fetched.body, url=fetched.final_url, headers=fetched.headers, max_items=self.polling.max_items
        )
        return wanted(found, feed)

    def _request(self, state: FeedState, *, is_whole: bool = False) -> FetchRequest:
        feed, is_whole = self.feeds[state.url], is_whole or is_probe_due(state, self.clock.now())
        is_whole = is_whole or state.kind == SITEMAP_INDEX  # its parts change, and it says which
        return FetchRequest(
            feed_id=state.id,
            url=state.moved_to or feed.url,
            validators=Validators() if is_whole else state.validators,
            validators_from=state.validators_from,
            feed=feed,
        )

    def _look_around(self, before: FeedState, update: FeedUpdate) -> None:
        """What a stored poll says beyond its articles: of the host, and of who publishes the feed."""
        feed = self.feeds[before.url]
        if before.failures and not update.state.failures:
            self._wake_neighbours(update.state)
        if update.new and before.baseline_at and not feed.aggregator:  # an aggregator links to anybody
            note_takeover(self.store, update.state, feed.outlet, self.clock.now())

    def _wake_neighbours(self, state: FeedState) -> None:
        """The host answers again: its other failing feeds are asked soon (rule P11)."""
        now, failing = self.clock.now(), self.store.hosts.failing(_origin(state))
        at = {
            each.id: woken_at(each, self.feeds[each.url], self.polling, now)
            for each in failing
            if each.url in self.feeds
        }
        soon = {feed_id: moment for feed_id, moment in at.items() if moment is not None}
        if soon:
            self.store.hosts.wake(soon)
            log.info("host answers again", feed=shown_url(state.url), woken=len(soon))

    def _postponed(self, state: FeedState, outcome: NotAsked) -> PollReport:
        """Hold the feed if its server, or one that it redirects to, asked for quiet, and we know for how long."""
        now = self.clock.now()
        if outcome.is_busy:
            state = replace(state, next_poll_at=now + BUSY_FOR)
            self.store.feeds.postpone(state.id, state.next_poll_at)
            return self.too_soon(state, "another worker was asking its host all the time")
        until = self.store.feeds.holds(now).get(outcome.origin)
        if until:
            is_own = outcome.origin == origin_of(outcome.request.url)
            until = until if is_own else redirected_hold(until, now)
            self.store.feeds.postpone(state.id, until)
            state = replace(state, next_poll_at=until)
        return self.too_soon(state, "its host has asked for quiet")

    async def _surprise(self, turn: Turn, state: FeedState, error: Exception) -> PollReport:
        """Count an unexpected error as a failure of the feed, so that it backs off and is reported; the database may
        have failed.
        """
        failed = FetchFailed(
            request=self._request(state),
            problem=FetchProblem.SURPRISE,
            detail=f"{type(error).__name__}: {error}"[:200],
        )
        try:
            update = await self._failed(state, failed)
            async with turn:
                self.store.articles.apply(update, {}, self.clock.now())
        except Exception:  # the claim keeps the feed from being asked again at once
            log.exception("failure not stored", feed=shown_url(state.url))
            return self.too_soon(state, failed.detail, is_failure=True)
        return self._report(update, 0)

    async def _left_aside(self, turn: Turn, state: FeedState, setback: Setback) -> PollReport:
        """Do not read its document, and count that as a failure of the feed; it is polled again soon for a new
        document.
        """
        log.warning("poll set aside", feed=shown_url(state.url), reason=setback.sentence)
        failed = FetchFailed(
            request=self._request(state), problem=FetchProblem.SET_ASIDE, detail=setback.sentence, reached=True
        )
        update = await self._failed(state, failed)
        now = self.clock.now()
        at = asked_again_aside(self.feeds[state.url], self.polling, update.state.next_poll_at, now)
        update = replace(update, state=replace(update.state, next_poll_at=at))
        async with turn:
            self.store.articles.apply(update, {}, now)
        return self._report(update, 0)

    async def _failed(self, state: FeedState, failed: FetchFailed) -> FeedUpdate:
        return await self._update(state, failed, None, self.matcher.units.poll(state, self.feeds[state.url]))

    def _report(self, update: FeedUpdate, matches: int, baseline: BaselineCounts | None = None) -> PollReport:
        state = update.state
        return PollReport(
            url=state.url,
            name=self._name(state),
            status=update.status,
            is_failure=state.failures > 0,
            reason=state.problem_detail,
            counts=update.counts,
            has_gap=update.gap_since is not None,
            is_gap_closed=update.is_gap_closed,
            matches=matches,
            baseline=baseline,
            next_poll_at=state.next_poll_at,
        )

    def too_soon(self, state: FeedState, reason: str, *, is_failure: bool = False) -> PollReport:
        """The report on a feed that was not asked, or whose answer could not be stored (`is_failure`)."""
        return PollReport(
            url=state.url,
            name=self._name(state),
            status="not stored" if is_failure else "too soon",
            is_failure=is_failure,
            reason=reason,
            next_poll_at=state.next_poll_at,
        )

    def _name(self, state: FeedState) -> str:
        return feed_name(self.feeds[state.url].outlet, state.title, state.url)


def _origin(state: FeedState) -> str:
    return origin_of(state.moved_to or state.url)
