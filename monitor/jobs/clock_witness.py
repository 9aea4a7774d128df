"""What is known of how right the clock is: dates in the answers of servers, and how long it was not set.

It decides nothing: whether the clock is plausible is decided in `policy.clock`. Kept in memory: after a start the first
polls show it again, and a date is worth nothing once the clock was set.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from monitor.model.clock import Clock
from monitor.model.fetch import FetchFailed, FetchOutcome
from monitor.policy.clock import EVIDENCE_KEPT, clock_error, is_jump, is_plausible
from monitor.url import host_of

MOST_HOSTS = 1_000
"""A bound on memory; the oldest go first."""


@dataclass(frozen=True, slots=True)
class _Seen:
    error: timedelta
    at: float


@dataclass(slots=True, kw_only=True)
class ClockWitness:
    """Of one process, passed on at a reload. Polls and the keeper run in threads of their own."""

    clock: Clock
    _hosts: dict[str, _Seen] = field(default_factory=dict)
    _clocks: tuple[datetime, float] | None = None
    _steady_since: float = 0.0
    _answered_at: float | None = None
    _is_unanswered: bool = False
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        with self._lock:
            self._look()

    def heard(self, outcome: FetchOutcome) -> None:
        """Note what the server of a feed says of the time."""
        if not isinstance(outcome, FetchFailed):
            self.answered(host_of(outcome.final_url), outcome.headers)
        elif outcome.status is None:
            self.unanswered()
        else:
            self.answered(host_of(outcome.origin), outcome.dated if outcome.origin else {})

    def answered(self, host: str, headers: Mapping[str, str]) -> None:
        """Note an answer of a host; names of headers are in lower case."""
        with self._lock:
            now, at = self._look()
            self._answered_at, self._is_unanswered = at, False
            error = clock_error(headers, now)
            if error is not None:
                self._hosts.pop(host, None)
                self._hosts[host] = _Seen(error, at)
                while len(self._hosts) > MOST_HOSTS:
                    del self._hosts[next(iter(self._hosts))]

    def unanswered(self) -> None:
        """Note that a host was asked and gave no answer that can be believed."""
        with self._lock:
            self._look()
            self._is_unanswered = True

    def is_plausible(self) -> bool:
        """Whether the clock can be believed now."""
        with self._lock:
            _, at = self._look()
            steady = timedelta(seconds=at - self._steady_since)
            has_answer = self._answered_at is not None and at - self._answered_at < EVIDENCE_KEPT.total_seconds()
            return is_plausible(self._errors(at), steady, is_cut_off=self._is_unanswered and not has_answer)

    def errors(self) -> tuple[timedelta, ...]:
        """How far the clock is behind that of each host that answered in the last day."""
        with self._lock:
            return self._errors(self._look()[1])

    def _errors(self, at: float) -> tuple[timedelta, ...]:
        return tuple(seen.error for seen in self._hosts.values() if at - seen.at < EVIDENCE_KEPT.total_seconds())

    def _look(self) -> tuple[datetime, float]:
        """Compare the two clocks. What was known before the clock was set is forgotten."""
        now, at = self.clock.now(), self.clock.monotonic()
        before = self._clocks
        if before is None or is_jump(now - before[0] - timedelta(seconds=at - before[1])):
            self._steady_since = at
            self._hosts.clear()
            self._answered_at = None
        self._clocks = now, at
        return now, at
