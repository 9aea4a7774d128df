"""Which feeds are polled now, in one round with one session: those that are due, or those a person asked for.

`feed_poll` does one poll; the store knows when a feed is due.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from monitor.errors import UsageError
from monitor.fetch import Fetcher, Session
from monitor.jobs.feed_poll import FeedPoll
from monitor.jobs.leases import Leases
from monitor.jobs.outages import Outages
from monitor.jobs.poll_report import OnPolled, ignore_report
from monitor.jobs.poll_round import Round
from monitor.jobs.turn import Turn
from monitor.model.clock import Clock
from monitor.model.feed_update import FeedState, IdlePoll, PollReport
from monitor.model.settings import FeedSettings, PollingSettings
from monitor.policy.polling import believed, claimed_until, is_welcome, may_poll_at
from monitor.store import Store
from monitor.url import origin_of

Wanted = Callable[[Sequence[FeedState]], Sequence[FeedState]]
"""The feeds to poll beside those in progress or waiting."""

IN_FLIGHT_A_PLACE = 2
"""Feeds in progress per possible request: the others wait for their host's pause, or are parsed or stored."""

MOST_SLOW_NAMES = 1_000
"""So many feeds whose name servers hang are in progress besides; what comes after them waits. Such a poll is a task
that sleeps: the resolver bounds the threads.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poller:
    """Polls feeds: those that are due (`run`), or some by hand."""

    clock: Clock
    store: Store
    fetcher: Fetcher
    feeds: Mapping[str, FeedSettings]
    polling: PollingSettings
    outages: Outages
    feed_poll: FeedPoll
    leases: Leases | None = None
    """Where several processes poll: what this one has for itself."""

    async def run(
        self,
        on_polled: OnPolled = ignore_report,
        is_over: Callable[[], bool] = lambda: False,
        *,
        is_once: bool = False,
    ) -> None:
        """Poll every feed that is due or becomes due meanwhile; `on_polled` gets the report of each when it is done.

        `is_over` is called now and then: once it returns true, only polls in progress are finished. Reports are not
        kept: if some feed is always due, there is no end to them, unless each is polled only once (`is_once`).
        """
        begun: set[int] = set()

        def wanted(busy: Sequence[FeedState] = ()) -> Sequence[FeedState]:
            due = [state for state in self.outages.feeds_to_ask(self._mine(busy)) if state.id not in begun]
            begun.update(state.id for state in due if is_once)
            return due

        try:
            await self._round(wanted, on_polled, is_over)
        finally:
            if self.leases is not None:
                self.leases.return_hosts()

    async def by_hand(
        self, urls: Sequence[str] = (), on_polled: OnPolled = ignore_report, *, is_whole: bool = False
    ) -> tuple[PollReport, ...]:
        """Poll feeds now, due or not; a feed that must not be polled yet is reported with the time when it may be.
        `is_whole`: without validators.

        Raises UsageError for a URL that is not polled at all.
        """
        now = self.clock.now()
        states = [believed(state, now) for state in self._known(self.store.feeds.configured(urls))]
        unknown = set(urls) - {state.url for state in states}
        if unknown:
            raise UsageError(
                f"Not polled, because it is disabled or not in the running config: {', '.join(sorted(unknown))}."
            )
        free, reports = self._free(states, now)
        asked = iter([free])

        def once(_busy: Sequence[FeedState] = ()) -> Sequence[FeedState]:
            return next(asked, ())

        def keep(report: PollReport) -> None:
            reports.append(report)
            on_polled(report)

        await self._round(once, keep, lambda: False, is_by_hand=True, is_whole=is_whole)
        return tuple(reports)

    async def one(self, state: FeedState) -> PollReport:
        """Poll this feed as of this state, due or not, to replay recorded polls."""
        async with self.fetcher.session() as session:
            return await self._poll(session, Turn(self._write_idle), state)

    def due(self, now: datetime) -> list[FeedState]:
        """The feeds of the config that are due, without those that ask to be left alone in this hour."""
        return self._welcome(self.store.feeds.due(now), now)

    def _mine(self, busy: Sequence[FeedState]) -> list[FeedState]:
        """The feeds that are due, if several processes poll, of the hosts that this one has."""
        if self.leases is None:
            return self.due(self.clock.now())
        return self.leases.feeds_to_poll(busy, self._most(0), self._welcome)

    def _welcome(self, due: Sequence[FeedState], now: datetime) -> list[FeedState]:
        return [state for state in self._known(due) if is_welcome(self.feeds[state.url], state.hints, now)]

    def _most(self, slow_names: int) -> int:
        """How many polls may be in progress."""
        return IN_FLIGHT_A_PLACE * self.polling.concurrency + min(slow_names, MOST_SLOW_NAMES)

    def _known(self, states: Sequence[FeedState]) -> list[FeedState]:
        """The states without feeds of a newer config: the jobs of the next tick have those."""
        return [state for state in states if state.url in self.feeds]

    def _free(self, states: Sequence[FeedState], now: datetime) -> tuple[list[FeedState], list[PollReport]]:
        """The feeds that may be polled now, and a report on each of the others."""
        holds = self.store.feeds.holds(now)
        free, early = [], []
        for state in states:
            hold = holds.get(origin_of(state.moved_to or state.url))
            at = may_poll_at(state, self.feeds[state.url], self.polling, hold)
            if at > now:
                early.append(self.feed_poll.too_soon(state, f"may be polled again at {at:%Y-%m-%d %H:%M:%S} UTC"))
            else:
                free.append(state)
        return free, early

    async def _round(
        self,
        wanted: Wanted,
        on_polled: OnPolled,
        is_over: Callable[[], bool],
        *,
        is_by_hand: bool = False,
        is_whole: bool = False,
    ) -> None:
        """A round, which opens a session once there is something to poll."""
        first = wanted(())
        if not first:
            return
        batches = iter([first])
        turn = Turn(self._write_idle)

        async def one(state: FeedState) -> None:
            with turn.poll():
                report = await self._poll(session, turn, state, is_by_hand=is_by_hand, is_whole=is_whole)
            on_polled(report)

        async with self.fetcher.session() as session:
            for origin, until in self.store.feeds.holds(self.clock.now()).items():
                session.keep_quiet(origin, until)
            polls = Round(
                lambda: next(batches, None) or wanted(polls.busy),
                partial(self._claim, turn),
                one,
                most=lambda: self._most(session.slow_names),
                is_over=is_over,
            )
            await polls.run()

    def _write_idle(self, brought_nothing: Sequence[IdlePoll]) -> None:
        self.store.polls.idle(brought_nothing, self.clock.now())
        self.outages.note_reached()

    async def _claim(self, turn: Turn, states: Sequence[FeedState]) -> None:
        async with turn:
            now = self.clock.now()
            until = {state.id: claimed_until(self.feeds[state.url], self.polling, now) for state in states}
            self.store.feeds.claim(until, now)

    async def _poll(
        self,
        session: Session,
        turn: Turn,
        state: FeedState,
        *,
        is_by_hand: bool = False,
        is_whole: bool = False,
    ) -> PollReport:
        note = self.outages.note_attempt
        return await self.feed_poll.run(session, turn, state, note, is_by_hand=is_by_hand, is_whole=is_whole)
