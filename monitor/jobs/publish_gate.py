"""Why an edition that is due is not made yet: feeds that come first, or a failure a moment ago.

After downtime a late edition waits until what was due before it has been read. Without that, a laptop that wakes at
nine mails "nothing new" of seven o'clock while its first poll is still under way.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from monitor.jobs.stages import Stages
from monitor.model.edition import LATE
from monitor.model.edition_input import Slot

LONGEST_WAIT = timedelta(minutes=15)
"""Some feeds may not be reached for days."""

LONGEST_LOOK_SECONDS = 1.0

LONGEST_REST = timedelta(minutes=5)
"""What fails again and again, on a full disk say, is tried this seldom: each try is work and writes a traceback."""


def rest_after(failures: int) -> timedelta:
    """How long what failed so often in a row is left alone: four seconds, and twice as long after each further time."""
    return min(timedelta(seconds=2 ** min(failures + 1, 11)), LONGEST_REST)


@dataclass(frozen=True, slots=True)
class _Failures:
    """How often in a row, and when last."""

    times: int
    at: datetime


class PublishGate:
    """Remembers, for one process, since when editions wait, by digest. `polling` is held while feeds are asked."""

    def __init__(self, polling: Lock) -> None:
        self._polling = polling
        self._since: dict[str, datetime] = {}
        self._failures: dict[str, _Failures] = {}
        self._well: set[str] = set()

    def failed(self, digest: str, now: datetime) -> None:
        """An edition could not be made."""
        before = self._failures.get(digest)
        self._failures[digest] = _Failures(before.times + 1 if before else 1, now)
        self._well.discard(digest)

    def record_success(self, digest: str) -> bool:
        """The edition of a digest was made, or is not due any more; whether that is news, as it is after failures and
        for a process that has just begun.
        """
        is_news = digest not in self._well
        self._failures.pop(digest, None)
        self._well.add(digest)
        return is_news

    def is_resting(self, digest: str, now: datetime) -> bool:
        """Whether the failure of a moment ago would only be seen again."""
        failures = self._failures.get(digest)
        if failures is None:
            return False
        return timedelta() <= now - failures.at < rest_after(failures.times)

    def should_wait_for_feeds(self, stages: Stages, digest: str, slot: Slot | None) -> bool:
        """Whether the edition of `slot` is to wait: it is late, and feeds that were due before it are being asked,
        or are to be.
        """
        now = stages.clock.now()
        if slot is None or now - slot.due_at < LATE or not self._is_behind(stages, slot.due_at, now):
            self._since.pop(digest, None)
            return False
        since = self._since.setdefault(digest, now)
        return timedelta() <= now - since < LONGEST_WAIT

    def _is_behind(self, stages: Stages, due_at: datetime, now: datetime) -> bool:
        due = (state for state in stages.store.feeds.due(now) if state.url in stages.feeds)
        return any(state.polled_at is None or state.polled_at < due_at for state in due) or self._is_polling()

    def _is_polling(self) -> bool:
        """Whether a round of polls is under way; a look that finds nothing to ask is over at once."""
        is_free = self._polling.acquire(timeout=LONGEST_LOOK_SECONDS)
        if is_free:
            self._polling.release()
        return not is_free
