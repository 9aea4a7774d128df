"""Which editions that are due are not made yet, and since when: the memory of a process.

Whether one waits is decided in `policy.publishing`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from monitor.model.edition_input import Slot
from monitor.model.feed_update import FeedState
from monitor.policy.publishing import awake_since, is_behind, is_resting, may_be_behind, may_wait

Overdue = Callable[[datetime], Iterable[FeedState]]
IsCutOff = Callable[[], bool]

LONGEST_LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Failures:
    """The number of failures in a row, and the time of the last one."""

    times: int
    at: datetime


class PublishGate:
    """Remembers, for one process, since when editions have been waiting, by digest. `polling` is held while feeds are
    polled; `overdue` returns the feeds that are due now, `is_cut_off` whether an outage of our own is open: what was
    asked in it was asked in vain.
    """

    def __init__(self, polling: Lock, overdue: Overdue, is_cut_off: IsCutOff = lambda: False) -> None:
        self._overdue = overdue
        self._is_cut_off = is_cut_off
        self._polling = polling
        self._since: dict[str, datetime] = {}
        self._failures: dict[str, _Failures] = {}
        self._well: set[str] = set()
        self._looked_at: datetime | None = None
        self._awake_since: datetime | None = None

    def look(self, now: datetime) -> None:
        """Record that somebody looks for editions now."""
        self._awake_since = awake_since(self._awake_since, self._looked_at, now)
        self._looked_at = now

    def failed(self, digest: str, now: datetime) -> None:
        """Record that an edition could not be made."""
        before = self._failures.get(digest)
        self._failures[digest] = _Failures(before.times + 1 if before else 1, now)
        self._well.discard(digest)

    def record_success(self, digest: str) -> bool:
        """Record that the edition of a digest was made, or is not due any more. Returns whether this is a change: it is
        after failures, and in a process that has just started.
        """
        is_news = digest not in self._well
        self._failures.pop(digest, None)
        self._well.add(digest)
        return is_news

    def is_resting(self, digest: str, now: datetime) -> bool:
        """Whether it is too early to try again after a failure."""
        failures = self._failures.get(digest)
        return failures is not None and is_resting(failures.times, failures.at, now)

    def should_wait_for_feeds(self, digest: str, slot: Slot | None, now: datetime) -> bool:
        """Whether the edition of `slot` has to wait: it is late, or the machine has just woken, and feeds that were due
        before it are being polled, or are still to be polled.
        """
        awake = self._awake_since or now
        if slot is None or not may_be_behind(slot.due_at, awake, now) or not self._is_behind(slot.due_at, now):
            self._since.pop(digest, None)
            return False
        return may_wait(self._since.setdefault(digest, now), now)

    def _is_behind(self, due_at: datetime, now: datetime) -> bool:
        polled = (state.polled_at for state in self._overdue(now))
        return is_behind(polled, due_at) or self._is_cut_off() or self._is_polling()

    def _is_polling(self) -> bool:
        """Whether a round of polls is running; a check that finds nothing due ends at once."""
        is_free = self._polling.acquire(timeout=LONGEST_LOOK_SECONDS)
        if is_free:
            self._polling.release()
        return not is_free
